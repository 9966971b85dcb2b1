"""Lines of this application's own code for pages that show them: found in the files, so that they are never stale."""

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
LONGEST = 10
"""Lines of an excerpt: one look."""


@dataclass(frozen=True)
class Excerpt:
    """A few lines, and where they are: the file from the project's folder, `Class.method`, the first line's number."""

    file: str
    function: str
    line: int
    code: str


@lru_cache(maxsize=256)
def with_piece(piece: str) -> Excerpt | None:
    """Return the statement that holds this piece of code, with the condition above it; None when no file has it."""
    file = next((file for file in _files() if piece in file.read_text(encoding="utf-8")), None)
    if file is None:
        return None
    text = file.read_text(encoding="utf-8")
    number = text[: text.index(piece)].count("\n") + 1
    around = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt) and _holds(node, number)]
    around.sort(key=_length)
    statement = around[0]
    if isinstance(statement, ast.Raise | ast.Return) and isinstance(around[1], ast.If):
        statement = around[1]
    # Of a long statement, the line itself and one on either side.
    rows = range(number - 1, number + 2) if _length(statement) >= LONGEST else _rows(statement)
    return _excerpt(file, text, rows)


@lru_cache(maxsize=256)
def of_check(name: str) -> Excerpt | None:
    """Return the function that makes the check of this name, or the call in it when the function is long."""
    for file in _files():
        text = file.read_text(encoding="utf-8")
        for function in ast.walk(ast.parse(text)):
            if isinstance(function, ast.FunctionDef) and f'"{name}"' in text:
                for statement in ast.walk(function):
                    if isinstance(statement, ast.stmt) and _checks(statement, name):
                        whole = _rows(_body_of(function), function)
                        return _excerpt(file, text, whole if len(whole) <= LONGEST else _rows(statement))
    return None


def _checks(statement: ast.stmt, name: str) -> bool:
    value = getattr(statement, "value", None)
    if not isinstance(value, ast.Call) or getattr(value.func, "id", "") not in ("Check", "_require"):
        return False
    return any(isinstance(each, ast.Constant) and each.value == name for each in value.args[:3])


def _body_of(function: ast.FunctionDef) -> ast.stmt:
    """Return the first statement after the docstring."""
    said = 1 if ast.get_docstring(function) and len(function.body) > 1 else 0
    return function.body[said]


def _rows(first: ast.stmt, last: ast.stmt | None = None) -> range:
    """The numbers of the lines from one statement to the end of another, or of itself."""
    return range(first.lineno, ((last or first).end_lineno or first.lineno) + 1)


def _excerpt(file: Path, text: str, rows: range) -> Excerpt:
    code = textwrap.dedent("\n".join(text.splitlines()[rows.start - 1 : rows.stop - 1]))
    where = f"{PACKAGE.name}/{file.relative_to(PACKAGE).as_posix()}"
    return Excerpt(where, _name_at(ast.parse(text), rows.start), rows.start, code)


def _name_at(tree: ast.AST, line: int) -> str:
    kinds = (ast.FunctionDef, ast.ClassDef)
    around = [node for node in ast.walk(tree) if isinstance(node, kinds) and _holds(node, line)]
    return ".".join(node.name for node in sorted(around, key=_length, reverse=True))


def _holds(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno


def _files() -> Iterator[Path]:
    """The application's modules; the simulator, which plays PingOne, makes no check of ours."""
    return (file for file in sorted(PACKAGE.rglob("*.py")) if "simulator" not in file.parts)
