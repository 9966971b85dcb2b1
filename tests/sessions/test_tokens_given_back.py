"""Tokens that find no session are given back, also those of an answer that was refused, and when a fault is ours."""

from typing import Any

import pytest

from tests.sessions.conftest import Site, cookie_values
from tests.support.provider import DELETE, Provider
from webapp.signon.signed_in import SignedIn
from webapp.trace.story import Story


def given_back(provider: Provider) -> list[str]:
    return [call.params["token"] for call in provider.ledger.of("revoke")]


@pytest.mark.parametrize(
    "members",
    [{"token_type": "mac"}, {"expires_in": "soon"}, {"id_token": 5}, {"id_token": DELETE}, {"access_token": DELETE}],
    ids=lambda members: next(iter(members)),
)
def test_a_token_answer_that_is_refused(site: Site, provider: Provider, members: dict[str, Any]) -> None:
    """What it brought is worth as much as in a right answer: the refresh token goes back."""
    browser = site.browser()
    provider.tamper("token", **members)
    page = browser.sign_on("hosted")
    assert (502, "provider_error") == (page.status, page.error_code)
    assert [*provider._answers.refresh_tokens] == given_back(provider)


def test_a_token_answer_without_a_usable_refresh_token(site: Site, provider: Provider) -> None:
    """Then the access token goes back."""
    browser = site.browser()
    provider.tamper("token", refresh_token=["a"], access_token="an-access-token")
    assert 502 == browser.sign_on("hosted").status
    assert ["an-access-token"] == given_back(provider)


def test_a_refreshed_answer_that_is_refused(site: Site, provider: Provider) -> None:
    """The refresh token was spent for it: the session goes on with the next one, and nothing is lost."""
    browser = site.signed_on()
    provider.tamper("refresh", expires_in="soon")
    assert 502 == browser.post("/session/refresh").status
    provider._tampering.clear()
    assert (200, []) == (browser.post("/session/refresh").status, given_back(provider))
    assert browser.signed_in


@pytest.mark.parametrize("where", [(Story, "end"), (SignedIn, "new"), (SignedIn, "to_session")], ids=lambda at: at[1])
def test_a_fault_of_ours_between_the_checks_and_the_session(
    site: Site, provider: Provider, monkeypatch: pytest.MonkeyPatch, where: tuple[type, str]
) -> None:
    """Whatever breaks once the person is known: nobody is signed on, and nobody holds the tokens."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    browser = site.browser()
    monkeypatch.setattr(*where, broken)
    page = browser.sign_on("hosted")
    assert (500, "internal_error") == (page.status, page.error_code)
    assert "session" not in cookie_values(browser)
    assert [*provider._answers.refresh_tokens] == given_back(provider)
