"""Userinfo, introspection and revocation: which answers count."""

import pytest

from tests.oidc.conftest import ISSUER
from tests.oidc.test_tokens import NOW, Http, answering
from webapp.oidc.client import Client
from webapp.oidc.errors import ProviderError, SubjectChanged, TokenRefused
from webapp.oidc.provider import Provider
from webapp.oidc.userinfo import fetch_userinfo, introspect, revoke

CLIENT = Client("client-1")
BARE = Provider(ISSUER, f"{ISSUER}/authorize", f"{ISSUER}/token", f"{ISSUER}/jwks")
PROVIDER = Provider(
    ISSUER,
    f"{ISSUER}/authorize",
    f"{ISSUER}/token",
    f"{ISSUER}/jwks",
    userinfo_endpoint=f"{ISSUER}/userinfo",
    introspection_endpoint=f"{ISSUER}/introspect",
    revocation_endpoint=f"{ISSUER}/revoke",
)
CALLS = {
    "userinfo": lambda http, provider: fetch_userinfo(http, provider, "at", "alice"),
    "introspect": lambda http, provider: introspect(http, CLIENT, provider, "at", NOW),
    "revoke": lambda http, provider: revoke(http, CLIENT, provider, "rt", "refresh_token", NOW),
}
RIGHT = {"userinfo": {"sub": "alice"}, "introspect": {"active": True}, "revoke": {}}
each_call = pytest.mark.parametrize("name", CALLS)


@each_call
def test_a_right_answer_is_taken(name):
    """One call, to the endpoint that the metadata name."""
    http = answering(RIGHT[name])
    CALLS[name](http, PROVIDER)
    assert [f"{ISSUER}/{name}"] == [sent.url for sent in http.sent]


@each_call
def test_without_an_endpoint_nobody_is_asked(name):
    """Metadata without the endpoint: said so, and the token is sent nowhere."""
    http = answering(RIGHT[name])
    with pytest.raises(ProviderError, match="names no"):
        CALLS[name](http, BARE)
    assert [] == http.sent


@each_call
@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refusal_is_told_as_one(name, status):
    """With PingOne's own word for it, even when the body would have read well."""
    with pytest.raises(TokenRefused) as refused:
        CALLS[name](answering({**RIGHT[name], "error": "invalid_token"}, status), PROVIDER)
    assert refused.value.said
    assert "invalid_token" == refused.value.said.error


@each_call
@pytest.mark.parametrize("status", [201, 203, 206, 302, 307])
def test_any_other_status_is_no_answer(name, status):
    """However right the body is."""
    with pytest.raises((ProviderError, TokenRefused)):
        CALLS[name](answering(RIGHT[name], status), PROVIDER)


@each_call
@pytest.mark.parametrize("status", [500, 503])
def test_an_outage_is_no_refusal(name, status):
    """PingOne being out of order says nothing about the token; how long to wait is passed on."""
    with pytest.raises(ProviderError) as out:
        CALLS[name](Http(status, b'{"error": "invalid_token"}', {"Retry-After": "7"}), PROVIDER)
    assert 7 == out.value.retry_after


@pytest.mark.parametrize("claims", [{"sub": "alice1"}, {"sub": None}, {"sub": ["alice"]}, {}], ids=str)
def test_claims_about_somebody_else_are_refused(claims):
    """Core 5.3.2: an answer whose sub is not the ID token's is not used, and the check that failed is told."""
    with pytest.raises(SubjectChanged) as changed:
        fetch_userinfo(answering(claims), PROVIDER, "at", "alice")
    assert [("userinfo sub", "different", False)] == [
        (check.name, check.actual, check.passed) for check in changed.value.checks
    ]


@pytest.mark.parametrize("active", [None, "true", 1, []], ids=str)
def test_introspection_says_yes_or_no(active):
    """Anything but a boolean is no answer: the text "false" is true in Python."""
    with pytest.raises(ProviderError, match="active"):
        introspect(answering({"active": active}), CLIENT, PROVIDER, "at", NOW)


def test_revocation_without_a_body_is_right():
    """RFC 7009: the status is the answer, its body is ignored."""
    revoke(Http(204), CLIENT, PROVIDER, "rt", "refresh_token", NOW)
    revoke(Http(200, b"<html>"), CLIENT, PROVIDER, "rt", "refresh_token", NOW)
