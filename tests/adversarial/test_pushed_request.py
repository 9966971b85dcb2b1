"""A pushed authorization request that is refused, or answered with anything else, never becomes a plain one."""

import json

import pytest

from tests.support import provider_faults
from tests.support.adversarial import Row, Witness, assert_refused_at_the_start, each_mode
from tests.support.provider import DELETE, Provider
from tests.support.raw_server import Fault

EVERYTHING = ("authorize", "jwks", "token", "userinfo", "flow", "check", "resume", "canary")
MODES = ("hosted", "redirectless")


def _answer(name: str, fault: Fault, code: str = "provider_error") -> Row:
    def poison(provider: Provider) -> None:
        provider.faults["par"] = fault

    return Row(name, poison, code, 502, EVERYTHING, MODES)


def _error(status: int, error: str) -> Row:
    words = json.dumps({"error": error, "error_description": "not this one"}).encode()
    return _answer(f"RFC9126-2.3-{status}-{error}", provider_faults.status(status, body=words), "token_refused")


def _member(name: str, request_uri: object) -> Row:
    return Row(
        name, lambda provider: provider.tamper("par", request_uri=request_uri), "provider_error", 502, EVERYTHING, MODES
    )


ROWS = [
    _error(400, "invalid_request"),
    _error(401, "invalid_client"),
    _error(413, "invalid_request"),
    _answer("status-200", provider_faults.right_body_status(200)),
    _answer("status-203", provider_faults.right_body_status(203)),
    _answer("status-500", provider_faults.right_body_status(500)),
    _answer("portal", provider_faults.html()),
    _member("request-uri-missing", DELETE),
    _member("request-uri-null", None),
    _member("request-uri-number", 17),
    _member("request-uri-list", ["urn:ietf:params:oauth:request_uri:1"]),
    _member("request-uri-https", "https://evil.example/request"),
    _member("request-uri-other-urn", "urn:example:request_uri:1"),
]


@each_mode(ROWS)
def test_pushing_fails_and_nothing_is_asked_in_the_open(make_browser, provider, witness: Witness, row: Row, mode: str):
    """No request goes to the authorization endpoint, from the browser or from us, and the page says why."""
    browser = make_browser(PINGONE_PAR="on")
    assert_refused_at_the_start(browser, row, witness, mode)


@pytest.mark.parametrize("mode", MODES)
def test_pushing_needs_an_endpoint(make_browser, provider: Provider, mode: str) -> None:
    """Switched on here and unknown at PingOne: nothing is sent at all."""
    provider.tamper("discovery", pushed_authorization_request_endpoint=DELETE)
    page = make_browser(PINGONE_PAR="on").sign_on(mode)
    assert (502, "provider_error") == (page.status, page.error_code)
    assert ["discovery"] == provider.ledger.endpoints


@pytest.mark.parametrize("mode", MODES)
def test_pushing_is_required_by_the_document_alone(make_browser, provider: Provider, mode: str) -> None:
    """`auto`, as it is by default: a document that requires pushing gets it."""
    provider.tamper("discovery", require_pushed_authorization_requests=True)
    browser = make_browser()
    browser.sign_on(mode)
    assert (True, 1) == (browser.signed_in, provider.ledger.count("par"))
