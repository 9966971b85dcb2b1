"""Discovery, as Ping's documentation and its own mock show it."""

import pytest

from tests.contract.agent import Agent
from tests.contract.facts import fact

SIGNING = {"HS256", "HS384", "HS512", "RS256", "RS384", "RS512"}
RESPONSE_TYPES = {"code", "id_token", "token id_token", "code id_token", "code token", "code token id_token"}
ORDER = [
    "issuer", "authorization_endpoint", "pushed_authorization_request_endpoint", "token_endpoint",
    "userinfo_endpoint", "jwks_uri", "end_session_endpoint", "check_session_iframe", "introspection_endpoint",
    "revocation_endpoint", "device_authorization_endpoint", "claims_parameter_supported",
    "request_parameter_supported", "request_uri_parameter_supported", "require_pushed_authorization_requests",
    "scopes_supported", "response_types_supported", "response_modes_supported", "grant_types_supported",
    "subject_types_supported", "id_token_signing_alg_values_supported", "userinfo_signing_alg_values_supported",
    "request_object_signing_alg_values_supported", "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported", "claim_types_supported", "claims_supported",
    "code_challenge_methods_supported",
]


@pytest.fixture
def metadata(agent: Agent):
    return agent.get("/as/.well-known/openid-configuration").json()


@fact("1.3-discovery-get", "3-unauthenticated")
def test_discovery_is_public(agent: Agent):
    """Nobody needs credentials to read the metadata."""
    response = agent.get("/as/.well-known/openid-configuration")
    assert 200 == response.status_code
    assert response.headers["Content-Type"].startswith("application/json")


@fact("1.2-issuer", "3-issuer")
def test_the_issuer_is_the_base_and_as(agent: Agent, metadata):
    """A relying party compares this character by character, so no slash may follow."""
    assert f"{agent.target.base}/as" == metadata["issuer"]


@fact("3-order")
def test_members_keep_their_order(metadata):
    """The members that are known come in the order of Ping's sample; newer ones may stand between them."""
    known = [name for name in metadata if name in ORDER]
    assert [name for name in ORDER if name in known] == known


@pytest.mark.parametrize(("member", "path"), [
    pytest.param("authorization_endpoint", "/authorize", marks=fact("3-authorization-endpoint")),
    pytest.param("token_endpoint", "/token", marks=fact("3-token-endpoint")),
    pytest.param("userinfo_endpoint", "/userinfo", marks=fact("3-userinfo-endpoint")),
    pytest.param("jwks_uri", "/jwks", marks=fact("3-jwks-uri")),
    pytest.param("end_session_endpoint", "/signoff", marks=fact("3-end-session-endpoint")),
    pytest.param("introspection_endpoint", "/introspect", marks=fact("3-introspection-endpoint")),
    pytest.param("revocation_endpoint", "/revoke", marks=fact("3-revocation-endpoint")),
    pytest.param("device_authorization_endpoint", "/device_authorization", marks=fact("3-device-endpoint")),
])
def test_endpoints_are_below_the_issuer(metadata, member: str, path: str):
    """Each endpoint is the issuer and a fixed path."""
    assert f"{metadata['issuer']}{path}" == metadata[member]


@pytest.mark.parametrize(("member", "path"), [
    pytest.param("pushed_authorization_request_endpoint", "/par", marks=fact("3-par-endpoint")),
    pytest.param("check_session_iframe", "/checksession", marks=fact("3-check-session-iframe")),
    pytest.param("ping_end_idp_session_endpoint", "/idpSignoff", marks=fact("3-idp-session-endpoint")),
])
def test_newer_endpoints_may_be_absent(metadata, member: str, path: str):
    """Older samples lack these; where they are published they follow the same rule."""
    if member not in metadata:
        pytest.skip(f"this environment does not publish {member}")
    assert f"{metadata['issuer']}{path}" == metadata[member]


@pytest.mark.parametrize(("member", "expected"), [
    pytest.param("claims_parameter_supported", False, marks=fact("3-claims-parameter")),
    pytest.param("request_parameter_supported", True, marks=fact("3-request-parameter")),
    pytest.param("request_uri_parameter_supported", False, marks=fact("3-request-uri-parameter")),
    pytest.param("require_pushed_authorization_requests", False, marks=fact("3-par-not-required")),
])
def test_flags(metadata, member: str, expected: bool):
    """What the server says of itself in a word."""
    assert expected is metadata[member]


@pytest.mark.parametrize(("member", "expected"), [
    pytest.param("subject_types_supported", {"public"}, marks=fact("3-subject-types")),
    pytest.param("id_token_signing_alg_values_supported", {"RS256"}, marks=fact("3-id-token-algorithms")),
    pytest.param("userinfo_signing_alg_values_supported", {"none"}, marks=fact("3-userinfo-algorithms")),
    pytest.param("request_object_signing_alg_values_supported", {"none", *SIGNING},
                 marks=fact("3-request-object-algorithms")),
    pytest.param("token_endpoint_auth_methods_supported",
                 {"client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"},
                 marks=fact("3-auth-methods", "3-none-not-advertised")),
    pytest.param("token_endpoint_auth_signing_alg_values_supported", SIGNING, marks=fact("3-assertion-algorithms")),
    pytest.param("claim_types_supported", {"normal"}, marks=fact("3-claim-types")),
    pytest.param("code_challenge_methods_supported", {"plain", "S256"}, marks=fact("3-challenge-methods")),
    pytest.param("response_types_supported", RESPONSE_TYPES, marks=fact("3-response-types")),
])
def test_closed_lists(metadata, member: str, expected: set[str]):
    """Lists in which one entry more or less would change what a client may do."""
    assert sorted(expected) == sorted(metadata[member])


@pytest.mark.parametrize(("member", "expected"), [
    pytest.param("scopes_supported", {"openid", "profile", "email", "address", "phone"}, marks=fact("3-scopes")),
    pytest.param("response_modes_supported", {"pi.flow", "query", "fragment", "form_post"},
                 marks=fact("3-response-modes")),
    pytest.param("grant_types_supported", {
        "authorization_code", "implicit", "client_credentials", "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
    }, marks=fact("3-grant-types")),
    pytest.param("claims_supported", {
        "sub", "iss", "auth_time", "acr", "name", "given_name", "family_name", "middle_name", "preferred_username",
        "profile", "picture", "zoneinfo", "phone_number", "updated_at", "address", "email", "locale",
    }, marks=fact("3-claims")),
])
def test_open_lists(metadata, member: str, expected: set[str]):
    """Lists to which PingOne adds: what is documented must be among them."""
    assert set() == expected - set(metadata[member])


@fact("1.3-check-session")
def test_the_frame_of_session_management(agent: Agent, metadata):
    """A page that other origins may frame."""
    if "check_session_iframe" not in metadata:
        pytest.skip("this environment does not publish it")
    frame = agent.get(metadata["check_session_iframe"], headers={"Accept": "text/html"})
    assert (200, "text/html") == (frame.status_code, frame.headers["Content-Type"][:9])
    assert "frame-ancestors 'none'" not in frame.headers.get("Content-Security-Policy", "")
    assert "X-Frame-Options" not in frame.headers


@fact("3-offline-access")
def test_newer_scopes(agent: Agent, metadata):
    """Samples differ; the simulator follows the newer one."""
    agent.target.played("older environments may not list it")
    assert "offline_access" in metadata["scopes_supported"]


@pytest.mark.parametrize("member", [
    "pushed_authorization_request_endpoint", "token_endpoint", "introspection_endpoint", "revocation_endpoint",
    "device_authorization_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint",
    "ping_end_idp_session_endpoint", "authorization_endpoint",
])
def test_what_is_announced_is_served(agent: Agent, metadata, member: str):
    """Neither 404 nor 405, by GET or by POST."""
    statuses = {agent.get(metadata[member]).status_code, agent.post(metadata[member]).status_code}
    assert statuses - {404, 405}
    assert 404 not in statuses


@pytest.mark.parametrize("part", [
    pytest.param("iss_parameter", marks=fact("3-no-response-issuer")),
    pytest.param("dpop", marks=fact("3-no-sender-constraint")),
    pytest.param("tls_client", marks=fact("3-no-sender-constraint")),
    pytest.param("mtls", marks=fact("3-no-sender-constraint")),
    pytest.param("channel_logout", marks=fact("3-no-logout-channels")),
    pytest.param("registration", marks=fact("3-no-registration")),
    pytest.param("encryption", marks=fact("3-no-encryption")),
])
def test_what_is_not_announced(metadata, part: str):
    """A client that relies on one of these would be talking to another product."""
    assert [] == [name for name in metadata if part in name]
