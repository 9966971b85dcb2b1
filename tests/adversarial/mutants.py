"""Does removing any one check make a test fail? Not a test itself: `python tests/adversarial/mutants.py [file ...]`.

Every check of the protocol modules is taken out in turn: a `Check` that always passes, an `if ...: raise` that never
raises. The suite then runs against a copy of the project. A mutant that survives is a check that no test needs.
"""

import ast
import copy
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FILES = (
    "webapp/oidc/id_token.py",
    "webapp/oidc/keys.py",
    "webapp/oidc/response.py",
    "webapp/oidc/provider.py",
    "webapp/oidc/tokens.py",
    "webapp/oidc/userinfo.py",
    "webapp/oidc/strict_json.py",
    "webapp/oidc/wire.py",
    "webapp/pingone/api.py",
    "webapp/pingone/flow.py",
    "webapp/pingone/endpoints.py",
    "webapp/relying_party.py",
    "webapp/attempts.py",
    "webapp/signon.py",
    "webapp/afterwards.py",
)
TESTS = ("tests/oidc", "tests/pingone", "tests/adversarial")
SLOW = ("test_network_faults.py", "test_tls_faults.py", "test_provider_itself.py")


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
        changed = copy.deepcopy(tree)
        twin = next(each for index, each in enumerate(ast.walk(changed)) if index == number)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and isinstance(twin, ast.Call):
            position = positions.get(node.func.id, len(node.args))
            if position >= len(node.args) or isinstance(node.args[position], ast.Constant):
                continue
            check = f"{ast.unparse(node.args[position])}  ->  True"
            twin.args[position] = ast.Constant(True)
        elif isinstance(node, ast.If) and isinstance(twin, ast.If) and isinstance(node.body[-1], ast.Raise):
            check = f"if {ast.unparse(node.test)}: raise  ->  if False"
            twin.test = ast.Constant(False)
        else:
            continue
        yield Mutant(getattr(node, "lineno", 0), check, ast.unparse(changed))


def failing(copied: Path, *options: str) -> list[str]:
    """The tests that fail in a copy of the project."""
    paths = [path for path in TESTS if (copied / path).exists()]
    ignored = [f"--ignore=tests/adversarial/{name}" for name in SLOW]
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, *ignored, *options, *paths], cwd=copied, capture_output=True, text=True, check=False
    )
    found = re.findall(r"^(?:FAILED|ERROR) ([^\n]+?)(?: - .*)?$", run.stdout, re.MULTILINE)
    return found or ([] if run.returncode == 0 else [f"the run itself: {run.stdout[-500:]}{run.stderr[-500:]}"])


def main(files: list[str]) -> int:
    """Write one line per mutant; the number of survivors is the exit status."""
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "project"
        ignored = shutil.ignore_patterns(".git", ".venv", "instance", "__pycache__", "node_modules")
        shutil.copytree(PROJECT, copied, ignore=ignored)
        known = failing(copied)
        sys.stdout.write("".join(f"fails without any mutant: {name}\n" for name in known))
        # The modes share every check; one mode shows what a mutant does.
        options = ["-x", "-k", "not redirectless and not custom", *(f"--deselect={name}" for name in known)]
        for file in files:
            target = copied / file
            original = target.read_text(encoding="utf-8")
            for mutant in mutants(original):
                target.write_text(mutant.source, encoding="utf-8")
                by = failing(copied, *options)
                survivors += not by
                sys.stdout.write(f"{file}:{mutant.line}  {mutant.check}\n    {by[0] if by else 'SURVIVED'}\n")
                sys.stdout.flush()
            target.write_text(original, encoding="utf-8")
    sys.stdout.write(f"{survivors} survived\n")
    return survivors


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(FILES)))
