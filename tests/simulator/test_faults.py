"""The fault switchboard: every fault does what it says, for the next sign-on or until it is cleared."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tests.simulator.driver import REDIRECT_URI, Driver, body, claims, header, query
from webapp.simulator import CLIENT_ID

HTML = {"Accept": "text/html"}


def changed(driver: Driver, fault: str) -> dict[str, Any]:
    """The claims of an ID token under a fault that differ from what is right: name -> (right, wrong)."""
    right = claims(driver.tokens()["id_token"])
    driver.choose(fault)
    wrong = claims(driver.tokens()["id_token"])
    differing = {name for name in right.keys() | wrong.keys() if right.get(name) != wrong.get(name)}
    return {name: (right.get(name), wrong.get(name)) for name in differing - {"at_hash"}}


@pytest.mark.parametrize(
    ("fault", "claim", "expected"),
    [
        ("nonce_wrong", "nonce", "nonce-11"),
        ("nonce_missing", "nonce", None),
        ("audience_wrong", "aud", f"{CLIENT_ID}1"),
        ("audience_extra", "aud", [CLIENT_ID, f"{CLIENT_ID}1"]),
        ("azp_wrong", "azp", f"{CLIENT_ID}1"),
        ("subject_missing", "sub", None),
        ("expiry_missing", "exp", None),
        ("id_token_expired", "exp", 1_776_721_044 - 600),
        ("issued_long_ago", "iat", 1_776_721_044 - 604_800),
        ("issued_in_future", "iat", 1_776_721_044 + 600),
        ("auth_time_nonsense", "auth_time", 1_776_721),
    ],
)
def test_a_claim_fault_changes_that_claim_alone(driver: Driver, fault, claim, expected) -> None:
    """Everything else stays right, so only one check can catch it."""
    assert {claim: expected} == {name: wrong for name, (_, wrong) in changed(driver, fault).items()}


def test_the_issuer_and_the_clock(driver: Driver) -> None:
    """One more character; all times together."""
    right, wrong = changed(driver, "issuer_wrong")["iss"]
    assert f"{right}1" == wrong
    later = changed(driver, "clock_ahead")
    assert {"iat", "exp", "auth_time"} == set(later)
    assert [600] * 3 == [wrong - right for right, wrong in later.values()]


@pytest.mark.parametrize("fault", ["signature_wrong", "alg_none", "alg_hs256", "kid_unknown"])
def test_a_signature_fault_does_not_verify(driver: Driver, fault) -> None:
    """A strict verifier refuses all of them; the positive control verifies."""
    keys = KeySet.import_key_set(driver.get("/as/jwks").get_json())
    jwt.decode(driver.tokens()["id_token"], keys, algorithms=["RS256"])
    driver.choose(fault)
    with pytest.raises((JoseError, ValueError)):
        jwt.decode(driver.tokens()["id_token"], keys, algorithms=["RS256"])


def test_a_rotated_key_is_found_by_fetching_again(driver: Driver) -> None:
    """The old key set does not know it, the new one does."""
    before = [key["kid"] for key in body(driver.get("/as/jwks"))["keys"]]
    driver.choose("key_rotated")
    kid = header(driver.tokens()["id_token"])["kid"]
    after = [key["kid"] for key in body(driver.get("/as/jwks"))["keys"]]
    assert (False, True) == (kid in before, kid in after)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("state_changed", {"state": "state-11"}),
        ("access_denied", {"error": "access_denied", "state": "state-1"}),
        ("response_without_code", {"state": "state-1"}),
    ],
)
def test_response_faults(driver: Driver, fault, expected) -> None:
    """In the redirect and in JSON alike."""
    driver.code()
    driver.choose(fault, "until-cleared")
    redirected, as_json = query(driver.authorize().location), driver.start()["authorizeResponse"]
    assert expected == {name: redirected[name] for name in expected}
    assert set(redirected) == set(as_json)
    assert ("code" in redirected) == (fault == "state_changed")


def test_more_response_faults(driver: Driver) -> None:
    """A dropped state, a foreign issuer, error beside code, two codes."""
    driver.code()
    driver.choose("state_dropped")
    assert ["code"] == list(query(driver.authorize().location))
    driver.choose("response_issuer_wrong")
    assert query(driver.authorize().location)["iss"].endswith("/as1")
    driver.choose("error_and_code")
    assert {"code", "state", "error"} == set(query(driver.authorize().location))
    driver.choose("code_twice")
    assert 2 == driver.authorize().location.count("code=")


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        ("token_500", 500, "application/json"),
        ("token_html", 200, "text/html"),
        ("token_429", 429, "application/json"),
        ("token_redirect", 307, "text/html"),
        ("invalid_client", 401, "application/json"),
        ("code_expired", 400, "application/json"),
        ("token_list", 200, "application/json"),
    ],
)
def test_token_endpoint_faults(driver: Driver, fault, status, kind) -> None:
    """The answer is replaced; throttling names a time."""
    driver.choose(fault)
    response = driver.redeem(driver.code())
    assert (status, kind) == (response.status_code, response.mimetype)
    assert ("30" if fault == "token_429" else None) == response.headers.get("Retry-After")
    assert (fault == "token_list") == isinstance(response.get_json(silent=True), list)


def test_token_bodies(driver: Driver) -> None:
    """A missing ID token, another token type."""
    driver.choose("id_token_missing")
    assert "id_token" not in driver.tokens()
    driver.choose("token_type_wrong")
    assert "mac" == driver.tokens()["token_type"]


def test_a_slow_token_endpoint_sleeps_without_stopping_others(driver: Driver, naps) -> None:
    """Outside the lock."""
    driver.choose("token_slow")
    assert 200 == driver.redeem(driver.code()).status_code
    assert [10.0] == naps


def test_flow_and_resume_faults(driver: Driver) -> None:
    """For clients that drive the flow themselves."""
    for fault, status in (("flow_not_found", 404), ("flow_html", 200), ("flow_429", 429)):
        driver.choose(fault)
        assert status == driver.password(driver.start(), "sharedTestUser").status_code
    driver.choose("flow_failed")
    failed = body(driver.password(driver.start(), "sharedTestUser"))
    assert ("FAILED", "server_error") == (failed["status"], failed["error"]["code"])
    driver.choose("cookie_missing")
    assert "Set-Cookie" not in driver.password(driver.start(), "sharedTestUser").headers
    for fault, status in (("resume_500", 500), ("resume_html", 200), ("resume_elsewhere", 302)):
        driver.choose(fault)
        flow = driver.start(prompt="login")
        driver.password(flow, "sharedTestUser")
        response = driver.resume(flow)
        assert status == response.status_code
        assert (fault == "resume_elsewhere") == ("/simulator/elsewhere?" in response.headers.get("Location", ""))


def test_userinfo_refresh_and_metadata_faults(driver: Driver) -> None:
    """Those of a sign-on go with its tokens, the others with the next request of their kind."""
    driver.choose("userinfo_subject")
    tokens = driver.tokens()
    info = driver.get("/as/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert claims(tokens["id_token"])["sub"] + "1" == body(info)["sub"]
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": CLIENT_ID}
    driver.choose("refresh_refused")
    assert "invalid_grant" == body(driver.post("/as/token", data=refresh))["error"]
    driver.choose("refresh_subject")
    again = body(driver.post("/as/token", data=refresh))
    assert claims(tokens["id_token"])["sub"] != claims(again["id_token"])["sub"]
    driver.choose("discovery_foreign_issuer")
    assert body(driver.get("/as/.well-known/openid-configuration"))["issuer"].endswith("/as1")
    assert body(driver.get("/as/.well-known/openid-configuration"))["issuer"].endswith("/as")
    driver.choose("keys_500")
    assert 500 == driver.get("/as/jwks").status_code


def test_a_fault_is_for_one_sign_on_or_until_cleared(driver: Driver) -> None:
    """The one that began next keeps it to its last token; a sign-on that began before is untouched."""
    early = driver.code()
    driver.choose("nonce_wrong")
    faulty = driver.code()
    assert "nonce-1" == claims(body(driver.redeem(early))["id_token"])["nonce"]
    assert "nonce-1" == claims(driver.tokens()["id_token"])["nonce"]
    assert "nonce-11" == claims(body(driver.redeem(faulty))["id_token"])["nonce"]
    driver.choose("nonce_wrong", "until-cleared")
    assert ["nonce-11"] * 2 == [claims(driver.tokens()["id_token"])["nonce"] for _ in range(2)]
    driver.post("/faults", json={"clear": True})
    assert "nonce-1" == claims(driver.tokens()["id_token"])["nonce"]


def test_the_switchboard_as_json(driver: Driver) -> None:
    """The list, what is chosen, and refusals of nonsense."""
    listed = body(driver.get("/faults"))
    assert listed["chosen"] is None
    assert len(listed["faults"]) >= 25
    assert {"name", "title", "what", "refusal", "group"} == set(listed["faults"][0])
    assert {"fault": "alg_none", "mode": "next"} == body(driver.post("/faults", json={"fault": "alg_none"}))["chosen"]
    for bad in ({"fault": "nope"}, {"fault": "alg_none", "mode": "forever"}, [], "x"):
        assert 400 == driver.post("/faults", json=bad).status_code
    assert body(driver.post("/faults", json={"clear": True}))["chosen"] is None


def test_every_refusal_has_a_help_page_of_the_relying_party(driver: Driver) -> None:
    """Or is empty, where the sign-on must work."""
    known = {page.stem for page in (Path(__file__).parents[2] / "templates" / "help").glob("*.html")}
    assert set() == {fault["refusal"] for fault in body(driver.get("/faults"))["faults"]} - {*known, ""}


def test_the_switchboard_as_a_page(driver: Driver) -> None:
    """A form per fault; the application's own pages may post too and get their visitor back."""
    page = driver.get("/faults", headers=HTML)
    names = re.findall(r'name="fault" value="(\w+)"', page.text)
    assert [fault["name"] for fault in body(driver.get("/faults"))["faults"]] == names
    back = driver.post("/faults", data={"fault": "alg_none", "mode": "next"}, headers=HTML)
    assert (303, True) == (back.status_code, back.location.endswith("/simulator/faults"))
    assert "Fault on: alg: none" in driver.get("/faults", headers=HTML).text
    ours = {"fault": "alg_none", "return_to": "http://localhost:8123/checks"}
    origin = {"Origin": REDIRECT_URI.removesuffix("/callback")}
    assert "http://localhost:8123/checks" == driver.post("/faults", data=ours, headers=origin).location
    for elsewhere in ("http://evil.example/", "//evil.example", "http://localhost:8123@evil.example/", "javascript:x"):
        response = driver.post("/faults", data={"fault": "alg_none", "return_to": elsewhere})
        assert response.location.endswith("/simulator/faults")
    strange = {"Origin": "http://evil.example"}
    assert 403 == driver.post("/faults", data={"fault": "alg_none"}, headers=strange).status_code
