"""The discovery document is believed only where it fits the configured issuer."""

import pytest

from tests.oidc.conftest import ISSUER
from webapp.oidc.errors import MetadataInvalid
from webapp.oidc.provider import discovery_url, origin, parse_metadata


def document(**changes):
    fitting = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "jwks_uri": f"{ISSUER}/jwks",
        "code_challenge_methods_supported": ["plain", "S256"],
        "id_token_signing_alg_values_supported": ["none"],
    }
    return {name: value for name, value in {**fitting, **changes}.items() if value is not None}


@pytest.mark.parametrize("issuer", ["https://op.example/a", "https://op.example/a/"])
def test_the_document_is_behind_the_issuer(issuer):
    """One slash between the two, whether the issuer ends with one or not."""
    assert "https://op.example/a/.well-known/openid-configuration" == discovery_url(issuer)


def test_a_fitting_document_is_read():
    """Required endpoints, optional ones where they are, flags as true or not."""
    provider = parse_metadata(
        document(pushed_authorization_request_endpoint=f"{ISSUER}/par", require_pushed_authorization_requests=True,
                 authorization_response_iss_parameter_supported="yes"),
        ISSUER,
    )  # fmt: skip
    assert f"{ISSUER}/par" == provider.par_endpoint
    assert (True, False) == (provider.par_required, provider.sends_iss)
    assert "" == provider.userinfo_endpoint


@pytest.mark.parametrize("issuer", [ISSUER + "1", ISSUER + "/", ISSUER.replace("https", "http"), None, [ISSUER]])
def test_a_foreign_issuer_is_refused(issuer):
    """The issuer is compared byte for byte."""
    with pytest.raises(MetadataInvalid):
        parse_metadata(document(issuer=issuer), ISSUER)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/token",
        "http://auth.pingone.example/env/as/token",
        "https://auth.pingone.example:444/token",
        "https://auth.pingone.example@evil.example/token",
        "https://evil.example\\@auth.pingone.example/token",
        "//auth.pingone.example/token",
        "file:///etc/passwd",
        "https://auth.pingone.example/token#x",
        "https://auth.pingone.example/to\nken",
        ["https://auth.pingone.example/token"],
        5,
        "",
    ],
    ids=str,
)
def test_an_endpoint_elsewhere_is_refused(name, url):
    """Every endpoint lives at the issuer's origin, with TLS: codes and tokens go nowhere else."""
    with pytest.raises(MetadataInvalid):
        parse_metadata(document(**{name: url}), ISSUER)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_a_required_endpoint_must_be_there(name):
    """A document without it is refused and not kept."""
    with pytest.raises(MetadataInvalid):
        parse_metadata(document(**{name: None}), ISSUER)


def test_a_provider_without_s256_is_refused():
    """PKCE is relied upon, so a provider that says it cannot do S256 is not used."""
    with pytest.raises(MetadataInvalid):
        parse_metadata(document(code_challenge_methods_supported=["plain"]), ISSUER)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x", "https://a.example:443"),
        ("https://a.example:443", "https://a.example:443"),
        ("http://localhost:8000/x", "http://localhost:8000"),
        ("https://a.example:99999", ""),
        ("https://[::1", ""),
        ("javascript:alert(1)", ""),
        ("ftp://a.example/x", ""),
        ("https:///x", ""),
        ("https://:443/x", ""),
        ("https://a@b.example/x", ""),
        ("https://a.example\\.b.example/x", ""),
        ("", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port(url, expected):
    """What has no origin has the empty one, which equals nothing that is compared with it."""
    assert expected == origin(url)
