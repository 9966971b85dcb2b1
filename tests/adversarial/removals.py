"""The checks of a module, and the module with a probe around each of them: what `mutants.py` runs the tests against."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One check: how it reads, and its value when it is taken out."""

    key: str
    """`file: words`, with ` #2` for the second that reads alike: the same as long as its words are."""
    line: int
    without: bool
    node: ast.expr


def checks(file: str, source: str) -> list[Check]:
    """Everything in a module's functions that turns somebody or something away. What is asked while a module is loaded
    has been answered when a check is taken out, and is left alone."""
    tree = ast.parse(source)
    lines = {line for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) for line in _lines(each)}
    positions = {"Check": 3} | {
        node.name: [each.arg for each in node.args.args].index("passed")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and any(each.arg == "passed" for each in node.args.args)
    }
    found: list[Check] = []
    alike: Counter[str] = Counter()
    for node in ast.walk(tree):
        for gone, words, without in _checks(node, positions):
            if gone.lineno not in lines:
                continue
            alike[words] += 1
            again = f" #{alike[words]}" if alike[words] > 1 else ""
            found.append(Check(f"{file}: {words}{again}", gone.lineno, without, gone))
    return found


def _lines(function: ast.FunctionDef) -> range:
    return range(function.body[0].lineno, (function.end_lineno or 0) + 1)


def probed(source: str, numbered: dict[int, Check]) -> str:
    """The module with each check inside `_probe(number, (check), without)`; every line keeps its number."""
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    edits: list[tuple[int, int, int, int, str]] = []
    for number, check in numbered.items():
        node = check.node
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        # What ends at a place comes before what begins there; the wider expression begins first and ends last.
        edits.append((begin, 1, -end, number, f"_probe({number}, ("))
        edits.append((end, 0, -begin, -number, f"), {check.without})"))
    written, at = [], 0
    for place, _, _, _, words in sorted(edits):
        written += [source.encode()[at:place].decode(), words]
        at = place
    return _with_import("".join([*written, source.encode()[at:].decode()]))


def _with_import(source: str) -> str:
    """Import the probe before the first statement: in the empty line that is there, or in one of its own."""
    body = ast.parse(source).body
    first = next(
        each
        for each in body
        if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        and not (isinstance(each, ast.ImportFrom) and each.module == "__future__")
    )
    lines = source.splitlines()
    above = first.lineno - 2
    empty = above >= 0 and not lines[above].strip()
    lines[above if empty else above + 1 : above + 1] = ["from mutant_probe import probe as _probe"]
    return "\n".join(lines) + "\n"


def _checks(node: ast.AST, positions: dict[str, int]) -> Iterator[tuple[ast.expr, str, bool]]:
    """The checks that a node makes: expression, words, value when taken out."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=args) if positions.get(name, len(args)) < len(args):
            gone = args[positions[name]]
            if not isinstance(gone, ast.Constant):
                yield gone, ast.unparse(gone), True
        case ast.If(test=test, body=body) if _refuses(body[-1]):
            last = "raise" if isinstance(body[-1], ast.Raise) else ast.unparse(body[-1])
            yield test, f"if {ast.unparse(test)}: {last}", False
            if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
                for each in test.values:
                    yield each, f"if ... or {ast.unparse(each)}: {last}", False
        case ast.IfExp(test=test, orelse=other) if _nothing(other):
            for each in _conditions(test):
                yield each, f"... if {ast.unparse(each)} else {ast.unparse(other)}", True
        case ast.comprehension(ifs=conditions):
            for each in (part for test in conditions for part in _conditions(test)):
                yield each, f"for ... if {ast.unparse(each)}", True
        case ast.Assign(targets=[ast.Name(id="rules")], value=ast.Dict(values=values)):
            for each in values:
                yield each, ast.unparse(each), True
        case ast.FunctionDef(name=name, returns=ast.Name(id="bool"), body=[*_, ast.Return(value=value)]):
            if value and not isinstance(value, ast.Constant):
                for each in _conditions(value):
                    yield each, f"{name}: return {ast.unparse(each)}", True


def _refuses(statement: ast.stmt) -> bool:
    """Whether a branch that ends so turns somebody or something away."""
    match statement:
        case ast.Raise():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="abort"))):
            return True
        case ast.Return(value=value):
            return value is None or _nothing(value)
    return False


def _nothing(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=None | False | ""):
            return True
        case ast.Dict(keys=[]) | ast.List(elts=[]) | ast.Tuple(elts=[]):
            return True
    return False


def _conditions(test: ast.expr) -> list[ast.expr]:
    """What must all be true."""
    return test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
