"""Writes docs/contract-coverage.md: each fact, and the tests that check it.

``python -m tests.contract.coverage_table`` after facts or tests have changed; a test says when that was forgotten.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.contract.facts import FACTS, GROUPS, Fact

FOLDER = Path(__file__).parent
PAGE = FOLDER.parent.parent / "docs" / "contract-coverage.md"

_HEAD = """# What of PingOne's behaviour is tested

The simulator replaces PingOne, so it must behave as PingOne does. `tests/contract` holds it to that over HTTP:
one suite, which runs against the simulator always and against a tenant where `PINGONE_TEST_*` describe one
(`tests/contract/tenant_target.py` has the list). What a tenant is not set up for is skipped, with the reason.

    python -m pytest tests/contract

**{checked} facts are checked (D: {documented}, C: {seen}), {unchecked} are not.** D: documented by Ping. C: seen in
public code of Ping or in a captured answer. What can only be concluded is not in the list. Each heading leads to where
its subject is documented.

This page is written by `python -m tests.contract.coverage_table`.
"""


def checked_by() -> dict[str, list[tuple[str, str]]]:
    """Fact -> the file and the name of each test that checks it, read from the sources."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted(FOLDER.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for fact in dict.fromkeys(_named(node)):
                    found[fact].append((path.name, node.name))
    return found


def _named(test: ast.FunctionDef) -> Iterator[str]:
    """The facts in ``@fact(...)`` and in the ``marks=fact(...)`` of parameters."""
    for decorator in test.decorator_list:
        for node in ast.walk(decorator):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "fact":
                yield from (ast.literal_eval(argument) for argument in node.args)


def page() -> str:
    """The page as it should be."""
    tests = checked_by()
    checked = [fact.tag for fact in FACTS.values() if fact.id in tests]
    parts = [_HEAD.format(
        checked=len(checked), documented=checked.count("D"), seen=checked.count("C"),
        unchecked=len(FACTS) - len(checked),
    )]
    for group, (title, source) in GROUPS.items():
        facts = [fact for fact in FACTS.values() if fact.group == group]
        parts.append(f"\n## [{group}. {title}]({source})\n\n| Fact | | What PingOne does | Checked by |\n|-|-|-|-|\n")
        parts.extend(_row(fact, tests.get(fact.id, [])) for fact in facts)
    return "".join(parts)


def _row(fact: Fact, tests: list[tuple[str, str]]) -> str:
    links = [f"[{name.removeprefix('test_')}](../tests/contract/{file})" for file, name in tests]
    told = "<br>".join(links) or f"not checked: {fact.unchecked}"
    return f"| `{fact.id}` | {fact.tag} | {fact.says} | {told} |\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
