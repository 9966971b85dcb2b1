"""Table A, A14 and its neighbours: the client proves itself in exactly the registered way."""

import pytest

from tests.support.provider import CLIENT_ID, Provider
from tests.support.relying_party import MODES

ODD = 'planted:+/%& "~=\u00e9-planted-client-secret'


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a14_secret_of_odd_characters(make_browser, provider: Provider, method: str, mode: str) -> None:
    """A secret with every character that has a meaning somewhere arrives as it is."""
    provider.register(auth_method=method, secret=ODD, custom_client_id=CLIENT_ID if mode == "custom" else "-")
    browser = make_browser(
        PINGONE_CLIENT_SECRET=ODD,
        PINGONE_TOKEN_AUTH_METHOD=method,
        PINGONE_CUSTOM_CLIENT_ID=CLIENT_ID,
        PINGONE_CUSTOM_CLIENT_SECRET=ODD,
    )
    page = browser.sign_on(mode)
    assert [] == provider.complaints
    assert browser.signed_in, page.text[:2000]


def test_public_client_sends_no_secret(browser, provider: Provider) -> None:
    """A client without a secret names itself in the body and sends no Authorization header."""
    browser.sign_on("hosted")
    call = provider.ledger.of("token")[0]
    assert ("", CLIENT_ID) == (call.request.header("Authorization"), call.params["client_id"])


@pytest.mark.parametrize("mode", MODES)
def test_a60_pushed_authorization_request(make_browser, provider: Provider, mode: str) -> None:
    """With PAR on, only client_id and the request_uri travel through the browser."""
    browser = make_browser(PINGONE_PAR="on")
    browser.sign_on(mode)
    assert browser.signed_in
    authorize = provider.ledger.of("authorize")[0]
    assert {"client_id", "request_uri"} >= set(authorize.params) - {"response_mode"}
    assert 1 == provider.ledger.count("par")
