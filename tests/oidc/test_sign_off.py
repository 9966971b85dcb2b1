"""The request that ends PingOne's session."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.oidc.conftest import ISSUER
from webapp.oidc.provider import Provider
from webapp.oidc.sign_off import SignOffRequest, sign_off_parameters, sign_off_request


def provider(end_session_endpoint):
    return Provider(
        issuer=ISSUER,
        authorization_endpoint=f"{ISSUER}/authorize",
        token_endpoint=f"{ISSUER}/token",
        jwks_uri=f"{ISSUER}/jwks",
        end_session_endpoint=end_session_endpoint,
    )


def test_only_what_there_is_is_sent():
    """An empty parameter is not the same as none: PingOne would compare an empty redirect URI with the registered."""
    assert {"id_token_hint": "h.i.s"} == sign_off_parameters("h.i.s", "", "")
    assert {"post_logout_redirect_uri": "https://app.example/off", "state": "s"} == sign_off_parameters(
        "", "https://app.example/off", "s"
    )


@pytest.mark.parametrize("endpoint", [f"{ISSUER}/signoff", f"{ISSUER}/signoff?tenant=1"])
def test_the_address_keeps_what_the_endpoint_has_of_its_own(endpoint):
    """Parameters are added to those that the endpoint brings along."""
    request = sign_off_request(provider(endpoint), {"id_token_hint": "h.i.s", "state": "a b"})
    assert ("GET", endpoint.partition("?")[0]) == (request.method, request.url.partition("?")[0])
    sent = parse_qs(urlsplit(request.url).query)
    assert (["h.i.s"], ["a b"], "tenant" in endpoint) == (sent["id_token_hint"], sent["state"], "tenant" in sent)


def test_a_long_hint_travels_as_a_form():
    """Servers cut addresses off; a form has room."""
    parameters = {"id_token_hint": "x" * 7000, "state": "s"}
    request = sign_off_request(provider(f"{ISSUER}/signoff"), parameters)
    assert ("POST", f"{ISSUER}/signoff", parameters) == (request.method, request.url, request.form)


def test_without_an_endpoint_there_is_nowhere_to_go():
    """The document may name none: sign-off then ends here."""
    assert SignOffRequest() == sign_off_request(provider(""), {"state": "s"})
