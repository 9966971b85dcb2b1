"""After sign-on, when PingOne refuses: which refusals end a session, and which are only told."""

import pytest

from tests.support import provider_faults as http
from tests.support import provider_wire as wire
from tests.support.provider import DELETE, Provider
from tests.support.relying_party import Browser
from webapp.oidc.errors import SessionEnded
from webapp.oidc.signed_on import SignedOn
from webapp.oidc.tokens import TokenSet
from webapp.signon.signed_in import SessionRecord, SignedIn

TOKENS = TokenSet("access-1", "id-1", "refresh-1", scope="openid")
SIGNED_ON = SignedOn("client", "https://op/as", "alice", {}, TOKENS, received_at=0, nonce="nonce")
SIGNED_IN = SignedIn(SIGNED_ON, mode="hosted", authenticated_at=0)


def test_a_session_that_ended_meanwhile_is_not_renewed(browser: Browser, provider: Provider) -> None:
    """Signed off between the look at the session and its turn to refresh: said so, and no token is spent."""
    session_use = browser.client.application.extensions["services"].session_use
    for _ in range(2):  # Twice: the first one has given the lock back.
        with pytest.raises(SessionEnded):
            session_use.refresh(SIGNED_IN, SessionRecord(session_use.sessions, "of a session that was signed off"))
    assert ["discovery", "jwks"] == provider.ledger.endpoints


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client", "invalid_request"])
def test_a_refusal_of_the_application_ends_no_session(browser: Browser, provider: Provider, error: str) -> None:
    """Only `invalid_grant` says that this refresh token is dead; the rest is a setting that somebody will mend."""
    browser.sign_on("hosted")
    provider.faults["refresh"] = http.status(400, body=b'{"error": "%s"}' % error.encode())
    page = browser.post("/session/refresh")
    assert (502, "token_refused") == (page.status, page.error_code), page.text[:1000]
    assert browser.signed_in
    assert ("The session is unchanged." in page.text, "A code arrived" in page.text) == (True, False)


def test_a_refused_access_token_that_cannot_be_renewed(browser: Browser, provider: Provider) -> None:
    """Without a refresh token a 401 is told at once: there is nothing to send to the token endpoint."""
    provider.tamper("token", refresh_token=DELETE)
    browser.sign_on("hosted")
    provider.faults["userinfo"] = http.status(401)
    page = browser.post("/session/userinfo")
    assert (502, "token_refused") == (page.status, page.error_code), page.text[:1000]
    assert (1, 0) == (provider.ledger.count("userinfo"), provider.ledger.count("refresh"))


@pytest.mark.parametrize(
    ("endpoint", "path"),
    [("refresh", "refresh"), ("userinfo", "userinfo"), ("introspect", "introspect"), ("revoke", "revoke")],
)
@pytest.mark.parametrize("fault", [http.status(403), http.status(500), wire.reset_before], ids=["403", "500", "reset"])
def test_the_page_says_that_the_session_stands(browser: Browser, provider: Provider, endpoint, path, fault) -> None:
    """Who asks PingOne something while signed on is told so, and led back, whatever PingOne makes of the question."""
    browser.sign_on("hosted")
    provider.faults[endpoint] = fault
    page = browser.post(f"/session/{path}")
    assert page.status in (502, 503)
    assert "You are still signed on" in page.text
    assert "Nobody was signed on" not in page.text
    assert 'href="/session">Back to your session<' in page.text
    assert browser.signed_in


def test_the_page_does_not_say_that_an_ended_session_stands(browser: Browser, provider: Provider) -> None:
    """Tokens about somebody else end the session: the page knows, in its words and in its header."""
    browser.sign_on("hosted")
    provider.tamper("refresh_id_token", sub="somebody-else")
    page = browser.post("/session/refresh")
    assert (502, "subject_changed") == (page.status, page.error_code)
    assert "Nobody was signed on" not in page.text
    assert "You are still signed on" not in page.text
    assert "Your session was ended." in page.text
    assert 'class="site-who"' not in page.text
    assert not browser.signed_in


def test_a_second_sign_on_that_fails_leaves_the_first(browser: Browser, provider: Provider) -> None:
    """Signed on already, signing on again, refused: the session that was there is there."""
    browser.sign_on("hosted")
    provider.tamper("id_token", nonce="another")
    page = browser.sign_on("hosted")
    assert "You are still signed on" in page.text
    assert 'href="/sign-on/hosted">Start again<' in page.text
    assert browser.signed_in
