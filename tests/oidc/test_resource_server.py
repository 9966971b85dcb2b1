"""An API accepts a token that was made for it, and says in a header why it accepts no other."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from webapp.oidc.access import Wanted
from webapp.oidc.client import Client
from webapp.oidc.http import Answer
from webapp.oidc.provider import Provider
from webapp.oidc.resource_server import ResourceServer, TokenNotAccepted, bearer, check_access_claims, check_wanted

NOW = 1_800_000_000.0
ISSUER, AUDIENCE = "https://issuer.example/as", "https://orders.example"
GOOD = {"iss": ISSUER, "aud": [AUDIENCE], "exp": NOW + 60, "sub": "somebody", "client_id": "c", "scope": "orders:read"}


def accepted(**changes: Any) -> None:
    claims = {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}
    check_access_claims(claims, ISSUER, AUDIENCE, NOW)


@pytest.mark.parametrize("changes", [{}, {"aud": AUDIENCE}, {"exp": NOW - 29}, {"nbf": NOW + 29}, {"iat": NOW}])
def test_a_token_for_this_api_is_accepted(changes: dict[str, Any]) -> None:
    """`aud` as a string or as a list of one; thirty seconds for clocks that differ."""
    accepted(**changes)


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({"iss": f"{ISSUER}1"}, "access token iss"),
        ({"iss": [ISSUER]}, "access token iss"),
        ({"iss": ...}, "access token iss"),
        ({"aud": f"{AUDIENCE}1"}, "access token aud"),
        ({"aud": [AUDIENCE, "https://other.example"]}, "access token aud"),
        ({"aud": {AUDIENCE: 1}}, "access token aud"),
        ({"aud": "client-id"}, "access token aud"),
        ({"aud": []}, "access token aud"),
        ({"aud": ...}, "access token aud"),
        ({"exp": NOW - 31}, "access token exp"),
        ({"exp": str(NOW + 60)}, "access token exp"),
        ({"exp": True}, "access token exp"),
        ({"exp": float("inf")}, "access token exp"),
        ({"exp": ...}, "access token exp"),
        ({"nbf": NOW + 31}, "access token nbf"),
        ({"nbf": "now"}, "access token nbf"),
        ({"nonce": "n"}, "access token kind"),
        ({"at_hash": "h"}, "access token kind"),
        ({"sub": ""}, "access token sub"),
        ({"sub": 1}, "access token sub"),
        ({"sub": ...}, "access token sub"),
    ],
)
def test_any_other_token_is_refused_by_the_check_that_it_fails(changes: dict[str, Any], failed: str) -> None:
    """401, invalid_token, and no hint at what would help: another token would."""
    with pytest.raises(TokenNotAccepted) as refused:
        accepted(**changes)
    assert (401, "invalid_token", Wanted()) == (refused.value.status, refused.value.error, refused.value.wanted)
    assert refused.value.check and failed == refused.value.check.name


WEAK = "insufficient_user_authentication"
STRONG = Wanted(scope="orders:read", acr_values="Multi_Factor", max_age=300)


@pytest.mark.parametrize(
    ("claims", "status", "error"),
    [
        ({"scope": "orders:readonly"}, 403, "insufficient_scope"),
        ({"scope": ["orders:read"]}, 403, "insufficient_scope"),
        ({}, 403, "insufficient_scope"),
        ({"scope": "orders:read", "acr": "Single_Factor"}, 401, WEAK),
        ({"scope": "orders:read", "acr": ["Multi_Factor"]}, 401, WEAK),
        ({"scope": "orders:read", "acr": "Multi_Factor"}, 401, WEAK),
        ({"scope": "orders:read", "acr": "Multi_Factor", "auth_time": NOW - 400}, 401, WEAK),
    ],
)
def test_a_token_that_is_not_good_enough_hears_what_would_be(claims: dict[str, Any], status: int, error: str) -> None:
    """And the caller can read from the header what the API wants."""
    with pytest.raises(TokenNotAccepted) as refused:
        check_wanted(claims, STRONG, NOW)
    assert (status, error) == (refused.value.status, refused.value.error)
    read = TokenNotAccepted.read(status, refused.value.challenge("orders"))
    assert (error, STRONG) == (read.error, read.wanted)


def test_a_strong_token_passes() -> None:
    """With the scope, the policy, and a fresh sign-on."""
    check_wanted({"scope": "a orders:read", "acr": "Multi_Factor", "auth_time": NOW - 10}, STRONG, NOW)


@pytest.mark.parametrize("header", [None, "", "Basic dTpw", "Bearer", "bearertoken", "Digest x"])
def test_a_request_without_a_token_learns_the_realm_alone(header: str | None) -> None:
    """RFC 6750 section 3.1: no error code where no token was shown."""
    with pytest.raises(TokenNotAccepted) as refused:
        bearer(header)
    expected = 'Bearer realm="orders"'
    if header == "Bearer":
        expected += ', error="invalid_request", error_description="the header holds no bearer token"'
    assert expected == refused.value.challenge("orders")


@pytest.mark.parametrize("token", ["", "a b", "a,b", "a\nb", "ä", "a=b", "=", " a"])
def test_what_is_no_token_is_a_bad_request(token: str) -> None:
    """Nothing of it is looked at any further."""
    with pytest.raises(TokenNotAccepted) as refused:
        bearer(f"Bearer {token}")
    assert (400, "invalid_request") == (refused.value.status, refused.value.error)


def test_a_challenge_cannot_be_broken_out_of() -> None:
    """A claim's text ends up in a header."""
    error = TokenNotAccepted("invalid_token", 'x", scope="admin\r\nSet-Cookie: a=b')
    header = error.challenge("orders")
    assert "\r" not in header and "\n" not in header
    assert Wanted() == TokenNotAccepted.read(401, header).wanted


@pytest.mark.parametrize(
    "header",
    ["", "Basic", 'Bearer error="insufficient_scope"' + " " * 5000, 'Bearer max_age="1e9", error="x"', "Bearer " * 900,
     f'Bearer error="{WEAK}", max_age="\u00b2"', f'Bearer error="{WEAK}", max_age="{"9" * 299}"'],
)  # fmt: skip
def test_what_a_foreign_api_says_is_bounded(header: str) -> None:
    """Nonsense asks for nothing."""
    assert None is TokenNotAccepted.read(401, header).wanted.max_age


def test_a_token_that_the_provider_does_not_honour_is_refused_whatever_else_it_says_of_it() -> None:
    """RFC 7662 section 2.2 lets an answer about a token that is not active say more."""
    told = {**GOOD, "active": False}
    provider = Provider(ISSUER, f"{ISSUER}/a", f"{ISSUER}/t", f"{ISSUER}/k", introspection_endpoint=f"{ISSUER}/i")
    http = SimpleNamespace(exchange=lambda request: Answer(200, (), json.dumps(told).encode()))
    kept = SimpleNamespace(get=lambda http: provider)
    server = ResourceServer(ISSUER, AUDIENCE, kept, kept, Client("orders", "client_secret_basic", "secret"))
    with pytest.raises(TokenNotAccepted, match="does not accept") as refused:
        server.accepted(http, "Bearer token", Wanted(), lambda: NOW)
    assert ("invalid_token", ()) == (refused.value.error, refused.value.checks)
    told["active"] = True
    assert told == server.accepted(http, "Bearer token", Wanted(), lambda: NOW)
