"""Who may import whom, read from the imports; and what a reader is promised about the files."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
ALLOWED = {
    "config": set(),
    "oidc": set(),
    "trace": set(),
    "simulator": set(),
    "store": set(),
    "pingone": {"oidc"},
    "transport": {"oidc", "trace", "version"},
    "signon": {"pingone", "oidc", "store", "trace", "signon"},
    "doctor": {"config", "console", "pingone", "oidc", "store", "wiring"},
    "metrics": {"oidc", "store", "transport", "server", "version"},
    "console": set(), "request_id": set(), "api": {"oidc"},
    "wiring": {"config", "api", "metrics", "request_id", "simulator", "oidc", "trace", "store", "pingone", "transport",
               "signon"},
    "version": set(),
    "server": {"config", "metrics", "simulator", "wiring", "views", "application", "server"},
    "application": {"config", "wiring", "views"},
    "views": {"config", "oidc", "trace", "store", "pingone", "signon", "wiring", "views", "application", "doctor",
              "console", "request_id", "server", "simulator", "version"},
}  # fmt: skip
"""Room -> rooms it may import. Views visit the simulator for its demo users and its journal; the commands run it."""
ROOMS = {
    "wiring": "wiring", "registered": "wiring", "doctor": "doctor", "__init__": "application", "__main__": "server",
    "gunicorn": "server", "server": "server", "under_gunicorn": "server", "healthy": "server",
    "worker": "server", "arriving": "server", "streams": "server",
    "admission": "application", "log_lines": "application", "server_log": "server",
}  # fmt: skip
SOURCES = sorted([*PROJECT.glob("webapp/**/*.py"), *PROJECT.glob("config*.py")])


def room_of(path):
    parts = path.relative_to(PROJECT).with_suffix("").parts
    if parts[0].startswith("config"):
        return "config"
    return parts[1] if len(parts) > 2 else ROOMS.get(parts[1], parts[1])


def imports_of(path):
    """The modules that a file imports, as absolute names."""
    package = list(path.relative_to(PROJECT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = [*base, *(node.module or "").split(".")] if node.module else base
            for name in node.names:
                yield ".".join([*module, name.name])


def room_of_module(module):
    parts = module.split(".")
    if parts[0].startswith("config"):
        return "config"
    if parts[0] != "webapp":
        return None
    if len(parts) < 2 or not ((PROJECT / "webapp" / parts[1]).is_dir() or (PROJECT / f"webapp/{parts[1]}.py").exists()):
        return "application"
    return parts[1] if (PROJECT / "webapp" / parts[1]).is_dir() else ROOMS.get(parts[1], parts[1])


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_imports_keep_the_house(path):
    """A file imports from its own room and from those its room may use."""
    room = room_of(path)
    reached = {room_of_module(module) for module in imports_of(path)} - {None, room}
    assert set() == reached - ALLOWED[room]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_flask_stays_in_the_views(path):
    """Below the views nobody knows Flask; the simulator is an application of its own."""
    if room_of(path) in ("views", "simulator", "api", "application", "server"):
        return
    assert not [module for module in imports_of(path) if module.split(".")[0] in ("flask", "werkzeug", "flask_session")]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_file_needs_a_table_of_contents(path):
    """Two ideas in one file show in its length: 250 lines are the end."""
    assert len(path.read_text().splitlines()) <= 250


def test_exceptions_are_caught_wholesale_in_two_places():
    """`except Exception` hides faults. The error page may, and the recorder's one entrance: a story must never be the
    reason why a sign-on fails, and says itself what it could not tell."""
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler) and getattr(node.type, "id", None) == "Exception":
                found.append(str(path.relative_to(PROJECT)))
            if isinstance(node, ast.ExceptHandler) and node.type is None:
                found.append(str(path.relative_to(PROJECT)))
    assert set(found) <= {"webapp/views/errors.py", "webapp/trace/story.py"}
    assert found.count("webapp/trace/story.py") == 1


def test_the_protocol_can_be_copied(tmp_path):
    """`oidc` and `pingone`, copied into another application, import and compute without anything else of ours."""
    for name in ("oidc", "pingone"):
        shutil.copytree(PROJECT / "webapp" / name, tmp_path / "theirs" / name)
    (tmp_path / "theirs" / "__init__.py").touch()
    script = (
        "import pkgutil, importlib, sys, theirs\n"
        "for found in pkgutil.walk_packages(theirs.__path__, 'theirs.'): importlib.import_module(found.name)\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in ('webapp', 'config', 'flask')]\n"
        "from theirs.oidc.pkce import challenge\n"
        "print(challenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'))\n"
    )
    outcome = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\n", "") == (outcome.stdout, outcome.stderr)


def test_the_relying_party_names_no_provider():
    """`oidc` knows PingOne neither by name nor by habit: what PingOne adds is beside it."""
    named = [path.name for path in (PROJECT / "webapp/oidc").glob("*.py") if "pingone" in path.read_text().lower()]
    assert [] == named


@pytest.mark.parametrize("path", sorted(PROJECT.glob("examples/*.py")), ids=lambda path: path.name)
def test_an_example_stands_on_the_copied_folders_alone(path):
    """Whoever copies an example needs `oidc` and `pingone` of ours, and nothing else."""
    ours = {module for module in imports_of(path) if module.split(".")[0] in ("webapp", "config")}
    assert set() == {module for module in ours if module.split(".")[1] not in ("oidc", "pingone")}
