"""Request objects: an authorization request that the application has signed."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.contract.agent import Agent, location, query, request_of
from tests.contract.client import Client
from tests.contract.facts import fact
from tests.contract.problems import detail, oauth_error
from tests.contract.target import Application

FOREIGN = RSAKey.generate_key(2048, auto_kid=False)
SET_UP = "whether its applications may sign requests is not known"


def signed(agent: Agent, application: Application, key: Any = None, alg: str = "", **changes: Any) -> str:
    """A good request object of the application, changed: None leaves a claim out."""
    now = int(agent.target.now())
    about = {"iss": application.client_id, "aud": agent.target.issuer, "iat": now, "exp": now + 60}
    claims = {**request_of(application), **about, **changes}
    kept = {name: value for name, value in claims.items() if value is not None}
    if alg == "none":
        parts = [json.dumps(part).encode() for part in ({"alg": "none"}, kept)]
        return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
    own = RSAKey.import_key(application.private_key) if application.private_key else OctKey.import_key(
        application.secret.encode()
    )
    alg = alg or ("RS256" if application.private_key else "HS256")
    return jwt.encode({"alg": alg}, kept, key or own, algorithms=[alg])


def send(agent: Agent, application: Application, token: str, **beside: str):
    asked = {"client_id": application.client_id, "response_type": "code", "scope": "openid", **beside}
    return agent.get("/as/authorize", params={**asked, "request": token})


@pytest.mark.parametrize(("method", "alg"), [
    ("CLIENT_SECRET_POST", "HS256"), ("CLIENT_SECRET_POST", "HS512"), ("PRIVATE_KEY_JWT", "RS256"),
    ("PRIVATE_KEY_JWT", "RS384"),
])
@fact("6.1-request", "5-request-object-default")
def test_a_signed_request_starts_a_flow(agent: Agent, method: str, alg: str):
    """With the client's secret or its key; what is in the object counts, whatever stands beside it."""
    agent.target.played(SET_UP)
    application = agent.target.application(method=method)
    token = signed(agent, application, alg=alg, state="signed state", response_mode="pi.flow")
    response = send(agent, application, token, state="changed on the way")
    assert 200 == response.status_code, response.text
    agent.password(response.json())
    assert "signed state" == agent.resume(response.json()).json()["authorizeResponse"]["state"]


@pytest.mark.parametrize("case", ["foreign key", "alg none", "secret of another", "altered", "public key as secret"])
@fact("6.1-request", "5-request-object-default")
def test_who_did_not_sign_is_refused(agent: Agent, case: str):
    """The application is told in its redirect URI that the object is bad; nothing starts."""
    agent.target.played(SET_UP)
    method = "PRIVATE_KEY_JWT" if case in ("foreign key", "public key as secret") else "CLIENT_SECRET_POST"
    application = agent.target.application(method=method)
    if case == "foreign key":
        token = signed(agent, application, FOREIGN)
    elif case == "alg none":
        token = signed(agent, application, alg="none")
    elif case == "secret of another":
        token = signed(agent, application, OctKey.import_key("another-secret-0123456789-abcdefghij"))
    elif case == "public key as secret":
        public = RSAKey.import_key(application.private_key).as_pem(private=False)
        token = _by_hand(signed(agent, application), public)
    else:
        head, body, signature = signed(agent, application).split(".")
        token = f"{head}.{body[:-2]}{'AA' if body[-2:] != 'AA' else 'BB'}.{signature}"
    assert refused_as_bad(agent, application, token)


def _by_hand(token: str, secret: bytes) -> str:
    """The same claims under HS256, which a library refuses to make of such a secret."""
    head = base64.urlsafe_b64encode(b'{"alg":"HS256"}').rstrip(b"=").decode()
    start = f"{head}.{token.split('.')[1]}"
    mac = hmac.new(secret, start.encode(), hashlib.sha256).digest()
    return f"{start}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def refused_as_bad(agent: Agent, application: Application, token: str) -> bool:
    """invalid_request_object in the redirect URI, 400 with the target request in pi.flow."""
    answer = query(location(send(agent, application, token, redirect_uri=application.redirect_uri, state="s")))
    flow = send(agent, application, token, response_mode="pi.flow")
    return ("invalid_request_object", "s", "request") == (answer["error"], answer["state"], detail(flow)["target"])


@pytest.mark.parametrize("changes", [
    {"iss": None}, {"iss": "somebody"}, {"aud": None}, {"aud": "https://elsewhere.example/as"}, {"exp": 1},
    {"exp": "soon"}, {"nbf": 99_999_999_999}, {"client_id": "somebody"}, {"response_type": "id_token"},
    {"request": "a"}, {"request_uri": "urn:a"},
], ids=str)
@fact("6.1-request-claims")
def test_what_a_request_object_must_say(agent: Agent, changes: dict[str, Any]):
    """From whom, for whom and until when; and nothing else than what stands beside it."""
    agent.target.played(SET_UP)
    application = agent.target.application(method="CLIENT_SECRET_POST")
    assert refused_as_bad(agent, application, signed(agent, application, **changes))


@fact("5-request-object-required")
def test_a_signature_may_be_required(agent: Agent):
    """No object, or one without a signature, is refused; with a signature all is well."""
    application = agent.target.played(SET_UP).named("UseCaseSignedRequestApp")
    assert "invalid_request" == query(location(agent.authorize(application)))["error"]
    assert refused_as_bad(agent, application, signed(agent, application, alg="none"))
    assert "flowId" in location(send(agent, application, signed(agent, application)))


@fact("5-request-object-unsigned")
def test_a_signature_may_be_left_out(agent: Agent):
    """Where the application says so; a wrong signature is still wrong."""
    application = agent.target.played(SET_UP).named("UseCaseUnsignedRequestApp")
    assert "flowId" in location(send(agent, application, signed(agent, application, alg="none")))
    foreign = OctKey.import_key("another-secret-0123456789-abcdefghij")
    assert refused_as_bad(agent, application, signed(agent, application, foreign))
    assert refused_as_bad(agent, application, signed(agent, application, alg="none") + "AAAA")


@fact("7-request")
def test_a_signed_request_can_be_pushed(agent: Agent):
    """Verified when it is pushed: it may expire before the browser comes. A bad one is not taken."""
    client = Client(agent, agent.target.played(SET_UP).named("UseCaseSignedRequestApp"))
    application = client.application
    soon = int(agent.target.now()) + 1
    pushed = client.post("/as/par", {"request": signed(agent, application, exp=soon)})
    assert 201 == pushed.status_code, pushed.text
    agent.target.later(40)
    asked = {"client_id": application.client_id, "request_uri": pushed.json()["request_uri"]}
    assert "flowId" in location(agent.get("/as/authorize", params=asked))
    bad = client.post("/as/par", {"request": signed(agent, application, FOREIGN)})
    assert "invalid_request" == oauth_error(bad)[0].removesuffix("_object")
    assert "invalid_request" == oauth_error(client.post("/as/par", request_of(application)))[0]


def test_a_bad_object_names_no_redirect_uri(agent: Agent):
    """What is in an object that does not verify counts for nothing, so the visitor is told instead."""
    agent.target.played(SET_UP)
    application = agent.target.application(method="PRIVATE_KEY_JWT")
    found = location(send(agent, application, signed(agent, application, FOREIGN)))
    assert "error" in query(found)
    assert not found.startswith(application.redirect_uri)
