"""What a sign-on costs, counted: calls, connections, trust stores, cookies. Counts are the same on any machine."""

import ssl
from pathlib import Path

import pytest
import trustme

from config import Settings
from tests.support.provider import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID, providing
from tests.support.relying_party import Browser
from webapp import create_app, wiring

PUBLIC_URL = "http://localhost:5998"
CALLS = {"hosted": 1, "redirectless": 4, "custom": 4}


@pytest.fixture
def browser(tmp_path: Path):
    """A browser in front of the application, whose provider speaks TLS on a real socket."""
    authority = trustme.CA()
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(tls)
    with providing(PUBLIC_URL, tls=tls) as provider:
        settings = Settings.from_env(
            {
                "PINGONE_ENVIRONMENT_ID": ENVIRONMENT_ID,
                "PINGONE_AUTH_BASE_URL": provider.base_url,
                "PINGONE_CLIENT_ID": CLIENT_ID,
                "PINGONE_CUSTOM_CLIENT_ID": CUSTOM_CLIENT_ID,
                "PINGONE_CA_BUNDLE": str(bundle),
                "PUBLIC_URL": PUBLIC_URL,
                "SECRET_KEY": "counting-tests-counting-tests-counting-1",
                "INSTANCE_PATH": str(tmp_path),
            }
        )
        services = wiring.build(settings)
        yield Browser(create_app(settings, services), PUBLIC_URL, provider, str(bundle))
        services.close()


def counters(browser):
    transport = browser.client.application.extensions["services"].transport
    return transport.calls, transport.connections


@pytest.mark.parametrize("mode", CALLS)
def test_a_warm_sign_on_makes_its_calls_on_a_kept_connection(browser, mode):
    """Hosted: the code exchange and nothing else. Redirectless and custom: four calls. No connection is opened."""
    for _ in range(2):
        browser.sign_on(mode)
        browser.post("/sign-off")
    calls, connections = counters(browser)
    assert browser.sign_on(mode).status == 200
    assert browser.signed_in
    assert (CALLS[mode], 0) == (counters(browser)[0] - calls, counters(browser)[1] - connections)


def test_a_page_view_costs_no_call(browser):
    """Looking at pages, signed on or not, asks PingOne nothing."""
    browser.sign_on("hosted")
    before = counters(browser)
    for path in ("/", "/session", "/session/tokens", "/checks", "/how-it-works", "/settings", "/help", "/healthz"):
        assert browser.get(path).status == 200
    assert before == counters(browser)


def test_a_process_reads_its_trust_store_once(browser):
    """However many sign-ons, certificates are parsed once; metadata and keys are fetched once."""
    for mode in CALLS:
        browser.sign_on(mode)
        browser.post("/sign-off")
    assert 1 == browser.client.application.extensions["services"].transport.trust_store_loads
    assert [1, 1] == [len(browser.provider.ledger.of(name)) for name in ("discovery", "jwks")]


@pytest.mark.parametrize("mode", CALLS)
def test_a_signed_on_browser_carries_few_cookies(browser, mode):
    """After sign-on there is the session cookie and nothing of the attempt: 512 bytes at the most."""
    browser.sign_on(mode)
    held = {cookie.key: cookie.value for cookie in browser.client._cookies.values()}
    assert {"session"} == set(held)
    assert sum(len(name) + len(value) + 3 for name, value in held.items()) <= 512


def test_the_server_has_threads_to_spare():
    """At least 32 threads by default, and fewer calls to PingOne at once than threads."""
    settings = Settings.from_env({"PUBLIC_URL": PUBLIC_URL, "SECRET_KEY": "x" * 40})
    assert settings.web_threads >= 32
