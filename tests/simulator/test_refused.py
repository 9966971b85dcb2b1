"""What the simulator refuses because PingOne or a specification does, one thing at a time."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.simulator.driver import (
    CHALLENGE,
    PUBLIC,
    REDIRECT_URI,
    VERIFIER,
    Driver,
    authorization_parameters,
    body,
    query,
)
from webapp.simulator import CLIENT_ID, CUSTOM_CLIENT_ID
from webapp.simulator.engine.pkce import Challenge, matches
from webapp.simulator.engine.worlds import Worlds

BASIC = "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a01"


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_what_is_said_twice_is_shown_to_the_visitor(driver: Driver, name: str) -> None:
    """Nobody knows where an answer would belong: the page says so, and no application hears of it."""
    asked = authorization_parameters()
    response = driver.get(f"/as/authorize?{urlencode([*asked.items(), (name, asked[name])])}")
    told = json.loads(query(response.location)["error"])["details"][0]
    assert (name, True) == (told["target"], "once" in told["message"].lower() or "repeat" in told["message"].lower())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "openid orders:read p1:read:user"}, "invalid_scope"),
        ({"prompt": "select_account"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"code_challenge": CHALLENGE[:-1]}, "invalid_request"),
    ],
)
def test_what_the_application_hears_of_its_request(driver: Driver, changes: dict[str, str], error: str) -> None:
    """At its redirect URI, with its state."""
    response = driver.authorize(**changes)
    assert response.location.startswith(f"{REDIRECT_URI}?"), response.location
    assert (error, "state-1") == (query(response.location)["error"], query(response.location)["state"])


@pytest.mark.parametrize(
    ("path", "form", "error"),
    [
        ("/as/par", {**authorization_parameters(), "request_uri": "urn:x"}, "invalid_request"),
        ("/as/token", [("grant_type", "refresh_token")] * 2, "invalid_request"),
        ("/as/introspect", {"client_id": CLIENT_ID}, "invalid_request"),
        ("/as/revoke", {"client_id": CLIENT_ID}, "invalid_request"),
        ("/as/token", {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": CLIENT_ID},
         "unauthorized_client"),
        ("/as/token", {"grant_type": "password", "client_id": CLIENT_ID}, "unsupported_grant_type"),
        ("/as/token", {"grant_type": "refresh_token", "client_id": CLIENT_ID, "client_secret": "a",
                       "client_assertion": "b"}, "invalid_client"),
    ],
)  # fmt: skip
def test_what_a_server_hears_of_its_form(driver: Driver, path: str, form: object, error: str) -> None:
    """As RFC 6749 section 5.2 has it."""
    response = driver.post(path, data=urlencode(form), content_type="application/x-www-form-urlencoded")  # type: ignore[arg-type]
    assert (error, True) == (body(response)["error"], response.status_code in (400, 401)), response.text


def test_a_client_is_named_once(driver: Driver) -> None:
    """By the header and in the form, as long as they agree."""
    credentials = base64.b64encode(f"{BASIC}:what it is is not looked at".encode()).decode()
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": CLIENT_ID}
    response = driver.post("/as/token", data=form, headers={"Authorization": f"Basic {credentials}"})
    assert (401, "invalid_client") == (response.status_code, body(response)["error"])


@pytest.mark.parametrize("verifier", [VERIFIER[:42], f"{VERIFIER[:-1]}!", "x" * 129])
def test_a_verifier_of_other_length_or_characters_is_none(verifier: str) -> None:
    """RFC 7636 section 4.1, for a plain challenge too, which would be equal."""
    assert not matches(Challenge(verifier, "plain"), verifier)
    assert matches(Challenge(VERIFIER, "plain"), VERIFIER)


@pytest.mark.parametrize("said", ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer no-such-token"])
def test_userinfo_without_a_token_that_it_knows(driver: Driver, said: str) -> None:
    """401 with a challenge."""
    response = driver.get("/as/userinfo", headers={"Authorization": said} if said else {})
    assert (401, True) == (response.status_code, response.headers["WWW-Authenticate"].startswith("Bearer"))


def test_a_code_and_a_refresh_token_are_one_clients(driver: Driver) -> None:
    """Another client's are as if they had never been, and are not spent by the attempt."""
    code = driver.code()
    foreign = driver.redeem(code, client_id=CUSTOM_CLIENT_ID)
    assert (400, "invalid_grant") == (foreign.status_code, body(foreign)["error"])
    token = body(driver.redeem(code))["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token}
    foreign = driver.post("/as/token", data={**form, "client_id": CUSTOM_CLIENT_ID})
    assert (400, "invalid_grant") == (foreign.status_code, body(foreign)["error"])
    assert 200 == driver.post("/as/token", data={**form, "client_id": CLIENT_ID}).status_code


def test_a_revoked_refresh_token_is_over(driver: Driver) -> None:
    """For whoever holds it."""
    token = driver.tokens(scope="openid orders:read")["refresh_token"]
    assert 200 == driver.post("/as/revoke", data={"token": token, "client_id": CLIENT_ID}).status_code
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": CLIENT_ID}
    assert "invalid_grant" == body(driver.post("/as/token", data=form))["error"]


def test_a_wildcard_counts_where_it_is_allowed_and_written(simulator: Flask) -> None:
    """An address that is registered whole is no beginning of others."""
    place = next(each for each in simulator.extensions.values() if isinstance(each, Worlds)).everybodys
    known = place.applications[CLIENT_ID]
    exact, wild = (
        replace(known, redirect_uris=(f"{PUBLIC}/a/*", f"{PUBLIC}/callback"), wildcard_redirect_uris=allowed)
        for allowed in (False, True)
    )
    asked = [f"{PUBLIC}/{path}" for path in ("callback", "a/b", "callbacX", "callback/b", "b", "a/../b")]
    assert [True, False, False, False, False, False] == [exact.allows_redirect(each) for each in asked]
    assert [True, True, False, False, False, False] == [wild.allows_redirect(each) for each in asked]


def test_a_flow_is_shown_until_it_is_resumed(driver: Driver) -> None:
    """Afterwards its page, and that of an identity provider that it never asked for, are not there."""
    location = driver.authorize().location
    flow = {"id": query(location)["flowId"]}
    assert 200 == driver.get(location).status_code
    driver.password(flow, "sharedTestUser")
    assert driver.resume(flow).location.startswith(REDIRECT_URI)
    assert 404 == driver.get(location).status_code


def test_a_device_is_one_of_the_users_and_an_answer_to_a_push_one_of_two(driver: Driver) -> None:
    """Anything else changes nothing."""
    flow = driver.start(acr_values="Multi_Factor")
    flow = body(driver.password(flow, "mfaTestUser"))
    device = next(each for each in flow["_embedded"]["devices"] if each["type"] == "MOBILE")
    for chosen, code in (({}, "REQUIRED_VALUE"), ({"device": {"id": "not one"}}, "INVALID_VALUE")):
        assert code == body(driver.act(flow, "device.select", **chosen))["details"][0]["code"]
    body(driver.act(flow, "device.select", device={"id": device["id"]}))
    [message] = [each for each in driver.messages() if each["kind"] == "Push"]
    for answer in ({"answer": "maybe"}, {}, ["approved"]):
        assert 400 == driver.post(f"/inbox/{message['id']}", json=answer).status_code
    assert 200 == driver.post(f"/inbox/{message['id']}", json={"answer": "approved"}).status_code
