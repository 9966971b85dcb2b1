"""Table A, rows that begin outside this application: third-party initiated sign-on, sign-off that PingOne starts."""

import time
import uuid
from urllib.parse import quote

import pytest

from tests.support.provider import CLIENT_ID, DELETE, Provider, plus_one
from tests.support.provider_keys import compact
from tests.support.provider_tokens import SUBJECT
from tests.support.relying_party import Browser

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.mark.parametrize("issuer", [plus_one, lambda right: "", lambda right: "https://evil.example/as"])
def test_a37_initiation_for_another_issuer(browser: Browser, provider: Provider, issuer) -> None:
    """Only our own issuer may be named; the browser is not sent anywhere."""
    page = browser.get(f"/sign-on/initiate?iss={quote(issuer(provider.issuer))}", follow=False)
    assert 400 <= page.status < 500
    assert [] == provider.ledger.of("authorize")


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example"])
def test_a37_target_is_a_path_of_ours(browser: Browser, provider: Provider, target: str) -> None:
    """A sign-on starts, and ends here whatever `target_link_uri` says."""
    page = browser.get(f"/sign-on/initiate?iss={quote(provider.issuer)}&target_link_uri={quote(target)}")
    assert (200, True) == (page.status, browser.signed_in), page.text[:1000]
    assert page.trail[-1].startswith(f"{browser.public_url}/")


@pytest.mark.parametrize(
    ("wishes", "left"),
    [
        ("", ""),
        ("&target_link_uri=&login_hint=", ""),
        ("&target_link_uri=/session", ""),
        ("&target_link_uri=http://localhost:5999.evil.example/x", ""),
        ("&target_link_uri=http://localhost:5999/checks&login_hint=zoe", "?login_hint=zoe&return_to=/checks"),
    ],
)
def test_a37_what_is_left_of_the_wishes(browser: Browser, provider: Provider, wishes: str, left: str) -> None:
    """A URL of this site becomes a path, a hint stays one; anything else is as if it had not been said."""
    page = browser.get(f"/sign-on/initiate?iss={quote(provider.issuer)}{wishes}", follow=False)
    assert (303, f"/sign-on/hosted{left}") == (page.status, page.headers["Location"])


@pytest.fixture
def signed_on(make_browser) -> Browser:
    """A browser in front of an application that listens to sign-offs of PingOne's."""
    browser = make_browser(BACK_CHANNEL_SIGN_OFF="on", FRONT_CHANNEL_SIGN_OFF="on")
    browser.sign_on("hosted")
    assert browser.signed_in
    return browser


def _logout_token(provider: Provider, session: str, header: dict[str, object] | None = None, **changes) -> str:
    now = int(time.time())
    claims = {
        "iss": provider.issuer,
        "sub": SUBJECT,
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + 120,
        "jti": str(uuid.uuid4()),
        "sid": session,
        "events": {EVENT: {}},
    }
    for name, value in changes.items():
        claims[name] = value(claims.get(name)) if callable(value) else value
    right = {name: value for name, value in claims.items() if value is not DELETE}
    return compact(right, way=provider.sign, key=provider.signing_key, header={"typ": "logout+jwt"} | (header or {}))


def _post(browser: Browser, token: str, **more: str):
    """PingOne's server calls, without cookies and without an Origin."""
    client = browser.client.application.test_client()
    return client.post("/back-channel-sign-off", data={"logout_token": token, **more}, base_url=browser.public_url)


def test_a44_back_channel_sign_off(signed_on: Browser, provider: Provider) -> None:
    """A right token ends the session; unknown form fields are ignored; nothing is cached."""
    answer = _post(signed_on, _logout_token(provider, signed_on.session()["pingone_session"]), unknown="field")
    assert (200, False) == (answer.status_code, signed_on.signed_in)
    assert "no-store" in answer.headers["Cache-Control"]


def test_back_channel_token_is_used_once(signed_on: Browser, provider: Provider) -> None:
    """A replayed token ends no later session of the same person."""
    provider.tamper("id_token", iat=lambda right: right + 1)
    token = _logout_token(provider, DELETE)
    assert 200 == _post(signed_on, token).status_code
    assert not signed_on.signed_in
    signed_on.sign_on("hosted")
    assert 200 == _post(signed_on, token).status_code
    assert signed_on.signed_in


@pytest.mark.parametrize(
    ("name", "header", "changes"),
    [
        ("A46-no-event", {}, {"events": DELETE}),
        ("A47-nonce", {}, {"nonce": "x"}),
        ("A49-aud", {}, {"aud": plus_one}),
        ("A50-event", {}, {"events": {"http://schemas.openid.net/event/foobar": {}}}),
        ("A50-event-list", {}, {"events": [EVENT]}),
        ("A50-event-text", {}, {"events": {EVENT: "x"}}),
        ("A51-iss", {}, {"iss": plus_one}),
        ("sub-and-sid-missing", {}, {"sub": DELETE, "sid": DELETE}),
        ("iat-missing", {}, {"iat": DELETE}),
        ("old", {}, {"iat": 1, "exp": 100}),
        ("jti-missing", {}, {"jti": DELETE}),
        ("id-token", {"typ": "JWT"}, {"events": DELETE, "nonce": "x"}),
    ],
)
def test_back_channel_token_is_refused(signed_on: Browser, provider: Provider, name: str, header, changes) -> None:
    """Anything that is not a logout token for us is 400, and the session stays."""
    session = signed_on.session()["pingone_session"]
    answer = _post(signed_on, _logout_token(provider, session, header, **changes))
    assert (400, True) == (answer.status_code, signed_on.signed_in)
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("way", ["none", "es256", "hs256_public", "bitflip", "ps256"])
def test_a45_a48_back_channel_algorithms(signed_on: Browser, provider: Provider, way: str) -> None:
    """Unsigned, or signed in any way but RS256: 400, and the session stays."""
    provider.sign = way
    answer = _post(signed_on, _logout_token(provider, signed_on.session()["pingone_session"]))
    assert (400, True) == (answer.status_code, signed_on.signed_in)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30.", "\u00e9" * 10, "a" * 100_000])
def test_back_channel_rubbish(signed_on: Browser, token: str) -> None:
    """Rubbish is 400, and too much of it 413."""
    assert _post(signed_on, token).status_code == (400 if len(token) < 65_536 else 413)
    assert signed_on.signed_in


def test_back_channel_is_off_unless_switched_on(browser: Browser, provider: Provider) -> None:
    """Without the setting there is no such page."""
    assert _post(browser, _logout_token(provider, "x")).status_code in (404, 405)
    assert browser.get("/front-channel-sign-off?iss=x&sid=y").status == 404


def test_a52_front_channel_needs_issuer_and_session(signed_on: Browser, provider: Provider) -> None:
    """A frame that names another issuer or another session signs nobody off; the right one does."""
    session = signed_on.session()["pingone_session"]
    issuer = quote(provider.issuer)
    for query in (
        "",
        f"iss={issuer}",
        f"sid={session}",
        f"iss={issuer}1&sid={session}",
        f"iss={issuer}&sid={session}1",
    ):
        signed_on.get(f"/front-channel-sign-off?{query}")
        assert signed_on.signed_in, query
    signed_on.get(f"/front-channel-sign-off?iss={issuer}&sid={session}")
    assert not signed_on.signed_in
