"""Discovery and keys are PingOne's, member for member."""

from __future__ import annotations

import hashlib
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from tests.simulator.driver import BASE, Driver, body, header
from webapp.simulator import ENVIRONMENT_ID

ISSUER = f"{BASE}/{ENVIRONMENT_ID}/as"
MEMBERS = [
    "issuer", "authorization_endpoint", "pushed_authorization_request_endpoint", "token_endpoint",
    "userinfo_endpoint", "jwks_uri", "end_session_endpoint", "ping_end_idp_session_endpoint", "check_session_iframe",
    "introspection_endpoint", "revocation_endpoint", "device_authorization_endpoint", "claims_parameter_supported",
    "request_parameter_supported", "request_uri_parameter_supported", "require_pushed_authorization_requests",
    "scopes_supported", "response_types_supported", "response_modes_supported", "grant_types_supported",
    "subject_types_supported", "id_token_signing_alg_values_supported", "userinfo_signing_alg_values_supported",
    "request_object_signing_alg_values_supported", "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported", "claim_types_supported", "claims_supported",
    "code_challenge_methods_supported",
]


def test_discovery_has_pingones_members_in_pingones_order(driver: Driver) -> None:
    """A client written against PingOne finds everything where it expects it."""
    document = body(driver.get("/as/.well-known/openid-configuration"))
    assert MEMBERS == list(document)
    assert ISSUER == document["issuer"]
    assert f"{ISSUER}/token" == document["token_endpoint"]


def test_discovery_does_not_advertise_public_clients(driver: Driver) -> None:
    """PingOne supports token_endpoint_auth_method none without saying so."""
    document = body(driver.get("/as/.well-known/openid-configuration"))
    assert "none" not in document["token_endpoint_auth_methods_supported"]
    assert "authorization_response_iss_parameter_supported" not in document


def test_urls_come_from_the_base_and_not_from_the_host_header(driver: Driver) -> None:
    """Whoever controls the Host header must not control the issuer."""
    path = f"/{ENVIRONMENT_ID}/as/.well-known/openid-configuration"
    document = driver.client.get(path, base_url="http://evil.example").get_json()
    assert ISSUER == document["issuer"]


def test_keys_have_certificate_and_no_alg(driver: Driver) -> None:
    """The members that PingOne documents; clients must pin RS256 themselves."""
    keys = body(driver.get("/as/jwks"))["keys"]
    assert [["kty", "e", "use", "kid", "x5t", "x5c", "n"]] == [list(key) for key in keys]
    der = b64decode(keys[0]["x5c"][0])
    assert urlsafe_b64encode(hashlib.sha1(der).digest()).decode().rstrip("=") == keys[0]["x5t"]
    public = x509.load_der_x509_certificate(der).public_key()
    assert isinstance(public, RSAPublicKey)
    assert int.from_bytes(urlsafe_b64decode(keys[0]["n"] + "==")) == public.public_numbers().n


def test_a_rotated_key_stays_published_for_an_hour(driver: Driver, clock) -> None:
    """Tokens that the old key signed can be verified until they are old."""
    first = body(driver.get("/as/jwks"))["keys"][0]["kid"]
    driver.post("/keys/rotate")
    published = [key["kid"] for key in body(driver.get("/as/jwks"))["keys"]]
    assert 2 == len(published)
    assert first == published[1]
    assert published[0] == header(driver.tokens()["id_token"])["kid"]
    clock.move(3_601)
    assert [published[0]] == [key["kid"] for key in body(driver.get("/as/jwks"))["keys"]]
