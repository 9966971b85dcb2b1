"""After sign-on, when PingOne refuses: which refusals end a session, and which are only told."""

from dataclasses import dataclass

import pytest

from tests.support import provider_faults as http
from tests.support.provider import DELETE, Provider
from tests.support.relying_party import Browser
from webapp.signed_in import SessionEnded, SignedIn

SIGNED_IN = SignedIn(
    subject="alice",
    mode="hosted",
    claims={},
    scope="openid",
    authenticated_at=0,
    access_token="access-1",
    id_token="id-1",
    refresh_token="refresh-1",
)


@dataclass
class Ended:
    """The record of a session that somebody has signed off since the request began."""

    id: str = "session-1"

    def load(self) -> None:
        return None

    def save(self, signed_in: SignedIn) -> bool:
        raise AssertionError("a session that has ended is stored")

    def end(self) -> None:
        """It has."""


def test_a_session_that_ended_meanwhile_is_not_renewed(browser: Browser, provider: Provider) -> None:
    """Signed off between the look at the session and its turn to refresh: said so, and PingOne is asked nothing."""
    afterwards = browser.client.application.extensions["services"].afterwards
    for _ in range(2):  # Twice: the first one has given the lock back.
        with pytest.raises(SessionEnded):
            afterwards.refresh(SIGNED_IN, Ended())
    assert [] == provider.ledger.endpoints


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client", "invalid_request"])
def test_a_refusal_of_the_application_ends_no_session(browser: Browser, provider: Provider, error: str) -> None:
    """Only `invalid_grant` says that this refresh token is dead; the rest is a setting that somebody will mend."""
    browser.sign_on("hosted")
    provider.faults["refresh"] = http.status(400, body=b'{"error": "%s"}' % error.encode())
    page = browser.post("/session/refresh")
    assert (502, "token_refused") == (page.status, page.error_code), page.text[:1000]
    assert browser.signed_in


def test_a_refused_access_token_that_cannot_be_renewed(browser: Browser, provider: Provider) -> None:
    """Without a refresh token a 401 is told at once: there is nothing to send to the token endpoint."""
    provider.tamper("token", refresh_token=DELETE)
    browser.sign_on("hosted")
    provider.faults["userinfo"] = http.status(401)
    page = browser.post("/session/userinfo")
    assert (502, "token_refused") == (page.status, page.error_code), page.text[:1000]
    assert (1, 0) == (provider.ledger.count("userinfo"), provider.ledger.count("refresh"))
