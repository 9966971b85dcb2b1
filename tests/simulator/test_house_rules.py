"""The simulator is a second opinion: it imports nothing of the relying party, and the names are the published ones."""

from __future__ import annotations

import ast
from pathlib import Path

import config_provider
from webapp.simulator import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID, constants

PACKAGE = Path(constants.__file__).parent


def test_it_imports_nothing_of_ours() -> None:
    """Relative imports stay inside the package; no other module of the project is named."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        depth = len(path.relative_to(PACKAGE).parts)
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level <= depth, path
                names = [] if node.level else [node.module or ""]
            found += [name for name in names if name.split(".")[0] in ("webapp", "config", "tests")]
    assert [] == found


def test_the_constants_import_nothing() -> None:
    """Whoever only needs a name does not pay for cryptography."""
    tree = ast.parse((PACKAGE / "constants.py").read_text())
    assert [] == [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_the_settings_repeat_the_same_ids() -> None:
    """The settings import nothing of ours either, so they hold copies."""
    expected = (ENVIRONMENT_ID, CLIENT_ID, CUSTOM_CLIENT_ID)
    known = config_provider
    repeated = (known.SIMULATOR_ENVIRONMENT_ID, known.SIMULATOR_CLIENT_ID, known.SIMULATOR_CUSTOM_CLIENT_ID)
    assert expected == repeated


def test_no_file_is_long() -> None:
    """A file that needs a table of contents is two files."""
    lengths = {path.name: len(path.read_text().splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {} == {name: length for name, length in lengths.items() if length > 200}
