"""What a form on another site can do to a session: nothing, although it reaches us."""

import pytest

from tests.sessions.conftest import Site

POSTS = ["/sign-off", *(f"/session/{what}" for what in ("refresh", "userinfo", "introspect", "revoke", "reveal"))]


@pytest.mark.parametrize("path", POSTS)
def test_another_sites_form_deletes_no_cookie(site: Site, path: str) -> None:
    """It comes without the Lax cookie, so we know of no session; but browsers would obey a deletion in the answer."""
    browser = site.signed_on()
    elsewhere = browser.client.application.test_client(use_cookies=False)
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    answer = elsewhere.post(path, base_url=browser.public_url, headers=headers)
    assert (403, []) == (answer.status_code, answer.headers.getlist("Set-Cookie"))
    assert "session was ended" not in answer.text
    assert browser.signed_in


def test_a_question_without_a_cookie_deletes_none(site: Site) -> None:
    """A page of ours within another site's frame: it comes without the cookie, and is refused for want of a session."""
    browser = site.signed_on()
    elsewhere = browser.client.application.test_client(use_cookies=False)
    answer = elsewhere.get("/session/tokens", base_url=browser.public_url)
    assert (401, []) == (answer.status_code, answer.headers.getlist("Set-Cookie"))
