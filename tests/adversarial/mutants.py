"""Does removing any one check make a test fail? Not a test itself; run it by hand from the project's folder:

    python tests/adversarial/mutants.py                                  every file below, for an hour or so
    python tests/adversarial/mutants.py webapp/oidc/wire.py ...          only these
    python tests/adversarial/mutants.py --nearest [...]                  with the nearest tests only: minutes

Every check of a protocol module is taken out in turn, in a copy of the project: a `Check` or a rule that always passes,
an `if ...: raise` that never raises or lacks one of its reasons, a yes-or-no function that always says yes. The tests
that are nearest to the module run first, up to the first failure; a mutant that they let live meets the rest of the
suite of the protocol. One line per mutant says what was removed and which test noticed, the last one how many lived:
`SURVIVED` is a check that no test needs. The exit status is 1 when there is one.
"""

import ast
import copy
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HERE = "tests/adversarial"
PROTOCOL = ("tests/oidc", "tests/pingone", "tests/test_signon.py", HERE)
SLOW = ("test_network_faults.py", "test_network_faults_after.py", "test_tls_faults.py", "test_provider_itself.py")
NEAREST: Mapping[str, tuple[str, ...]] = {
    "webapp/oidc/id_token.py": ("tests/oidc", f"{HERE}/test_id_token.py", f"{HERE}/test_keys_and_time.py"),
    "webapp/oidc/keys.py": ("tests/oidc", f"{HERE}/test_keys_and_time.py"),
    "webapp/oidc/response.py": ("tests/oidc", f"{HERE}/test_authorization_response.py"),
    "webapp/oidc/provider.py": ("tests/oidc", f"{HERE}/test_discovery.py"),
    "webapp/oidc/tokens.py": ("tests/oidc", f"{HERE}/test_token_answer.py"),
    "webapp/oidc/userinfo.py": ("tests/oidc/test_userinfo.py", f"{HERE}/test_after_sign_on.py"),
    "webapp/oidc/strict_json.py": ("tests/oidc/test_strict_json.py",),
    "webapp/oidc/wire.py": ("tests/oidc/test_tokens.py", "tests/oidc/test_userinfo.py", f"{HERE}/test_token_answer.py"),
    "webapp/oidc/logout_token.py": ("tests/oidc/test_logout_token.py", f"{HERE}/test_started_elsewhere.py"),
    "webapp/pingone/api.py": ("tests/pingone", "tests/test_signon.py"),
    "webapp/pingone/flow.py": ("tests/pingone", "tests/test_signon.py"),
    "webapp/pingone/endpoints.py": ("tests/pingone", "tests/test_signon.py"),
    "webapp/relying_party.py": (f"{HERE}/test_other_way.py", "tests/test_signon.py", f"{HERE}/test_id_token.py"),
    "webapp/attempts.py": ("tests/test_signon.py", f"{HERE}/test_browser_side.py"),
    "webapp/signon.py": (
        f"{HERE}/test_overtaken.py",
        f"{HERE}/test_failed_at_once.py",
        "tests/test_signon.py",
        f"{HERE}/test_browser_side.py",
    ),
    "webapp/afterwards.py": (
        f"{HERE}/test_after_sign_on_refused.py",
        f"{HERE}/test_after_sign_on.py",
        "tests/sessions/test_refresh.py",
        "tests/sessions/test_sign_off.py",
    ),
}
MAY_LIVE = {
    ("webapp/afterwards.py", "not error.said"): "for the type checker: a refused refresh always has PingOne's words",
}


@dataclass(frozen=True)
class Mutant:
    """One check taken out: where it stood, what it was, and the module without it."""

    line: int
    check: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every variant of a module that lacks exactly one check."""
    tree = ast.parse(source)
    positions = {"Check": 3} | {
        node.name: [each.arg for each in node.args.args].index("passed")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and any(each.arg == "passed" for each in node.args.args)
    }
    for number, node in enumerate(ast.walk(tree)):
        for way in range(_ways(node, positions)):
            changed = copy.deepcopy(tree)
            twin = next(each for index, each in enumerate(ast.walk(changed)) if index == number)
            line, check = _take_out(twin, positions, way)
            yield Mutant(line, check, ast.unparse(changed))


def _ways(node: ast.AST, positions: Mapping[str, int]) -> int:
    """In how many ways a node's check can be taken out; 0 for what is no check."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=args) if positions.get(name, len(args)) < len(args):
            return 0 if isinstance(args[positions[name]], ast.Constant) else 1
        case ast.If(test=test, body=[*_, ast.Raise()]):
            return 1 + (len(test.values) if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else 0)
        case ast.Assign(targets=[ast.Name(id="rules")], value=ast.Dict(values=values)):
            return len(values)
        case ast.FunctionDef(returns=ast.Name(id="bool"), body=[*_, ast.Return()]):
            return 1
    return 0


def _take_out(node: ast.AST, positions: Mapping[str, int], way: int) -> tuple[int, str]:
    """Take a check out of its node; returns its line and how it read."""
    true = ast.Constant(True)
    match node:
        case ast.Call(func=ast.Name(id=name), args=args):
            gone, args[positions[name]] = args[positions[name]], true
            return gone.lineno, f"removed {ast.unparse(gone)}"
        case ast.If(test=ast.BoolOp(values=values)) if way:
            gone = values.pop(way - 1)
            return gone.lineno, f"removed if ... or {ast.unparse(gone)}: raise"
        case ast.If(test=gone):
            node.test = ast.Constant(False)
            return gone.lineno, f"removed if {ast.unparse(gone)}: raise"
        case ast.Assign(value=ast.Dict(values=values)):
            gone, values[way] = values[way], true
            return gone.lineno, f"removed {ast.unparse(gone)}"
        case ast.FunctionDef(name=name, body=[*before, ast.Return() as last]):
            node.body = [*before, ast.Return(true)]
            return last.lineno, f"removed {name}: {ast.unparse(last)}"
    raise TypeError(f"no check: {node}")


@dataclass
class Project:
    """A copy of the project to take checks out of, and what is known of its tests while it is whole."""

    root: Path
    sound: set[str] = field(default_factory=set)
    unsound: set[str] = field(default_factory=set)

    def noticed(self, file: str, mutant: Mutant, paths: tuple[str, ...]) -> str:
        """The first of these tests that fails for want of the check, and passes with it; empty when none does."""
        original = (self.root / file).read_text(encoding="utf-8")
        while True:
            self._write(file, mutant.source)
            by = self._first_failing(paths)
            self._write(file, original)
            if by and by not in self.sound:
                (self.unsound if self._first_failing((by,)) else self.sound).add(by)
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
        run = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *there],
            cwd=self.root,
            # CI: to hypothesis it means no deadlines and the same examples each time.
            env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "CI": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        found = re.search(r"^(?:FAILED|ERROR) ([^\n]+?)(?: - .*)?$", run.stdout, re.MULTILINE)
        if found or run.returncode == 0:
            return found[1] if found else ""
        raise RuntimeError(f"pytest itself: {run.stdout[-500:]}{run.stderr[-500:]}")


def examine(project: Project, file: str, suites: tuple[tuple[str, ...], ...]) -> tuple[int, int]:
    """Take out the checks of one file, one after the other; returns how many there are and how many lived."""
    outcomes = []
    for mutant in mutants((project.root / file).read_text(encoding="utf-8")):
        by = next(filter(None, (project.noticed(file, mutant, suite) for suite in suites)), "")
        known = [why for (where, check), why in MAY_LIVE.items() if where == file and f" or {check}:" in mutant.check]
        outcome = f"caught by {by}" if by else f"may live: {known[0]}" if known else "SURVIVED"
        outcomes.append(outcome != "SURVIVED")
        sys.stdout.write(f"{file}:{mutant.line}  {mutant.check}  ->  {outcome}\n")
        sys.stdout.flush()
    return len(outcomes), outcomes.count(False)


def main(arguments: list[str]) -> int:
    """Write one line per mutant and a summary; 1 when any survived."""
    rest = () if "--nearest" in arguments else (PROTOCOL,)
    files = [each for each in arguments if each != "--nearest"] or list(NEAREST)
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "project"
        ignored = shutil.ignore_patterns(".git", ".venv", ".hypothesis", "instance", "__pycache__", "node_modules")
        shutil.copytree(PROJECT, copied, ignore=ignored)
        project = Project(copied)
        counts = [examine(project, file, (NEAREST.get(file, PROTOCOL), *rest)) for file in files]
    total, survived = (sum(column) for column in zip(*counts, strict=True))
    sys.stdout.write(
        f"{len(files)} files, {total} checks taken out, {total - survived} accounted for, {survived} survived\n"
    )
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
