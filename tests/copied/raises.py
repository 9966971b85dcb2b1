"""Which errors can leave a function of the copied folders, read from the source: its own and those of what it calls."""

import ast
import builtins
import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDERS = ("webapp/oidc", "webapp/pingone")
Errors = frozenset[type[BaseException]]


@dataclass
class Function:
    """One function: where it is, its tree, its class if it has one."""

    module: "Module"
    name: str
    tree: ast.FunctionDef
    owner: str = ""

    @property
    def public(self) -> bool:
        """Whether others may call it: no part of its name begins with an underscore."""
        return not any(part.startswith("_") for part in (self.name, self.owner))

    @property
    def docstring(self) -> str:
        """What it says of itself."""
        return ast.get_docstring(self.tree) or ""

    def __str__(self) -> str:
        return ".".join(filter(None, (self.module.name.removeprefix("webapp."), self.owner, self.name)))


@dataclass
class Module:
    """One module: its functions, and what it imports from where."""

    name: str
    functions: dict[tuple[str, str], Function] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def loaded(self) -> Any:
        """The module itself, for its classes."""
        return importlib.import_module(self.name)


@cache
def modules() -> dict[str, Module]:
    """Every module of the copied folders, by its full name."""
    found = {}
    for path in (path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.py"))):
        package = ".".join(path.parent.relative_to(ROOT).parts)
        module = Module(package if path.stem == "__init__" else f"{package}.{path.stem}")
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1])
                origin = f"{base}.{node.module}" if node.module else base
                module.imports |= {each.asname or each.name: (origin, each.name) for each in node.names}
        for top in ast.parse(path.read_text()).body:
            inside = top.body if isinstance(top, ast.ClassDef) else [top]
            owner = top.name if isinstance(top, ast.ClassDef) else ""
            for each in inside:
                if isinstance(each, ast.FunctionDef):
                    module.functions[owner, each.name] = Function(module, each.name, each, owner)
        found[module.name] = module
    return found


@cache
def functions() -> tuple[Function, ...]:
    """Every function of the copied folders."""
    return tuple(each for module in modules().values() for each in module.functions.values())


def leaving(function: Function, above: tuple[str, ...] = ()) -> Errors:
    """Return the errors that can leave `function`, as far as the source shows whom it calls."""
    if str(function) in above:
        return frozenset()
    return frozenset(_of_block(function, function.tree.body, (*above, str(function))))


def _of_block(function: Function, block: Iterable[ast.AST], above: tuple[str, ...]) -> Iterator[type[BaseException]]:
    for node in block:
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            continue  # What is only defined here is called elsewhere.
        if isinstance(node, ast.Try):
            final = [each for each in node.handlers if not _raises_again(each)]
            caught = tuple(error for each in final for error in _caught(function, each))
            inside = _of_block(function, node.body, above)
            yield from (error for error in inside if not issubclass(error, caught))
            for part in (*(each.body for each in node.handlers), node.orelse, node.finalbody):
                yield from _of_block(function, part, above)
            continue
        if isinstance(node, ast.With):
            caught = tuple(error for each in node.items for error in _suppressed(function, each.context_expr))
            inside = _of_block(function, (*node.items, *node.body), above)
            yield from (error for error in inside if not issubclass(error, caught))
            continue
        if isinstance(node, ast.Raise) and node.exc is not None:
            yield from _class_of(function, node.exc)
        if isinstance(node, ast.Call):
            for called in _called(function, node.func):
                yield from leaving(called, above)
        yield from _of_block(function, ast.iter_child_nodes(node), above)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))


def _caught(function: Function, handler: ast.ExceptHandler) -> Iterator[type[BaseException]]:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    for kind in kinds:
        yield from _class_of(function, kind) if kind is not None else (BaseException,)


def _suppressed(function: Function, manager: ast.expr) -> Iterator[type[BaseException]]:
    if isinstance(manager, ast.Call) and getattr(manager.func, "attr", "") == "suppress":
        for each in manager.args:
            yield from _class_of(function, each)


def _class_of(function: Function, node: ast.expr) -> Iterator[type[BaseException]]:
    named = node.func if isinstance(node, ast.Call) else node
    if isinstance(named, ast.Name):
        kind = getattr(function.module.loaded, named.id, None) or getattr(builtins, named.id, None)
        if isinstance(kind, type) and issubclass(kind, BaseException):
            yield kind
        elif isinstance(node, ast.Call):  # `raise _refusal(answer)`: a function that returns the error
            for called in _called(function, named):
                yield from _returned(called)


def _returned(function: Function) -> Iterator[type[BaseException]]:
    for node in ast.walk(function.tree):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
            yield from _class_of(function, node.value)


def _called(function: Function, named: ast.expr) -> Iterator[Function]:
    if isinstance(named, ast.Name):
        yield from _found(function.module, named.id)
    elif isinstance(named, ast.Attribute):
        base = named.value
        if isinstance(base, ast.Name) and base.id in ("self", "cls"):
            yield from filter(None, [function.module.functions.get((function.owner, named.attr))])
        elif isinstance(base, ast.Name) and base.id in function.module.imports:
            origin, name = function.module.imports[base.id]
            within = modules().get(f"{origin}.{name}")
            yield from _found(within, named.attr) if within else _method(named.attr)
        else:
            yield from _method(named.attr)


def _found(module: Module, name: str) -> Iterator[Function]:
    """The function called `name` in this module, or what a class of that name does when it is made."""
    if name in module.imports:
        origin, theirs = module.imports[name]
        if origin in modules() and modules()[origin] is not module:
            yield from _found(modules()[origin], theirs)
        return
    wanted = ((("", name)), (name, "__init__"), (name, "__post_init__"))
    yield from (module.functions[each] for each in wanted if each in module.functions)


def _method(name: str) -> Iterator[Function]:
    """The only method of that name; several classes with one of that name are not told apart."""
    named = [each for each in functions() if each.owner and each.name == name]
    if len(named) == 1:
        yield named[0]
