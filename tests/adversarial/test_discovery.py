"""Table A, discovery rows: the document may tell where things are, not who PingOne is or what is allowed."""

import json

import pytest

from tests.support import provider_faults
from tests.support.adversarial import Row, Witness, assert_refused_at_the_start, each_mode
from tests.support.provider import DELETE, Provider, plus_one, providing, random_paths
from tests.support.relying_party import MODES, Browser

EVERYTHING = ("authorize", "par", "jwks", "token", "userinfo", "flow", "check", "resume", "canary")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint")


def _metadata(name: str, /, **members: object) -> Row:
    return Row(name, lambda provider: provider.tamper("discovery", **members), "metadata_invalid", 502, EVERYTHING)


def _document(name: str, document: bytes) -> Row:
    def poison(provider: Provider) -> None:
        provider.faults["discovery"] = provider_faults.body(document)

    return Row(name, poison, "provider_error", 502, EVERYTHING, ("hosted",))


def _elsewhere(name: str) -> list[Row]:
    """The same endpoint under a foreign name, at another port, with user information, and not as a URL."""

    def foreign(right: str) -> str:
        return right.replace("127.0.0.1", "localhost")

    def credentials(right: str) -> str:
        return right.replace("http://", "http://127.0.0.1:1@")

    return [
        _metadata(f"{name}-foreign", **{name: foreign}),
        _metadata(f"{name}-port", **{name: "http://127.0.0.1:1/as/x"}),
        _metadata(f"{name}-user", **{name: credentials}),
        _metadata(f"{name}-evil", **{name: "http://evil.example/auth"}),
        _metadata(f"{name}-file", **{name: "file:///etc/passwd"}),
        _metadata(f"{name}-number", **{name: 17}),
    ]


ROWS = [
    _metadata("A32-issuer", issuer=lambda right: f"{right}INVALID"),
    _metadata("A65-issuer-plus-one", issuer=plus_one),
    _metadata("A65-issuer-slash", issuer=lambda right: f"{right}/"),
    _metadata("A65-issuer-case", issuer=lambda right: right.replace("http://", "HTTP://")),
    _metadata("A65-issuer-missing", issuer=DELETE),
    _metadata("A65-issuer-list", issuer=lambda right: [right]),
    _metadata("token-endpoint-missing", token_endpoint=DELETE),
    _metadata("jwks-uri-missing", jwks_uri=DELETE),
    _metadata("authorization-endpoint-missing", authorization_endpoint=DELETE),
    _metadata("R9700-no-s256", code_challenge_methods_supported=["plain"]),
    *(row for name in ENDPOINTS for row in _elsewhere(name)),
    _document("list", b"[]"),
    _document("null", b"null"),
    _document("nested", b"[" * 100_000),
    _document("nan", b'{"issuer":NaN}'),
    _document("empty", b""),
]


@each_mode(ROWS)
def test_metadata_is_refused(browser: Browser, provider: Provider, witness: Witness, row: Row, mode: str) -> None:
    """A foreign or broken document stops the sign-on before the browser leaves, and is not kept."""
    assert_refused_at_the_start(browser, row, witness, mode)


@pytest.mark.parametrize("mode", MODES)
def test_a30_a31_endpoints_come_from_discovery(make_browser, mode: str) -> None:
    """Endpoints under names that nobody can have written down are found through the document."""
    with providing("http://localhost:5999", paths=random_paths()) as provider:
        browser = make_browser(at=provider)
        browser.sign_on(mode)
        assert browser.signed_in
        assert [] == provider.complaints


def test_a25_mtls_aliases_are_ignored(browser: Browser, provider: Provider) -> None:
    """Aliases are for clients with certificates; ours has none."""
    provider.tamper("discovery", mtls_endpoint_aliases={"token_endpoint": provider.canary})
    browser.sign_on("hosted")
    assert (True, 0) == (browser.signed_in, provider.ledger.count("canary"))


def test_unknown_and_odd_members_are_ignored(browser: Browser, provider: Provider) -> None:
    """A document may say more than we know, in any shape."""
    provider.tamper("discovery", service_documentation=17, check_session_iframe=None, x=json.loads('{"y":[1]}'))
    browser.sign_on("hosted")
    assert browser.signed_in


def test_a01_metadata_is_fetched_once(browser: Browser, provider: Provider) -> None:
    """Three sign-ons cost one discovery, one key set, and a token call each."""
    for mode in MODES:
        browser.sign_on(mode)
    assert (1, 1, 3) == tuple(provider.ledger.count(name) for name in ("discovery", "jwks", "token"))
