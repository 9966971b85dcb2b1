"""A scope that PingOne does not grant, however often it is asked for, ends in a page."""

from tests.sessions.conftest import Site
from tests.support.provider import Provider


def test_what_was_asked_for_a_moment_ago_is_not_asked_for_again(site: Site, provider: Provider) -> None:
    """The page says which scope is missing; a minute later it may be tried again."""
    site.environ |= {"API_URL": "http://127.0.0.1:9/api", "PINGONE_SCOPES": "openid orders:read"}
    provider.tamper("token", scope="openid")
    browser = site.signed_on()
    page = browser.get("/orders")
    assert (403, True) == (page.status, 'data-error-code="access_refused"' in page.text)
    site.clock.ahead += 100
    answer = browser.client.get("/orders?confirm=1", base_url=browser.public_url)
    assert (303, True) == (answer.status_code, answer.headers["Location"].startswith(provider.base_url))
