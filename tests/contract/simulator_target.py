"""The simulator as a target: alone, on a loopback port of its own, with a clock that can be moved."""

import threading
import time
from types import TracebackType
from typing import Any

import pytest
import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.contract.target import Application, Controls, Target, User
from webapp.simulator import ENVIRONMENT_ID, create_simulator

_PUBLIC = "https://app.example"
_AWAY = "https://auth.example"


class _Quiet(WSGIRequestHandler):
    """Logs nothing, and closes each connection: what one test leaves unread is no answer to the next."""

    def log(self, type: str, message: str, *args: object) -> None:
        pass


class Simulator(Target, Controls):
    """``with Simulator() as target``. ``over_tls``: as behind a proxy that ends TLS, so that every URL is https."""

    name = "simulator"

    def __init__(self, *, over_tls: bool = False) -> None:
        self._ahead = 0.0
        self._server = make_server("127.0.0.1", 0, _nothing, threaded=True, request_handler=_Quiet)
        self._here = f"http://127.0.0.1:{self._server.server_port}"
        self._root = _AWAY if over_tls else self._here
        self._server.app = create_simulator(self._root, public_url=_PUBLIC, now=self.now)
        self.base = f"{self._root}/{ENVIRONMENT_ID}"
        self.hosted_page = f"{self.base}/signon/"
        self._about: dict[str, Any] = {}

    def __enter__(self) -> "Simulator":
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self._about = requests.get(f"{self._here}/about.json", timeout=10).json()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reach(self, url: str) -> str:
        return url.replace(self._root, self._here, 1)

    def application(self, **needs: str) -> Application:
        wanted = {"par": "OPTIONAL", "login_page_url": "", "pkce": "S256_REQUIRED", **needs}
        if "method" not in needs and wanted["pkce"] == "S256_REQUIRED":
            wanted["method"] = "NONE"
        for each in map(_application, self._about["applications"]):
            if all(getattr(each, name) == value for name, value in wanted.items() if value != "any"):
                return each
        pytest.skip(f"the simulator has no application with {needs}")

    def user(self, kind: str = "shared") -> User:
        found = next(each for each in self._about["users"] if each["username"] == f"{kind}TestUser")
        return User(found["username"], found["password"])

    def policy(self, name: str) -> str:
        return name

    def now(self) -> float:
        return time.time() + self._ahead

    def later(self, seconds: float) -> None:
        self._ahead += seconds

    def played(self, why: str) -> Controls:
        return self

    def messages(self, username: str) -> list[dict[str, Any]]:
        found = requests.get(f"{self._here}/inbox", headers={"Accept": "application/json"}, timeout=10).json()
        return [each for each in found["messages"] if each["username"] == username]

    def answer_push(self, message: dict[str, Any], answer: str) -> None:
        url = f"{self._here}/inbox/{message['id']}"
        requests.post(url, json={"answer": answer}, timeout=10).raise_for_status()

    def break_next(self, fault: str) -> None:
        requests.post(f"{self._here}/faults", json={"fault": fault, "mode": "next"}, timeout=10).raise_for_status()

    def rotate_key(self) -> None:
        requests.post(f"{self._here}/keys/rotate", json={}, timeout=10).raise_for_status()

    def named(self, name: str) -> Application:
        return _application(next(each for each in self._about["applications"] if each["name"] == name))

    def resource(self) -> dict[str, Any]:
        return dict(self._about["resources"][0])

    def switch(self, name: str, reading: str) -> str:
        url = f"{self._here}/switches"
        before = requests.get(url, timeout=10).json()["chosen"][name]
        requests.post(url, json={name: reading}, timeout=10).raise_for_status()
        return str(before)


def _nothing(environ: object, start_response: object) -> list[bytes]:
    raise NotImplementedError


def _application(row: dict[str, Any]) -> Application:
    return Application(
        row["clientId"], row["redirectUris"][0], row["tokenEndpointAuthMethod"], row["clientSecret"],
        row.get("privateKey", ""), row["pkceEnforcement"], row["parRequirement"], row["loginPageUrl"],
        row["postLogoutRedirectUris"][0], row["name"],
    )
