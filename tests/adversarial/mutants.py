"""Does removing any one check make a test fail? Not a test itself; run it by hand from the project's folder:

    python -m tests.adversarial.mutants                          every file of `nearest.py`, for an hour or two
    python -m tests.adversarial.mutants webapp/oidc/wire.py ...  only these
    python -m tests.adversarial.mutants --nearest [...]          with the nearest tests only: half of that

Every check of those modules is taken out in turn (`removals.py` says what counts as one), in a copy of the project of
its own: several runs may go on side by side, each with other files. The tests that are nearest to the module run first,
up to the first failure; a mutant that they let live meets the rest of the suite that is about the protocol. One line
per mutant says what was removed and which test noticed, the last one how many lived: `SURVIVED` is a check that no test
needs. The exit status is 1 when there is one.
"""

import importlib.util
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import tests.support.adversarial  # noqa: F401  # With all that it imports: see `in_a_child`.
from tests.adversarial.nearest import HERE, MAY_LIVE, NEAREST
from tests.adversarial.removals import Mutant, mutants

PROJECT = Path(__file__).resolve().parents[2]
PROTOCOL = ("tests/oidc", "tests/pingone", "tests/signon", HERE)
SLOW = ("test_network_faults.py", "test_network_faults_after.py", "test_tls_faults.py", "test_provider_itself.py")
OURS = ("webapp", "tests", "config", "pingone_simulator")
PATIENCE = 400
ENDLESS = f"the clock: after {PATIENCE} seconds the tests were still at it"


@dataclass
class Project:
    """A copy of the project to take checks out of, and what is known of its tests while it is whole."""

    root: Path
    sound: set[str] = field(default_factory=lambda: {ENDLESS})
    """Functions of which a case passes while nothing is missing."""
    unsound: set[str] = field(default_factory=set)

    def noticed(self, file: str, mutant: Mutant, paths: tuple[str, ...]) -> str:
        """The first of these tests that fails for want of the check, and passes with it; empty when none does."""
        original = (self.root / file).read_text(encoding="utf-8")
        while True:
            self._write(file, mutant.source)
            by = self._first_failing(paths)
            self._write(file, original)
            function = by.partition("[")[0]
            if by and function not in self.sound:
                unsound = self._first_failing((by,))
                (self.unsound if unsound else self.sound).add(by if unsound else function)
            if by not in self.unsound:
                return by
            sys.stdout.write(f"fails without any mutant: {by}\n")

    def _write(self, file: str, source: str) -> None:
        target = self.root / file
        target.write_text(source, encoding="utf-8")
        # Two mutants within a second may be of one size: Python would take the first one's bytecode for the second's.
        Path(importlib.util.cache_from_source(str(target))).unlink(missing_ok=True)

    def _first_failing(self, paths: tuple[str, ...]) -> str:
        there = [path for path in paths if (self.root / path.partition("::")[0]).exists()]
        skipped = [f"--ignore={HERE}/{name}" for name in SLOW] + [f"--deselect={name}" for name in self.unsound]
        # The modes share nearly every check: far from the module one mode is enough.
        modes = ["-k", "not redirectless and not custom"] if paths == PROTOCOL else []
        options = ["-qx", "--tb=no", "-p", "no:cacheprovider", *modes, *skipped]
        with tempfile.TemporaryFile("w+") as written:
            status = in_a_child(self.root, [*options, *there], written.fileno())
            written.seek(0)
            output = written.read()
        found = re.search(r"^(?:FAILED|ERROR) ([^\n]+?)(?: - .*)?$", output, re.MULTILINE)
        if status is None:
            return ENDLESS
        if found or status == 0:
            return found[1] if found else ""
        raise RuntimeError(f"pytest itself: {output[-1000:]}")


def in_a_child(root: Path, arguments: list[str], written: int) -> int | None:
    """The status of pytest in a child process, None when it had to be ended.

    The child has the libraries loaded already, which is most of what starting pytest costs, and imports the copy's own
    modules afresh.
    """
    child = os.fork()
    if not child:
        status = 70
        try:
            os.setpgid(0, 0)
            os.dup2(written, 1)
            os.dup2(written, 2)
            os.chdir(root)
            sys.path[:] = [str(root), *(each for each in sys.path if each not in ("", str(PROJECT)))]
            for name in [each for each in sys.modules if each.startswith(OURS)]:
                del sys.modules[name]
            importlib.invalidate_caches()
            # CI: to hypothesis it means no deadlines and the same examples each time.
            os.environ |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "CI": "1"}
            status = int(pytest.main(arguments))
        finally:
            sys.stdout.flush()
            os._exit(status)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def examine(project: Project, file: str, suites: tuple[tuple[str, ...], ...]) -> tuple[int, int]:
    """Take out the checks of one file, one after the other; returns how many there are and how many lived."""
    outcomes = []
    for mutant in mutants((project.root / file).read_text(encoding="utf-8")):
        by = next(filter(None, (project.noticed(file, mutant, suite) for suite in suites)), "")
        known = [why for (where, check), why in MAY_LIVE.items() if where == file and f" {check}" in mutant.check]
        outcome = f"caught by {by}" if by else f"may live: {known[0]}" if known else "SURVIVED"
        outcomes.append(outcome != "SURVIVED")
        sys.stdout.write(f"{file}:{mutant.line}  {mutant.check}  ->  {outcome}\n")
        sys.stdout.flush()
    return len(outcomes), outcomes.count(False)


def nearest(file: str) -> tuple[str, ...]:
    """The tests to ask first about a file."""
    return NEAREST.get(file) or NEAREST.get(str(Path(file).parent), PROTOCOL)


def everything() -> list[str]:
    """Every file that the table names, itself or by its folder."""
    return [str(file) for each in NEAREST for file in ([Path(each)] if each.endswith(".py") else _unnamed(each))]


def _unnamed(folder: str) -> list[Path]:
    modules = (file.relative_to(PROJECT) for file in sorted((PROJECT / folder).glob("*.py")))
    return [each for each in modules if str(each) not in NEAREST]


def main(arguments: list[str]) -> int:
    """Write one line per mutant and a summary; 1 when any survived."""
    rest = () if "--nearest" in arguments else (PROTOCOL,)
    files = [each for each in arguments if each != "--nearest"] or everything()
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "project"
        ignored = shutil.ignore_patterns(".git", ".venv", ".hypothesis", "instance", "__pycache__", "node_modules")
        shutil.copytree(PROJECT, copied, ignore=ignored)
        project = Project(copied)
        counts = [examine(project, file, (nearest(file), *rest)) for file in files]
    total, survived = (sum(column) for column in zip(*counts, strict=True))
    sys.stdout.write(
        f"{len(files)} files, {total} checks taken out, {total - survived} accounted for, {survived} survived\n"
    )
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
