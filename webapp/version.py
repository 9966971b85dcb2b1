"""The version, which is written in pyproject.toml alone."""

import tomllib
from importlib import metadata
from pathlib import Path


def _version() -> str:
    """In a checkout that file says it, in an installed package the metadata that were made of it."""
    project = Path(__file__).parent.parent / "pyproject.toml"
    if project.is_file():
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
    return metadata.version("pingone-signon")


VERSION = _version()
