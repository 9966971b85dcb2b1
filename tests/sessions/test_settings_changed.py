"""A sign-on that was under way when the application was restarted with other settings."""

from tests.sessions.conftest import Site, moved
from tests.support.provider import Provider


def test_an_answer_to_what_began_for_another_client_is_not_redeemed(site: Site, provider: Provider) -> None:
    """The code of one client goes to no other; the visitor reads that it is over, and may begin again."""
    browser = site.browser()
    there = browser.get("/sign-on/hosted", follow=False).headers["Location"]
    callback = browser._visit(there, ()).headers["Location"]
    changed = moved(browser, site.app(PINGONE_CLIENT_ID="5d9a0d4c-0a36-4a3b-9b6a-0a3f3c1f5e77"))
    page = changed._visit(callback, ())
    assert (400, "sign_on_unknown") == (page.status, page.error_code), page.text[:1000]
    assert 0 == provider.ledger.count("token")
