"""The commands of the Makefile, what they install, and the files that tell people about settings and versions."""

import re
import shutil
import subprocess
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from config import PROJECT, Settings
from webapp.version import VERSION


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=folder, capture_output=True, text=True, timeout=30)


def locked(name: str) -> dict[str, str]:
    """Package -> version of a lock file."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (PROJECT / name).read_text(), re.MULTILINE))


def test_make_alone_lists_what_there_is() -> None:
    """A newcomer who types `make` learns the commands."""
    told = ["run", "test", "lint", "audit", "bench", "lock", "oldest", "newest", "clean"]
    assert told == re.findall(r"make (\w+)\t", make(PROJECT).stdout)[1:]


@pytest.mark.parametrize(
    ("chosen", "sentence"), [("", "Python 3.11 or later is needed"), ("/bin/false", "/bin/false is older than Python")]
)
def test_a_python_that_is_too_old_is_one_sentence(chosen: str, sentence: str, tmp_path: Path) -> None:
    """Without a Python 3.11, or with an older one that was chosen, nothing is installed, and the sentence says why."""
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    ended = make(tmp_path, "run", f"PYTHON={chosen}")
    assert 2 == ended.returncode
    assert ended.stderr.startswith(sentence)
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_every_package_is_locked_with_its_hash(name: str) -> None:
    """A release that was exchanged, or an index that is not the usual one, cannot slip in."""
    text = (PROJECT / name).read_text()
    assert "://" not in text
    for requirement in re.split(r"\n(?=\S)", text):
        assert re.match(r"[a-z0-9-]+==\S+( ; [^\n]+)? \\\n    --hash=sha256:[0-9a-f]{64}", requirement), requirement


def test_the_tests_run_on_the_versions_that_are_shipped() -> None:
    """Both lock files agree, and both hold all that the project asks for."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    shipped, tested = locked("requirements.lock"), locked("requirements-test.lock")
    assert shipped.items() <= tested.items()
    asked = {re.split("[>=]", line)[0] for line in [*project["dependencies"], *project["optional-dependencies"]["app"]]}
    extra = {re.split("[>=]", line)[0] for line in project["optional-dependencies"]["test"]}
    assert asked <= shipped.keys()
    assert extra <= tested.keys()


def test_the_example_names_every_setting() -> None:
    """`.env.example` has each variable once, commented out, and no other; a secret may stand as NAME_FILE."""
    named = re.findall(r"^#?([A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE)
    known = [setting.metadata["variable"] for setting in fields(Settings)]
    assert sorted(known) == sorted(name.removesuffix("_FILE") for name in named)


def test_one_version_everywhere() -> None:
    """The project, the application and the newest entry of the changelog agree."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    newest = re.search(r"^## (\S+)", (PROJECT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert [project["version"]] * 2 == [VERSION, newest[1]]
