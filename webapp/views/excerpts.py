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
    found = _making(name, "")
    if found is None:
        return None
    file, function, statement, _ = found
    whole = _rows(_body_of(function), function)
    return _excerpt(file, file.read_text(encoding="utf-8"), whole if len(whole) <= LONGEST else _rows(statement))


@lru_cache(maxsize=256)
def making(check: str, file: str = "") -> tuple[Excerpt, int] | None:
    """Return the whole function that makes a check, in one of our files or in any, and the line that does."""
    found = _making(check, file)
    if found is None:
        return None
    where, function, _, line = found
    return _excerpt(where, where.read_text(encoding="utf-8"), _rows(function)), line


@lru_cache(maxsize=256)
def function(file: str, name: str) -> Excerpt:
    """Return a whole function of a file of the project; a method is `Class.method`. Raises `KeyError`."""
    text = (PACKAGE.parent / file).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and name.endswith(node.name):
            excerpt = _excerpt(PACKAGE.parent / file, text, _rows(node))
            if excerpt.function == name:
                return excerpt
    raise KeyError(name)


def _making(name: str, within: str) -> tuple[Path, ast.FunctionDef, ast.stmt, int] | None:
    """Where a check is made: the file, the function, the statement and the line. Of several functions the shortest."""
    for file in [PACKAGE.parent / within] if within else _files():
        text = file.read_text(encoding="utf-8")
        if f'"{name}"' not in text:
            continue
        functions = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.FunctionDef)]
        for function in sorted(functions, key=_length):
            for statement in (each for each in ast.walk(function) if isinstance(each, ast.stmt)):
                if line := _line_of(statement, name):
                    return file, function, statement, line
    return None


def _line_of(statement: ast.stmt, name: str) -> int:
    """The line on which a statement, and none inside it, makes the check of this name or begins a loop over it."""
    if isinstance(statement, ast.For):
        names = [each for each in ast.walk(statement.iter) if isinstance(each, ast.Constant) and each.value == name]
        return names[0].lineno if names else 0
    calls = [] if hasattr(statement, "body") else [each for each in ast.walk(statement) if isinstance(each, ast.Call)]
    for call in calls:
        named = any(isinstance(each, ast.Constant) and each.value == name for each in call.args[:3])
        if named and getattr(call.func, "id", "") in ("Check", "_require"):
            return call.lineno
    return 0


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
