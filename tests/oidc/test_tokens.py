"""The token answer, member by member, and how the client proves itself."""

import base64
import json
from urllib.parse import parse_qs

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.oidc.conftest import ISSUER
from webapp.oidc.client import Client
from webapp.oidc.errors import ProviderError, ProviderUnreachable, TokenRefused
from webapp.oidc.http import Answer
from webapp.oidc.provider import Provider
from webapp.oidc.request import Ask, AuthorizationRequest, authorization_url, push
from webapp.oidc.tokens import exchange_code, parse_tokens, refresh
from webapp.oidc.wire import retry_after

PROVIDER = Provider(ISSUER, f"{ISSUER}/authorize", f"{ISSUER}/token", f"{ISSUER}/jwks", par_endpoint=f"{ISSUER}/par")
NOW = 1_800_000_000.0
GOOD = {"access_token": "at", "token_type": "Bearer", "expires_in": 3600, "id_token": "it", "scope": "openid"}


class Http:
    """Answers each request with what it was given and remembers what was sent."""

    def __init__(self, status=200, body=b"", headers=None, failure=None):
        self.answer = Answer(status, tuple((headers or {}).items()), body)
        self.failure, self.sent = failure, []

    def exchange(self, request):
        self.sent.append(request)
        if self.failure:
            raise self.failure
        return self.answer

    @property
    def form(self):
        return {name: values[0] for name, values in parse_qs(self.sent[-1].body.decode()).items()}


def answering(members, status=200):
    return Http(status, json.dumps(members).encode())


def exchange(http, client=None):
    client = client or Client("client-1")
    uri = "https://rp.example/callback"
    return exchange_code(http, client, PROVIDER, code="c", verifier="v", redirect_uri=uri, now=NOW)


def test_the_code_is_sent_once_with_its_verifier():
    """One POST with grant, code, redirect URI, verifier and client id."""
    http = answering(GOOD)
    assert "at" == exchange(http).access_token
    expected = {"grant_type": "authorization_code", "code": "c", "code_verifier": "v",
                "redirect_uri": "https://rp.example/callback", "client_id": "client-1"}  # fmt: skip
    assert expected == http.form
    assert (1, "POST", PROVIDER.token_endpoint) == (len(http.sent), http.sent[0].method, http.sent[0].url)


@pytest.mark.parametrize("changes", [{"expires_in": None}, {"scope": None}, {"token_type": "bEARER"}, {"extra": [1]}])
def test_what_a_right_answer_may_lack_or_add(changes):
    """expires_in and scope are optional, the type's case does not matter, unknown members are ignored."""
    members = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    assert "at" == parse_tokens(members).access_token


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token": 5}, {"access_token": ""}, {"access_token": "a\r\nX: 1"}, {"refresh_token": []},
        {"scope": ["openid"]}, {"token_type": None}, {"token_type": "mac"}, {"token_type": 1}, {"expires_in": "3600"},
        {"expires_in": True}, {"expires_in": -1}, {"expires_in": 1e300}, {"id_token": {"a": 1}},
    ],
    ids=repr,
)  # fmt: skip
def test_a_mistyped_member_is_refused(changes):
    """A member of the wrong type or with a line break in it is an answer that cannot be used."""
    with pytest.raises(ProviderError):
        parse_tokens({**GOOD, **changes})


@pytest.mark.parametrize(("status", "error"), [(400, "invalid_grant"), (401, "invalid_client"), (403, "x")])
def test_a_refusal_carries_the_providers_words(status, error):
    """4xx is a refusal with error and description, whatever else is in it."""
    with pytest.raises(TokenRefused) as refusal:
        exchange(answering({"error": error, "error_description": "why"}, status))
    assert (error, "why") == (refusal.value.said.error, refusal.value.said.description)


def test_a_refusal_without_json_is_still_a_refusal():
    """An HTML page with status 400 becomes its status."""
    with pytest.raises(TokenRefused) as refusal:
        exchange(Http(400, b"<html>"))
    assert "HTTP 400" == refusal.value.said.error


@pytest.mark.parametrize("http", [Http(201, b"{}"), Http(302), Http(307), Http(500), Http(503), Http(200, b"<html>"),
                                  Http(200, b"[]"), Http(200, b'{"access_token":"a","access_token":"b"}')])  # fmt: skip
def test_an_unusable_answer_is_an_error_of_the_provider(http):
    """Other statuses, redirects, HTML, lists and repeated members: one call, then the page of a provider error."""
    with pytest.raises(ProviderError):
        exchange(http)
    assert 1 == len(http.sent)


def test_no_answer_is_unreachable():
    """Refused, reset, timed out: the same class, and the URL's query is not in its words."""
    http = Http(failure=requests.Timeout("https://x/?code=secret"))
    with pytest.raises(ProviderUnreachable) as failure:
        exchange(http)
    assert "secret" not in str(failure.value)
    assert 1 == len(http.sent)


@pytest.mark.parametrize(("value", "expected"), [("2", 2), ("0", 1), ("99999", 3600), ("-1", None), ("soon", None),
                                                 ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("²", None),
                                                 ("9" * 5000, None)], ids=lambda value: str(value)[:30])  # fmt: skip
def test_retry_after_is_bounded(value, expected):
    """Seconds between one and an hour; anything else counts as not said."""
    assert expected == retry_after(value)


def test_429_is_passed_on():
    """A rate limit is a 503 of ours with the provider's wait."""
    with pytest.raises(ProviderError) as failure:
        exchange(Http(429, b"{}", {"Retry-After": "7"}))
    assert (503, 7) == (failure.value.status, failure.value.retry_after)


def test_basic_credentials_are_form_urlencoded_first():
    """Every special character survives RFC 6749 section 2.3.1, and neither half is in the body."""
    http = answering(GOOD)
    exchange(http, Client("rp:odd id+1", "client_secret_basic", ':+/%& "~=é'))
    scheme, _, encoded = http.sent[0].headers["Authorization"].partition(" ")
    assert "Basic" == scheme
    assert "rp%3Aodd+id%2B1:%3A%2B%2F%25%26+%22~%3D%C3%A9" == base64.b64decode(encoded).decode()
    assert not {"client_id", "client_secret"} & set(http.form)


def test_a_secret_in_the_body():
    """client_secret_post puts both into the form and nothing into the header."""
    http = answering(GOOD)
    exchange(http, Client("client-1", "client_secret_post", "s&e=c"))
    assert ("client-1", "s&e=c") == (http.form["client_id"], http.form["client_secret"])
    assert "Authorization" not in http.sent[0].headers


@pytest.mark.parametrize("method", ["client_secret_jwt", "private_key_jwt"])
def test_an_assertion_is_signed_for_the_issuer(method):
    """iss and sub are the client, aud is the issuer, it is short-lived and single-use, and the secret stays here."""
    if method == "client_secret_jwt":
        secret = "a-secret-of-at-least-thirty-two-bytes"
        key = OctKey.import_key(secret)
    else:
        key = RSAKey.generate_key(2048)
        secret = key.as_pem(private=True).decode()
    ids = set()
    for _ in range(2):
        http = answering(GOOD)
        exchange(http, Client("client-1", method, secret))
        claims = jwt.decode(http.form["client_assertion"], key, algorithms=["HS256", "RS256"]).claims
        assert ("client-1", "client-1", ISSUER) == (claims["iss"], claims["sub"], claims["aud"])
        assert (NOW, NOW + 60) == (claims["iat"], claims["exp"])
        assert secret not in http.sent[0].body.decode()
        ids.add(claims["jti"])
    assert 2 == len(ids)


def test_a_refresh_sends_the_refresh_token():
    """Grant and token, once."""
    http = answering({**GOOD, "refresh_token": "new"})
    assert "new" == refresh(http, Client("client-1"), PROVIDER, "old", NOW).refresh_token
    assert {"grant_type": "refresh_token", "refresh_token": "old", "client_id": "client-1"} == http.form


def request_of(**ask):
    return AuthorizationRequest("client-1", "https://rp.example/callback", Ask(**ask), "st", "no", "v" * 43)


def test_the_request_has_no_verifier_and_nothing_empty():
    """The challenge travels, the verifier does not; what was not asked is not sent."""
    parameters = request_of(scope="openid").parameters()
    assert "v" * 43 not in parameters.values()
    assert "S256" == parameters["code_challenge_method"]
    assert not {"prompt", "max_age", "response_mode"} & set(parameters)
    assert "0" == request_of(scope="openid", max_age=0).parameters()["max_age"]


def test_the_endpoint_keeps_its_own_query():
    """Parameters that the endpoint has already stay where they are."""
    provider = Provider(ISSUER, f"{ISSUER}/authorize?tenant=1", "", "")
    assert f"{ISSUER}/authorize?tenant=1&a=b" == authorization_url(provider, {"a": "b"})


def test_a_pushed_request_is_replaced_by_its_reference():
    """201 and a request_uri of the right kind; the browser then carries the reference alone."""
    http = answering({"request_uri": "urn:ietf:params:oauth:request_uri:x", "expires_in": 60}, 201)
    expected = {"client_id": "client-1", "request_uri": "urn:ietf:params:oauth:request_uri:x"}
    assert expected == push(http, Client("client-1"), PROVIDER, request_of(scope="openid").parameters(), NOW)
    assert "S256" == http.form["code_challenge_method"]


@pytest.mark.parametrize("http", [answering({"request_uri": "https://evil.example"}, 201), answering({}, 201),
                                  answering({"request_uri": "urn:ietf:params:oauth:request_uri:x"}),
                                  answering({"error": "invalid_client"}, 401)])  # fmt: skip
def test_a_failed_push_is_no_plain_request(http):
    """Whatever goes wrong, there is no fallback to parameters in the open."""
    with pytest.raises((ProviderError, TokenRefused)):
        push(http, Client("client-1"), PROVIDER, request_of(scope="openid").parameters(), NOW)


@pytest.mark.parametrize(
    ("method", "key"),
    [
        ("none", ""),
        ("client_secret_basic", "secret"),
        ("client_secret_post", "secret"),
        ("client_secret_jwt", "a-secret-of-at-least-thirty-two-bytes"),
        ("private_key_jwt", RSAKey.generate_key(2048).as_pem(private=True).decode()),
    ],
)
def test_a_pushed_request_names_the_client_once(method, key):
    """Each parameter once, the client id among them (RFC 9126 section 2.1), however we prove ourselves."""
    http = answering({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, 201)
    push(http, Client("client-1", method, key), PROVIDER, request_of(scope="openid").parameters(), NOW)
    sent = parse_qs(http.sent[0].body.decode())
    assert ["client-1"] == sent["client_id"]
    assert dict.fromkeys(sent, 1) == {name: len(values) for name, values in sent.items()}


def test_a_token_may_end_at_once():
    """`expires_in: 0` is a number of seconds, and not the same as none."""
    assert 0 == parse_tokens({**GOOD, "expires_in": 0}).expires_in
