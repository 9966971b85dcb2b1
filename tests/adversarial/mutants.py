"""Does removing any one check make a test fail? Not a test itself; run it by hand from the project's folder:

    python -m tests.adversarial.mutants                          every module
    python -m tests.adversarial.mutants webapp/oidc webapp/api   only these folders or files
    python -m tests.adversarial.mutants --again                  those that lived, after tests were added

`removals.py` says what counts as a check. Each gets a number and a probe (`mutant_probe.py`) in copies of the project,
one for each process. Every test runs once while nothing is missing, to see which checks it makes turn something away:
no other test can miss one. Then each check is taken out in turn, and those tests run, the quickest first, up to the
first that fails. One line per check says which test noticed; `SURVIVED` is a check that no test needs. What was found
is kept in `instance/mutants`: a check is asked about again when its module or the test that noticed has changed, and
tests run again when their file has. The exit status is 1 when a check lived that no reason excuses.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.adversarial.may_live import MAY_LIVE
from tests.adversarial.removals import Check, checks, probed

PROJECT = Path(__file__).resolve().parents[2]
KEPT = PROJECT / "instance" / "mutants"
PRODUCT = ("config.py", "config_provider.py", "config_reader.py", "webapp")
FIRST = ("webapp/oidc", "webapp/store", "webapp/transport", "webapp/pingone", "webapp/signon", *PRODUCT)
WITHOUT = (
    "e2e",
    "deploy",
    "bench",
    "clients",
    "examples",
    "test_house.py",
    "test_costs.py",
    "test_make.py",
    "test_wheel.py",
)
"""Browsers and builds, which cost too much, and tests that look at the code, where the probes are."""


class Kept:
    """What earlier runs have found, one JSON value in each file."""

    def __init__(self, name: str) -> None:
        KEPT.mkdir(parents=True, exist_ok=True)
        self.file = KEPT / name
        self.found: dict[str, Any] = json.loads(self.file.read_text()) if self.file.exists() else {}

    def save(self) -> None:
        """Write it down."""
        self.file.write_text(json.dumps(self.found, indent=0))


class Copy:
    """A copy of the project with a probe around each check."""

    def __init__(self, root: Path, numbered: dict[str, dict[int, Check]]) -> None:
        ignored = shutil.ignore_patterns(".git", ".venv", ".hypothesis", "instance", "__pycache__", "node_modules")
        shutil.copytree(PROJECT, root, ignore=ignored)
        for file, checks_of_it in numbered.items():
            (root / file).write_text(probed((root / file).read_text(encoding="utf-8"), checks_of_it), encoding="utf-8")
        shutil.copy(Path(__file__).with_name("mutant_probe.py"), root)
        self.root = root

    def start(self, tests: list[str], taken_out: str, pass_fds: tuple[int, ...] = (), **environ: str) -> Any:
        """A pytest of these tests with `mutant_tests.py`."""
        (self.root / "mutant_number").write_text(taken_out)
        arguments = ["-qq", "--tb=no", "--no-summary", "-p", "no:cacheprovider", "-p", "tests.adversarial.mutant_tests"]
        # CI: to hypothesis it means no deadlines and the same examples each time.
        known = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "CI": "1", "PYTHONPATH": str(self.root)}
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", *arguments, f"--basetemp={self.root}.tmp", *tests],
            cwd=self.root,
            env={**os.environ, **known, **environ},
            stdout=(self.root / "mutant_log").open("a"),
            stderr=subprocess.STDOUT,
            pass_fds=pass_fds,
        )


def record(copies: list[Copy], names: dict[int, str], reach: Kept) -> None:
    """Run the test files that have changed, and keep what each test meets."""
    files = {str(file): _hash(str(file)) for file in _test_files()}
    for gone in [each for each, (digest, _) in reach.found.items() if files.get(each) != digest]:
        del reach.found[gone]
    fresh = [each for each in files if each not in reach.found]
    sys.stdout.write(f"{len(fresh)} of {len(files)} files of tests are run with nothing missing\n")
    sys.stdout.flush()
    running = []
    for index, copy in enumerate(copies):
        tests = fresh[index :: len(copies)]
        if tests:
            running.append((tests, copy.root / "met", copy.start(tests, "0", MUTANTS_RECORD=str(copy.root / "met"))))
    for tests, written, process in running:
        process.wait()
        met = json.loads(written.read_text())
        for each in tests:
            reach.found[each] = (
                files[each],
                {
                    test: (seconds, [names[number] for number in numbers])
                    for test, (seconds, numbers) in met.items()
                    if test.partition("::")[0] == each
                },
            )
        reach.save()


def take_out(
    copies: list[Copy], names: dict[int, str], wanted: list[int], reach: Kept, first: dict[int, str]
) -> Iterator[dict[str, Any]]:
    """Take these checks out, and yield what was seen. `first`: which test noticed before, where one did."""
    numbers = {name: number for number, name in names.items()}
    known: dict[str, Any] = {
        test: (seconds, [numbers[name] for name in met if name in numbers])
        for _, tests in reach.found.values()
        for test, (seconds, met) in tests.items()
    }
    met_by_wanted = {test.partition("::")[0] for test, (_, met) in known.items() if set(met) & set(wanted)}
    known["first"] = first
    (copies[0].root / "reach").write_text(json.dumps(known))
    orders, give = os.pipe()
    for number in wanted:
        os.write(give, f"{number:8}".encode())
    os.close(give)
    answers, tell = os.pipe()
    environ = {"MUTANTS_REACH": str(copies[0].root / "reach"), "MUTANTS_WANTED": str(orders), "MUTANTS_TOLD": str(tell)}
    running = [copy.start(sorted(met_by_wanted), "-1", (orders, tell), **environ) for copy in copies]
    os.close(tell)
    with os.fdopen(answers) as lines:
        for line in lines:
            yield json.loads(line)
    for process in running:
        process.wait()


def main() -> int:
    """Write one line per check and a summary; 1 when any survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.adversarial.mutants", description=__doc__)
    parser.add_argument("paths", nargs="*", default=list(FIRST))
    parser.add_argument("--again", action="store_true", help="only those that lived")
    parser.add_argument("--as-recorded", action="store_true", help="run no test merely to see what it meets")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", default="", help="checks whose words contain this")
    options = parser.parse_args()
    reach, outcomes = Kept("reach.json"), Kept("outcomes.json")
    numbered, names = _numbered()
    chosen = {
        number: check.line
        for path in options.paths
        for file, of_it in numbered.items()
        if file == path or file.startswith(f"{path}/")
        for number, check in of_it.items()
        if options.only in check.key
        and not _stands(outcomes.found.get(check.key), file)
        and (not options.again or check.key in outcomes.found)
    }
    with tempfile.TemporaryDirectory() as folder:
        copies = [Copy(Path(folder) / f"project{number}", numbered) for number in range(options.processes)]
        if not options.as_recorded:
            record(copies, names, reach)
        sys.stdout.write(f"{len(chosen)} checks are taken out\n")
        survived = 0
        first = {number: outcomes.found.get(names[number], ["", ""])[1] for number in chosen}
        for seen in take_out(copies, names, list(chosen), reach, first):
            name, by = names[seen["number"]], seen["by"]
            file, _, words = name.partition(": ")
            excuse = MAY_LIVE.get(name, "")
            outcome = f"caught by {by}" if by else f"may live: {excuse}" if excuse else "SURVIVED"
            survived += outcome == "SURVIVED"
            extent = "" if by else f" ({seen['asked']} of {seen['able']} tests asked)"
            sys.stdout.write(f"{file}:{chosen[seen['number']]}  {words}  ->  {outcome}{extent}\n")
            sys.stdout.flush()
            outcomes.found[name] = _hash(file), by, _hash(by.partition("::")[0]), outcome
            outcomes.save()
    sys.stdout.write(f"{len(chosen)} checks taken out, {survived} survived\n")
    return 1 if survived else 0


def _stands(outcome: list[str] | None, file: str) -> bool:
    """Whether an outcome would be the same again."""
    if not outcome or not outcome[1]:
        return False
    product, by, test, _ = outcome
    return product == _hash(file) and test == _hash(by.partition("::")[0])


def _numbered() -> tuple[dict[str, dict[int, Check]], dict[int, str]]:
    numbered: dict[str, dict[int, Check]] = {}
    names: dict[int, str] = {}
    for path in PRODUCT:
        for file in sorted((PROJECT / path).rglob("*.py")) if (PROJECT / path).is_dir() else [PROJECT / path]:
            relative = str(file.relative_to(PROJECT))
            for check in checks(relative, file.read_text(encoding="utf-8")):
                number = len(names) + 1
                names[number] = check.key
                numbered.setdefault(relative, {})[number] = check
    return numbered, names


def _test_files() -> list[Path]:
    found = (file.relative_to(PROJECT) for file in sorted((PROJECT / "tests").rglob("test_*.py")))
    return [each for each in found if each.parts[1] not in WITHOUT]


def _hash(file: str) -> str:
    path = PROJECT / file
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
