"""One check of a module taken out at a time: what `mutants.py` runs the tests against."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

TRUE, FALSE = ast.Constant(True), ast.Constant(False)


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


def _ways(node: ast.AST, positions: dict[str, int]) -> int:
    """In how many ways a node's check can be taken out; 0 for what is no check."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=args) if positions.get(name, len(args)) < len(args):
            return 0 if isinstance(args[positions[name]], ast.Constant) else 1
        case ast.If(test=test, body=body) if _refuses(body[-1]):
            return 1 + (len(test.values) if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else 0)
        case ast.IfExp(test=test, orelse=other) if _nothing(other):
            return len(_conditions(test))
        case ast.comprehension(ifs=conditions):
            return len([each for test in conditions for each in _conditions(test)])
        case ast.Assign(targets=[ast.Name(id="rules")], value=ast.Dict(values=values)):
            return len(values)
        case ast.FunctionDef(returns=ast.Name(id="bool"), body=[*_, ast.Return(value=ast.Constant())]):
            return 0
        case ast.FunctionDef(returns=ast.Name(id="bool"), body=[*_, ast.Return(value=value)]) if value:
            return len(_conditions(value))
    return 0


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


def _take_out(node: ast.AST, positions: dict[str, int], way: int) -> tuple[int, str]:
    """Take a check out of its node; returns its line and how it read."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=args):
            gone, args[positions[name]] = args[positions[name]], TRUE
            return gone.lineno, f"removed {ast.unparse(gone)}"
        case ast.If(test=ast.BoolOp(values=values), body=body) if way:
            gone = values.pop(way - 1)
            return gone.lineno, f"removed if ... or {ast.unparse(gone)}: {_word(body[-1])}"
        case ast.If(test=gone, body=body):
            node.test = FALSE
            return gone.lineno, f"removed if {ast.unparse(gone)}: {_word(body[-1])}"
        case ast.IfExp(test=test):
            node.test, gone = _without(test, way)
            return gone.lineno, f"removed ... if {ast.unparse(gone)} else {ast.unparse(node.orelse)}"
        case ast.comprehension(ifs=conditions):
            for index, test in enumerate(conditions):
                if way < len(_conditions(test)):
                    conditions[index], gone = _without(test, way)
                    return gone.lineno, f"removed for ... if {ast.unparse(gone)}"
                way -= len(_conditions(test))
        case ast.Assign(value=ast.Dict(values=values)):
            gone, values[way] = values[way], TRUE
            return gone.lineno, f"removed {ast.unparse(gone)}"
        case ast.FunctionDef(name=name, body=[*_, ast.Return(value=value) as last]) if value:
            last.value, gone = _without(value, way)
            return gone.lineno, f"removed {name}: return {ast.unparse(gone)}"
    raise TypeError(f"no check: {node}")


def _without(test: ast.expr, way: int) -> tuple[ast.expr, ast.expr]:
    """The condition without one of its parts, and that part."""
    parts = list(_conditions(test))
    gone = parts.pop(way)
    rest = ast.BoolOp(ast.And(), parts) if len(parts) > 1 else parts[0] if parts else TRUE
    return rest, gone


def _word(last: ast.stmt) -> str:
    return "raise" if isinstance(last, ast.Raise) else ast.unparse(last)
