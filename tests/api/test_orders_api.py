"""The orders API over its own WSGI application: whom it answers, and what it says to everyone else."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from werkzeug.test import Client as Http
from werkzeug.test import TestResponse

from config import Settings
from tests.support.walker import Walker
from webapp import create_app, wiring
from webapp.simulator import create_simulator
from webapp.simulator.engine.resources import Resource
from webapp.store.memory import MemoryStore

ENVIRON = {"PORT": "5995", "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz", "LOG_LEVEL": "error"}
SCOPES = {"SIMULATOR": "on", "PINGONE_SCOPES": "openid profile orders:read"}
INTROSPECTION = {"API_RESOURCE_ID": Resource().id, "API_RESOURCE_SECRET": Resource().secret}


class Caller(Walker):
    """A browser, and somebody who calls the API with the tokens of its session."""

    def tokens(self, fault: str = "") -> dict[str, str]:
        """Sign on, and return the tokens that only our server has."""
        if fault:
            own = self.simulator_url.removesuffix("/simulator")
            self.client.post("/simulator/faults", base_url=own, json={"fault": fault, "mode": "next"})
        self.sign_on("redirectless")
        cookie = self.client.get_cookie("session", domain="localhost")
        assert cookie is not None
        sessions = self.client.application.extensions["services"].session_use.sessions
        found: dict[str, str] = sessions.load(cookie.value)["signed_in"]["on"]["tokens"]
        return found

    def call(self, token: str | None, path: str = "/api/orders") -> TestResponse:
        """Call the API."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        own = self.simulator_url.removesuffix("/simulator")
        return Http(self.client.application.wsgi_app).get(path, base_url=own, headers=headers)


@pytest.fixture(scope="module", params=["verified", "introspected"])
def caller(request: pytest.FixtureRequest) -> Iterator[Caller]:
    """The API verifies tokens by itself, or asks the provider."""
    more = INTROSPECTION if request.param == "introspected" else {}
    with ExitStack() as stack:
        settings = Settings.from_env(ENVIRON | SCOPES | more)
        simulator = create_simulator(settings.simulator_base, public_url=settings.public_url)
        services = wiring.build(settings, store=MemoryStore(), simulator=simulator)
        stack.callback(services.close)
        yield Caller(create_app(settings, services), settings.public_url, settings.simulator_base)


def test_the_holder_of_a_token_gets_their_orders(caller: Caller) -> None:
    """And nobody keeps the answer."""
    answer = caller.call(caller.tokens()["access_token"])
    assert (200, 3) == (answer.status_code, len(answer.get_json()["orders"]))
    assert "no-store" == answer.headers["Cache-Control"]


def test_without_a_token_there_is_a_realm(caller: Caller) -> None:
    """And nothing about what would be accepted."""
    answer = caller.call(None)
    assert (401, 'Bearer realm="orders"') == (answer.status_code, answer.headers["WWW-Authenticate"])


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        ("access_is_id_token", 401, "invalid_token"),
        ("access_audience_wrong", 401, "invalid_token"),
        ("access_issuer_wrong", 401, "invalid_token"),
        ("access_expired", 401, "invalid_token"),
        ("access_scope_missing", 403, "insufficient_scope"),
    ],
)
def test_a_token_with_a_fault_is_refused(caller: Caller, fault: str, status: int, error: str) -> None:
    """Each with RFC 6750's word for it."""
    answer = caller.call(caller.tokens(fault)["access_token"])
    assert (status, error) == (answer.status_code, answer.get_json()["error"])
    assert f'error="{error}"' in answer.headers["WWW-Authenticate"]


def test_the_real_id_token_and_the_refresh_token_are_refused(caller: Caller) -> None:
    """Both come from the issuer, and neither is for an API."""
    tokens = caller.tokens()
    for name in ("id_token", "refresh_token"):
        assert (401, "invalid_token") == ((answer := caller.call(tokens[name])).status_code, answer.get_json()["error"])


def test_a_changed_token_is_refused(caller: Caller) -> None:
    """A signature that does not fit."""
    token = caller.tokens()["access_token"]
    head, _, signature = token.rpartition(".")
    changed = ("A" if signature[0] != "A" else "B") + signature[1:]
    assert 401 == caller.call(f"{head}.{changed}").status_code


def test_invoices_want_a_second_factor(caller: Caller) -> None:
    """RFC 9470: the header names the policy and the age."""
    answer = caller.call(caller.tokens()["access_token"], "/api/orders/invoices")
    assert (401, "insufficient_user_authentication") == (answer.status_code, answer.get_json()["error"])
    assert 'acr_values="Multi_Factor", max_age="300"' in answer.headers["WWW-Authenticate"]
