"""docs/conformance.md, made by running the modules: `python -m tests.conformance.table`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conformance.drive import running
from tests.conformance.modules import MODULES, Module

FILE = Path(__file__).parents[2] / "docs" / "conformance.md"
GUIDE = Path(__file__).with_name("guide.md")
HEAD = "| plan | module | the provider … | asked of it, in order | verdict |\n|---|---|---|---|---|"


def row(module: Module, verdict: str, asked: list[str]) -> str:
    """One line of the table."""
    shown = [each for each in asked if module.plan == "Config" or each not in ("discovery", "jwks")]
    return f"| {module.plan} | `{module.name}` | {module.provider} | {', '.join(shown)} | {verdict} |"


def document(rows: list[str]) -> str:
    """The whole document: the guide beside this module, with the table in its place."""
    return GUIDE.read_text(encoding="utf-8").replace("<!-- table -->", "\n".join([HEAD, *rows]))


def main() -> int:
    """Run every module, write the document, name those whose verdict is not the expected one."""
    rows, wrong = [], []
    for module in MODULES:
        with TemporaryDirectory() as folder, running(Path(folder), None, module.jwks, **module.settings) as run:
            module.poison(run.suite)
            verdict = module.judge(run)
            rows.append(row(module, verdict, run.asked))
            if verdict != module.expected or run.suite.complaints:
                wrong.append(f"{module.plan}: {module.name}: {verdict} {run.suite.complaints}\n")
    FILE.write_text(document(rows), encoding="utf-8")
    sys.stdout.write("".join(wrong) or f"{len(rows)} modules ran as expected; {FILE.name} is written\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
