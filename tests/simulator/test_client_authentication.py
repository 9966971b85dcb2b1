"""Exactly the configured method of client authentication is accepted."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote_plus
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.test import TestResponse

from tests.simulator.driver import BASE, REDIRECT_URI, VERIFIER, Driver, body
from webapp.simulator import CLIENT_ID, ENVIRONMENT_ID

TOKEN_ENDPOINT = f"{BASE}/{ENVIRONMENT_ID}/as/token"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture
def applications(driver: Driver) -> dict[str, dict[str, Any]]:
    """The first application of each method, as about.json states them."""
    listed: dict[str, dict[str, Any]] = {}
    for each in body(driver.get("/about.json"))["applications"]:
        listed.setdefault(each["tokenEndpointAuthMethod"], each)
    return listed


def redeem(driver: Driver, client_id: str, /, authorization: str = "", **form: str) -> TestResponse:
    """A whole sign-on of that client, then the token request with these credentials."""
    code = driver.code(client_id=client_id, prompt="login")
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    headers = {"Authorization": authorization} if authorization else {}
    return driver.post("/as/token", data={**fields, **form}, headers=headers)


def basic(client_id: str, secret: str) -> str:
    """RFC 6749, section 2.3.1: both halves form-urlencoded first."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def assertion(driver: Driver, application: dict[str, Any], **changes: Any) -> str:
    """A client assertion signed with what the application has, its claims changed."""
    moment = int(driver.simulator.extensions["pingone-simulator"].everybodys.now())
    client_id = application["clientId"]
    claims = {"iss": client_id, "sub": client_id, "aud": TOKEN_ENDPOINT, "exp": moment + 60, "jti": str(uuid4())}
    if "privateKey" in application:
        return jwt.encode({"alg": "RS256"}, {**claims, **changes}, RSAKey.import_key(application["privateKey"]))
    return jwt.encode({"alg": "HS256"}, {**claims, **changes}, OctKey.import_key(application["clientSecret"]))


def credentials(driver: Driver, application: dict[str, Any]) -> dict[str, str]:
    """What the application's own method sends."""
    client_id, secret = application["clientId"], application["clientSecret"]
    match application["tokenEndpointAuthMethod"]:
        case "NONE":
            return {"client_id": client_id}
        case "CLIENT_SECRET_BASIC":
            return {"authorization": basic(client_id, secret)}
        case "CLIENT_SECRET_POST":
            return {"client_id": client_id, "client_secret": secret}
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion(driver, application)}


METHODS = ["NONE", "CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT"]


@pytest.mark.parametrize("method", METHODS)
def test_the_configured_method_is_accepted(driver: Driver, applications, method) -> None:
    """One application per method; the Basic one has a secret that must be form-urlencoded."""
    application = applications[method]
    response = redeem(driver, application["clientId"], **credentials(driver, application))
    assert 200 == response.status_code, response.text


@pytest.mark.parametrize("method", METHODS)
def test_any_other_method_is_refused(driver: Driver, applications, method) -> None:
    """Even with the right secret: PingOne's words, with a correlation id."""
    application = applications[method]
    client_id, secret = application["clientId"], application["clientSecret"] or "secret"
    others = {
        "NONE": {"client_id": client_id},
        "CLIENT_SECRET_BASIC": {"authorization": basic(client_id, secret)},
        "CLIENT_SECRET_POST": {"client_id": client_id, "client_secret": secret},
    }
    for other, sent in others.items():
        if other != method:
            response = redeem(driver, client_id, **sent)
            assert (401, "invalid_client") == (response.status_code, body(response)["error"]), other
            words = body(response)["error_description"]
            assert words.startswith("Request denied: Unsupported authentication method (Correlation ID: ")


def test_the_awkward_secret_is_awkward(applications) -> None:
    """It has every character that unencoded Basic would garble."""
    assert set(':+/%& "~=') <= set(applications["CLIENT_SECRET_BASIC"]["clientSecret"])


def test_an_unencoded_awkward_secret_is_refused(driver: Driver, applications) -> None:
    """A client that forgets to form-urlencode finds out here, not in production."""
    application = applications["CLIENT_SECRET_BASIC"]
    raw = base64.b64encode(f"{application['clientId']}:{application['clientSecret']}".encode()).decode()
    response = redeem(driver, application["clientId"], authorization=f"Basic {raw}")
    assert (401, 'Basic realm="PingOne simulator"') == (response.status_code, response.headers["WWW-Authenticate"])


@pytest.mark.parametrize("changes", [{"type": "other"}, {"aud": [["no string"]]}, {"aud": [{}, TOKEN_ENDPOINT]}])
def test_an_assertion_is_of_its_type_and_for_somebody(driver: Driver, applications, changes) -> None:
    """A signature alone is not enough; what is no string in its audience is nobody."""
    application = applications["PRIVATE_KEY_JWT"]
    claims = {name: value for name, value in changes.items() if name != "type"}
    sent = {"client_assertion_type": changes.get("type", ASSERTION_TYPE),
            "client_assertion": assertion(driver, application, **claims)}  # fmt: skip
    response = redeem(driver, application["clientId"], **sent)
    assert (200 if TOKEN_ENDPOINT in changes.get("aud", ()) else 401) == response.status_code, response.text


@pytest.mark.parametrize(
    "sent",
    [
        {"authorization": "Basic !!!"},
        {"authorization": "Basic " + base64.b64encode(b"nocolon").decode()},
        {"authorization": basic("unknown", "secret")},
        {"client_id": "unknown"},
        {},
        {"client_assertion_type": "other", "client_assertion": "x.y.z"},
        {"client_assertion_type": ASSERTION_TYPE, "client_assertion": "x.y.z"},
    ],
)
def test_unknown_clients_and_garbage_are_refused(driver: Driver, sent) -> None:
    """401 invalid_client."""
    response = redeem(driver, CLIENT_ID, **sent)
    assert (401, "invalid_client") == (response.status_code, body(response)["error"])


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example"},
        {"aud": f"{TOKEN_ENDPOINT}1"},
        {"exp": 1},
        {"exp": "soon"},
        {"sub": "other"},
        {"iss": "other"},
        {"jti": ""},
        {"nbf": 99_999_999_999},
    ],
)
@pytest.mark.parametrize("method", ["CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT"])
def test_assertions_with_wrong_claims_are_refused(driver: Driver, applications, method, changes) -> None:
    """Audience, times, names and the one-time id."""
    application = applications[method]
    token = assertion(driver, application, **changes)
    sent = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token, "client_id": application["clientId"]}
    assert 401 == redeem(driver, application["clientId"], **sent).status_code


def test_an_assertion_works_once(driver: Driver, applications) -> None:
    """The jti is remembered; the issuer is a good audience too, also in a list."""
    application = applications["PRIVATE_KEY_JWT"]
    token = assertion(driver, application, aud=[TOKEN_ENDPOINT.removesuffix("/token")])
    sent = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}
    assert 200 == redeem(driver, application["clientId"], **sent).status_code
    assert 401 == redeem(driver, application["clientId"], **sent).status_code


def test_an_assertion_of_another_key_is_refused(driver: Driver, applications) -> None:
    """A signature by anybody is not enough."""
    application = {**applications["PRIVATE_KEY_JWT"]}
    application["privateKey"] = RSAKey.generate_key(2048, auto_kid=False).as_pem(private=True).decode()
    token = assertion(driver, application)
    sent = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}
    assert 401 == redeem(driver, application["clientId"], **sent).status_code
