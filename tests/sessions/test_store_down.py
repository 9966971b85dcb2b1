"""A store that is away is said so, and is no reason to lose or to sign anybody on; it comes back by itself."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import redis

from tests.sessions.conftest import Site, cookie_values
from tests.support.provider import Provider
from tests.support.redis_server import RedisServer
from tests.support.relying_party import MODES, Browser
from webapp.store.redis_store import RedisStore

pytestmark = pytest.mark.redis


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """A redis-server of the test's own, to be stopped."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def on_redis(site: Site, server: RedisServer) -> Iterator[Site]:
    """The site, with its state in that Redis."""
    store = RedisStore(server.url, connect_timeout=0.5, read_timeout=0.5)
    site.store.store = store
    yield site
    store.close()


def _ready(browser: Browser) -> tuple[int, list[str]]:
    answer = browser.client.get("/readyz", base_url=browser.public_url)
    return answer.status_code, list(answer.get_json()["failing"])


@pytest.mark.parametrize("how", ["stop", "freeze"])
def test_down_is_a_page_and_not_a_sign_off(on_redis: Site, server: RedisServer, how: str) -> None:
    """503 for whoever has a session, never 401 or 200; the cookie stays, and health says what is wrong."""
    browser = on_redis.signed_on()
    cookies = cookie_values(browser)
    getattr(server, how)()
    pages = [browser.get("/session"), browser.post("/session/refresh")]
    assert 2 * [(503, "store_unavailable", "5")] == [
        (page.status, page.error_code, page.headers["Retry-After"]) for page in pages
    ]
    assert cookies == cookie_values(browser)
    assert (503, ["store"]) == _ready(browser)
    assert 200 == browser.get("/healthz").status
    server.thaw() if how == "freeze" else server.start()
    assert (200, []) == _ready(browser)
    assert (how == "freeze") == browser.signed_in
    browser.sign_on("hosted")
    assert browser.signed_in


def test_sign_off_takes_the_cookie_although_the_store_is_down(on_redis: Site, server: RedisServer) -> None:
    """Whoever signs off has a browser without the session, and reads what could not be done."""
    browser = on_redis.signed_on()
    server.stop()
    page = browser.post("/sign-off")
    assert (200, {}) == (page.status, cookie_values(browser))
    assert "could not be removed" in page.text
    assert "tokens were not given back" in page.text
    assert "could not be removed" not in browser.get("/signed-off").text
    server.start()
    assert not browser.signed_in


@pytest.mark.parametrize("mode", MODES)
def test_down_before_a_sign_on_begins(on_redis: Site, server: RedisServer, mode: str) -> None:
    """Without a place for the verifier nobody is sent away, and no cookie is set."""
    browser = on_redis.browser()
    server.stop()
    page = browser.get(f"/sign-on/{mode}", follow=False)
    assert (503, "store_unavailable", {}) == (page.status, page.error_code, cookie_values(browser))
    server.start()
    browser.sign_on(mode)
    assert browser.signed_in


def test_down_between_begin_and_callback(on_redis: Site, server: RedisServer, provider: Provider) -> None:
    """The code is not redeemed without its verifier."""
    browser = on_redis.browser()
    away = browser.get("/sign-on/hosted", follow=False).headers["Location"]
    callback = urlsplit(browser._visit(away, ()).headers["Location"])
    server.stop()
    page = browser.get(f"{callback.path}?{callback.query}", follow=False)
    assert (503, 0) == (page.status, provider.ledger.count("token"))


def test_lost_after_the_code_was_redeemed(on_redis: Site, server: RedisServer, provider: Provider) -> None:
    """503, no session cookie, and the tokens that found no session are given back."""
    browser = on_redis.browser()
    provider.before["token"] = server.stop
    page = browser.sign_on("hosted")
    assert (503, "store_unavailable") == (page.status, page.error_code)
    assert "session" not in cookie_values(browser)
    (issued,) = provider._answers.refresh_tokens
    assert [issued] == [call.params["token"] for call in provider.ledger.of("revoke")]
    server.start()
    browser.sign_on("hosted")
    assert browser.signed_in


@pytest.mark.parametrize("lose", ["flushall", "restart", "delete"])
def test_evicted_records_mean_a_clean_new_sign_on(on_redis: Site, server: RedisServer, lose: str) -> None:
    """Nobody is signed in, the dead cookie goes with the first answer, no page is an error page."""
    browser = on_redis.signed_on()
    if lose == "restart":
        server.restart()
    else:
        with redis.Redis.from_url(server.url) as client:
            client.flushall() if lose == "flushall" else client.delete(*client.keys("session:*"))
    page = browser.get("/session")
    assert (401, {}) == (page.status, cookie_values(browser))
    assert 200 == browser.get("/").status
    browser.sign_on("hosted")
    assert browser.signed_in


def test_a_full_redis_refuses_and_recovers(site: Site) -> None:
    """OOM on writing is the store being away: reading goes on, nothing is half written."""
    with RedisServer("maxmemory-policy noeviction") as server:
        store = RedisStore(server.url)
        site.store.store = store
        browser = site.signed_on()
        with redis.Redis.from_url(server.url) as client:
            client.config_set("maxmemory", "1")
            assert (503, ["store"]) == _ready(browser)
            assert 503 == browser.get("/sign-on/hosted", follow=False).status
            client.config_set("maxmemory", "0")
        assert browser.signed_in
        store.close()
