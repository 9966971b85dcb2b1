"""An answer that comes by another way than the one on which it was asked for."""

from tests.support.provider import Provider
from tests.support.relying_party import Browser


def test_a_flow_of_ours_is_not_answered_through_the_browser(browser: Browser, provider: Provider) -> None:
    """Redirectless mode: the code comes to our server; one at the callback, with the right state, is not ours."""
    browser.start("redirectless")
    state = provider.ledger.of("authorize")[0].params["state"]
    page = browser.get(f"/callback?code=planted&state={state}")
    assert (400, "state_mismatch") == (page.status, page.error_code), page.text[:1000]
    assert (0, False) == (provider.ledger.count("token"), browser.signed_in)
    assert 400 == browser.get(f"/callback?code=planted&state={state}").status
    assert 0 == provider.ledger.count("token")
