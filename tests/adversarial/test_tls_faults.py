"""A PingOne that cannot prove who it is gets nothing, and is told apart from one that is away."""

import datetime
import ssl
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import trustme

from tests.support.provider import Provider, providing
from tests.support.raw_server import serving
from tests.support.relying_party import MODES, Browser

PUBLIC_URL = "http://localhost:5999"
YESTERDAY = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
TWO_DAYS_AGO = YESTERDAY - datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    """The authority that the application trusts, as a file."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def _make_old(context: ssl.SSLContext) -> None:
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Provider]:
    with providing(PUBLIC_URL, _context(authority.issue_cert("127.0.0.1"))) as provider:
        yield provider


@pytest.mark.parametrize("mode", MODES)
def test_sign_on_over_tls(make_browser, secure: Provider, bundle: str, mode: str) -> None:
    """The positive control: with the authority configured, every mode works over TLS."""
    browser = make_browser(at=secure, PINGONE_CA_BUNDLE=bundle)
    page = browser.sign_on(mode)
    assert browser.signed_in, page.text[:2000]
    assert [] == secure.complaints


@pytest.mark.parametrize("name", ["expired", "self-signed", "wrong-name", "tls-1.1", "plain"])
def test_peer_that_cannot_prove_itself(
    make_browser, authority: trustme.CA, bundle: str, name: str, witness
) -> None:
    """No request is ever made over a connection that was not verified, and no second try without."""
    stranger = trustme.CA()
    certificate = {
        "expired": lambda: authority.issue_cert("127.0.0.1", not_before=TWO_DAYS_AGO, not_after=YESTERDAY),
        "self-signed": lambda: stranger.issue_cert("127.0.0.1"),
        "wrong-name": lambda: authority.issue_cert("auth.pingone.com"),
    }.get(name, lambda: authority.issue_cert("127.0.0.1"))()
    context = _context(certificate)
    if name == "tls-1.1":
        _make_old(context)
    with providing(PUBLIC_URL, None if name == "plain" else context) as provider:
        secure_base = provider.base_url.replace("http://", "https://")
        browser = make_browser(at=provider, PINGONE_CA_BUNDLE=bundle, PINGONE_AUTH_BASE_URL=secure_base)
        page = browser.start("hosted")
        assert (503, "provider_unreachable") == (page.status, page.error_code), page.text[:2000]
        assert [] == provider.ledger.calls
    assert "TLSNotTrusted" in witness.read()


def test_connection_closed_in_the_handshake(make_browser, bundle: str) -> None:
    """A peer that hangs up during the handshake is unreachable."""
    with ExitStack() as stack:
        mute = stack.enter_context(serving(lambda request: (_ for _ in ()).throw(AssertionError)))
        provider = stack.enter_context(providing(PUBLIC_URL))
        browser: Browser = make_browser(
            at=provider,
            PINGONE_CA_BUNDLE=bundle,
            PINGONE_AUTH_BASE_URL=mute.origin.replace("http://", "https://") + "/env",
        )
        assert (503, "provider_unreachable") == ((page := browser.start("hosted")).status, page.error_code)


def test_public_authorities_are_not_asked_about_a_private_one(make_browser, secure: Provider) -> None:
    """Without the bundle the private authority is nobody."""
    browser = make_browser(at=secure)
    page = browser.start("hosted")
    assert (503, 0) == (page.status, len(secure.ledger.calls))
