"""The two folders that people copy, in an empty package, and a simulator that really listens."""

import importlib
import shutil
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.copied.host import Host
from webapp.server import listen
from webapp.simulator import create_simulator

PROJECT = Path(__file__).parent.parent.parent
PUBLIC = "http://localhost:5000"


class Silent(WSGIRequestHandler):
    """Logs no requests, and keeps connections: a test makes many."""

    protocol_version = "HTTP/1.1"

    def log(self, type, message, *args):
        pass


class Listening:
    """The simulator alone on a port of its own; `heard` is what came in: path, form names and headers."""

    def __init__(self, public=PUBLIC):
        self.heard = []
        self._socket = listen("127.0.0.1", 0)
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.simulator = create_simulator(self.base, public_url=public)
        self._server = make_server(
            "127.0.0.1", 0, self._hear, threaded=True, request_handler=Silent, fd=self._socket.fileno()
        )
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _hear(self, environ, start_response):
        headers = {name[5:].replace("_", "-").title(): value for name, value in environ.items() if name[:5] == "HTTP_"}
        self.heard.append(SimpleNamespace(path=environ["PATH_INFO"], headers=headers, method=environ["REQUEST_METHOD"]))
        return self.simulator(environ, start_response)

    def count(self, ending):
        return len([each for each in self.heard if each.path.endswith(ending)])

    def choose(self, fault):
        """The next sign-on meets a fault."""
        chosen = requests.post(f"{self.base}/faults", json={"fault": fault, "mode": "next"}, timeout=5)
        assert chosen.status_code < 400, chosen.text

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._socket.close()


@pytest.fixture(scope="session")
def theirs(tmp_path_factory):
    """The copy: nothing of ours but the two folders can be imported through it."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("oidc", "pingone"):
        shutil.copytree(PROJECT / "webapp" / name, folder / "theirs" / name)
    (folder / "theirs" / "__init__.py").touch()
    sys.path.insert(0, str(folder))
    names = {
        "oidc": ("attempt", "checks", "client", "errors", "http", "memory", "relying_party", "request", "signed_on"),
        "pingone": ("errors", "flows", "page", "steps"),
    }
    try:
        found = SimpleNamespace()
        for package, modules in names.items():
            for module in modules:
                name = module if not hasattr(found, module) else f"{package}_{module}"
                setattr(found, name, importlib.import_module(f"theirs.{package}.{module}"))
        yield found
    finally:
        sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def listening():
    """One simulator for all tests of this folder."""
    simulator = Listening()
    yield simulator
    simulator.close()


@pytest.fixture
def simulator(listening):
    """The same with nothing heard yet."""
    listening.heard.clear()
    return listening


@pytest.fixture(params=["requests", "httpx"])
def http(request, theirs):
    """What an integrator has at hand: one plain client, shared by all visitors and threads."""
    if request.param == "requests":
        with requests.Session() as session:
            yield session
        return
    with httpx.Client(trust_env=False) as client:
        yield httpx_adapter(theirs)(client)


def httpx_adapter(theirs):
    """The adapter of the examples, over the copy."""
    source = (PROJECT / "examples/httpx_adapter.py").read_text().replace("from webapp.", "from theirs.")
    module = {}
    exec(compile(source, "httpx_adapter.py", "exec"), module)
    return module["Httpx"]


@pytest.fixture
def host(theirs, simulator, http):
    """A host on the copy, for as many visitors as a test wants."""
    return Host(theirs, simulator.base, http)
