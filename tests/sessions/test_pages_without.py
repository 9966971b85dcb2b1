"""Pages and answers for which something is missing, or is wanted otherwise."""

import pytest

from tests.sessions.conftest import Site
from tests.support.provider import DELETE, Provider


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", "application/json"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("text/html, application/json;q=0.9", "text/html"),
        ("text/html", "text/html"),
    ],
)
def test_the_session_is_json_for_who_likes_that_best(site: Site, accept: str, kind: str) -> None:
    """A browser that would accept it as well gets its page."""
    browser = site.signed_on()
    answer = browser.client.get("/session", base_url=browser.public_url, headers={"Accept": accept})
    assert (200, kind) == (answer.status_code, answer.mimetype)


def test_tokens_of_a_provider_that_binds_no_access_token(site: Site, provider: Provider) -> None:
    """Without `at_hash` there is nothing to compute again, and the page is there all the same."""
    browser = site.signed_on()
    assert "at_hash" in browser.get("/session/tokens").text
    provider.tamper("id_token", at_hash=DELETE)
    page = site.signed_on().get("/session/tokens")
    assert (200, False) == (page.status, "at_hash" in page.text)


def test_where_there_is_no_api_there_are_no_orders(site: Site) -> None:
    """Nobody is asked to sign on for them, or for their scope."""
    assert 404 == site.browser().get("/orders").status
    assert 404 == site.signed_on().get("/orders").status


def test_the_verifier_is_shown_to_the_owner_of_the_session_alone(site: Site, provider: Provider) -> None:
    """There is none to show of a story that came to nothing, or of somebody else's."""
    mine = site.signed_on()
    trace = mine.session()["trace"]
    other = site.signed_on(app=mine.client.application)
    assert [303, 404, 404] == [
        browser.post(f"/traces/{id}/verifier", follow=False).status
        for browser, id in ((mine, trace), (other, trace), (mine, "6b0885e0ad9cM25u"))
    ]
