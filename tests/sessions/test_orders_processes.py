"""An API called by three processes with twenty threads each, at once, with an access token that is about to end."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.sessions.conftest import Site, cookie_values
from tests.sessions.test_refresh_processes import PROCESSES, THREADS, press_together
from tests.support.provider import Provider
from webapp.store.redis_store import RedisStore

pytestmark = pytest.mark.redis


class Api(ThreadingHTTPServer):
    """An API that accepts what the provider has issued, and remembers what it was shown."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.shown: list[str] = []
        super().__init__(("127.0.0.1", 0), Answering)


class Answering(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.server.shown.append(token)
        known = token in self.server.provider._answers.access_tokens
        body = json.dumps({"orders": [{"id": "1"}]}).encode()
        self.send_response(200 if known else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The test looks at what was shown instead."""


@pytest.fixture
def api(site: Site, provider: Provider, redis_url: str) -> Iterator[Api]:
    """The API, the settings that lead to it, and the store that the processes share."""
    site.environ["REDIS_URL"] = redis_url
    site.store.store = store = RedisStore(redis_url)
    api = Api(provider)
    thread = threading.Thread(target=api.serve_forever, args=(0.01,))
    thread.start()
    site.environ |= {
        "API_URL": f"http://127.0.0.1:{api.server_address[1]}/api",
        "PINGONE_SCOPES": "openid orders:read",
    }
    provider.tamper("token", expires_in=30)
    yield api
    api.shutdown()
    thread.join()
    api.server_close()
    store.close()


def test_many_calls_with_an_expiring_token_renew_it_once(site: Site, provider: Provider, api: Api) -> None:
    """One refresh for sixty calls in three processes; the API is shown the new token and nothing else."""
    browser = site.signed_on()
    old = set(provider._answers.access_tokens)
    results = press_together(site, cookie_values(browser)["session"], lambda: None, "/orders")
    (newest,) = set(provider._answers.access_tokens) - old
    assert PROCESSES * THREADS * [[200, "", newest]] == results
    assert PROCESSES * THREADS * [newest] == api.shown
    assert 1 == provider.ledger.count("refresh")
    assert [] == provider.complaints


def test_a_sign_off_in_the_middle_leaves_no_call_a_new_token(site: Site, provider: Provider, api: Api) -> None:
    """Every caller is told that the session has ended, and the API is shown nothing."""
    browser = site.signed_on()
    cookie = cookie_values(browser)["session"]
    results = press_together(site, cookie, lambda: browser.post("/sign-off", follow=False) and None, "/orders")
    assert PROCESSES * THREADS * [[401, "session_ended", ""]] == results
    assert [] == api.shown
    assert 1 == provider.ledger.count("refresh")
