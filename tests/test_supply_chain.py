"""What comes from others: it is used, its licence allows that, it is pinned, and the workflow runs what we run."""

import ast
import re
import sys
import tomllib
from importlib import metadata

import pytest

from config import PROJECT
from tools.audit import judged

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
EXTRAS = PYPROJECT["optional-dependencies"]
IMPORTED_AS = {
    "python-dotenv": "dotenv", "pyyaml": "yaml", "axe-playwright-python": "axe_playwright_python", "pytest-xdist": "",
    "ruff": "", "mypy": "", "types-authlib": "", "types-requests": "", "uvicorn": "",
}  # fmt: skip
"""Where it is not the name with underscores; '' for programs and types, which nobody imports."""
PERMISSIVE = re.compile(r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla Public)\b", re.IGNORECASE)
SHIPPED = re.findall(r"^([a-z0-9-]+)==\S+ \\$", (PROJECT / "requirements.lock").read_text(), re.MULTILINE)
"""Without those for other systems or Pythons, which are not installed here."""
ACTION = re.compile(r"uses: ([\w./-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+$")
WORKFLOW = (PROJECT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")


def names(requirements: list[str]) -> list[str]:
    return [re.split(r"[\[>=<~!]", each)[0] for each in requirements]


def imported(*patterns: str) -> set[str]:
    """The packages that the files import, wherever in a file, and those that they start with `-m`."""
    found: set[str] = set()
    for path in (path for pattern in patterns for path in PROJECT.glob(pattern)):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize(
    ("needed", "patterns"),
    [
        (PYPROJECT["dependencies"], ("webapp/simulator/**/*.py",)),
        (EXTRAS["app"], ("config*.py", "webapp/**/*.py")),
        (EXTRAS["test"], ("tests/**/*.py", "examples/*.py", "tools/*.py")),
    ],
    ids=["simulator", "application", "tests"],
)
def test_nothing_is_installed_that_is_not_used(needed: list[str], patterns: tuple[str, ...]) -> None:
    """Each dependency is imported by the part that asks for it; each of a few programs is called by the Makefile."""
    modules = {name: IMPORTED_AS.get(name, name.replace("-", "_")) for name in names(needed)}
    used = imported(*patterns)
    assert [] == [name for name, module in modules.items() if module and module not in used]


def test_what_is_imported_is_asked_for() -> None:
    """A package that another one happens to bring is gone with that one's next release."""
    direct = names([*PYPROJECT["dependencies"], *EXTRAS["app"]])
    asked = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in direct}
    ours = {"webapp", "pingone_simulator", "pytest", *(path.stem for path in PROJECT.glob("config*.py"))}
    strangers = imported("config*.py", "webapp/**/*.py") - set(sys.stdlib_module_names) - asked - ours
    assert {"jinja2", "markupsafe", "click", "urllib3", "_typeshed"} >= strangers, strangers


@pytest.mark.parametrize("name", SHIPPED)
def test_the_licence_of_what_is_shipped_is_a_permissive_one(name: str) -> None:
    """Whoever copies or deploys this takes on no duty beyond naming the authors."""
    about = metadata.metadata(name)
    said = [about.get("License-Expression"), about.get("License"), *(about.get_all("Classifier") or [])]
    assert PERMISSIVE.search(" ".join(line for line in said if line)), said


def test_the_workflow_runs_what_a_developer_runs_on_every_python_we_name() -> None:
    """Actions are pinned to a commit, the job may read and nothing else; the versions are those of the classifiers."""
    uses = re.findall(r"^\s*- (uses: .*)$", WORKFLOW, re.MULTILINE)
    assert uses and [] == [line for line in uses if not ACTION.fullmatch(line)]
    assert "run: .ci/run" in WORKFLOW and "permissions:\n  contents: read\n" in WORKFLOW
    matrix = re.findall(r'"(3\.\d+)"', re.findall(r"python: \[(.*)\]", WORKFLOW)[0])
    classified = re.findall(r"Python :: (3\.\d+)", "\n".join(PYPROJECT["classifiers"]))
    assert (matrix, f">={matrix[0]}") == (classified, PYPROJECT["requires-python"])


def test_updates_are_looked_for_wherever_versions_are_written() -> None:
    """Actions, the image's base, Python packages, the tests' npm packages."""
    written = (PROJECT / ".github" / "dependabot.yml").read_text(encoding="utf-8")
    assert {"github-actions", "docker", "pip", "npm"} == set(re.findall(r"package-ecosystem: (\S+)", written))
    folders = re.findall(r"directory: /(\S*)", written)
    assert [] == [folder for folder in folders if not (PROJECT / folder).is_dir()]


@pytest.mark.parametrize(
    ("packages", "words", "status"),
    [
        ([], "SKIPPED", 0),
        ([{"name": "a", "skip_reason": "not found"}], "SKIPPED", 0),
        ([{"name": "a", "version": "1", "vulns": []}], "no known vulnerability in 1 packages.", 0),
        ([{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "x"}], "1 packages, 1 unknown", 0),
        ([{"name": "a", "version": "1", "vulns": [{"id": "GHSA-1", "fix_versions": ["2"]}]}],
         "a 1 has GHSA-1, mended in 2", 1),
    ],
)  # fmt: skip
def test_an_audit_says_what_it_found_or_that_it_could_not_look(packages: list, words: str, status: int) -> None:
    """Where the index has no data, as on a mirror, nothing was checked, and nobody is to think that it was."""
    said, ended = judged(packages)
    assert (True, status) == (words in said, ended), said
