"""The token endpoint: what tokens say, and how often a code or a refresh token works."""

from __future__ import annotations

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.simulator.driver import BASE, VERIFIER, Driver, body, claims, header
from webapp.simulator import CLIENT_ID, ENVIRONMENT_ID

ISSUER = f"{BASE}/{ENVIRONMENT_ID}/as"


def test_the_answer_has_pingones_members(driver: Driver) -> None:
    """In PingOne's order, not to be cached."""
    response = driver.redeem(driver.code())
    expected = ["access_token", "token_type", "expires_in", "refresh_token", "scope", "id_token"]
    assert expected == list(body(response))
    assert ("Bearer", 3600, "openid profile email") == tuple(
        body(response)[name] for name in ("token_type", "expires_in", "scope")
    )
    assert "no-store" == response.headers["Cache-Control"]


def test_the_id_token_is_pingones_and_verifies(driver: Driver, clock) -> None:
    """Signed by a published key; acr is the policy's name, aud a string, p1.region one member."""
    tokens = driver.tokens()
    keys = KeySet.import_key_set(driver.get("/as/jwks").get_json())
    found = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims
    assert {"kid", "alg"} == set(header(tokens["id_token"]))
    digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    expected = {
        "iss": ISSUER, "sub": "386e547a-45b6-410f-b61f-e4f4dc177fac", "aud": CLIENT_ID, "nonce": "nonce-1",
        "iat": int(clock()), "exp": int(clock()) + 3600, "auth_time": int(clock()),
        "acr": "Single_Factor", "amr": ["pwd"],
        "at_hash": base64.urlsafe_b64encode(digest).decode().rstrip("="), "preferred_username": "sharedTestUser",
        "email": "shared.test.user@example.com", "env": ENVIRONMENT_ID, "p1.region": "NA",
    }
    assert expected == {name: found[name] for name in expected}
    assert {"sid", "org", "given_name", "family_name", "updated_at"} <= set(found)


def test_the_access_token_is_for_the_pingone_api(driver: Driver) -> None:
    """aud is a list here; a custom scope makes it the custom resource's."""
    assert ["https://api.pingone.com"] == claims(driver.tokens()["access_token"])["aud"]
    custom = driver.tokens(scope="openid orders:read", prompt="login")
    assert ["https://orders.example.com"] == claims(custom["access_token"])["aud"]


def test_scopes_gate_claims_and_the_id_token(driver: Driver) -> None:
    """openid alone tells nothing personal; without openid there is no ID token."""
    assert not {"email", "given_name"} & set(claims(driver.tokens(scope="openid")["id_token"]))
    assert "id_token" not in driver.tokens(scope="p1:read:user", prompt="login")


def test_a_code_works_once_and_a_second_use_ends_what_it_bought(driver: Driver) -> None:
    """RFC 6749, section 4.1.2."""
    code = driver.code()
    tokens = body(driver.redeem(code))
    second = driver.redeem(code)
    assert (400, "invalid_grant") == (second.status_code, body(second)["error"])
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert 401 == driver.get("/as/userinfo", headers=bearer).status_code
    assert 400 == refresh(driver, tokens["refresh_token"]).status_code


def test_a_code_is_redeemed_once_by_many_at_the_same_time(driver: Driver) -> None:
    """Eight threads, one winner."""
    code = driver.code()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: driver.another().redeem(code).status_code, range(8)))
    assert [200] == [status for status in statuses if status == 200]


def test_a_code_lives_ten_minutes(driver: Driver, clock) -> None:
    """Expired: invalid_grant."""
    code = driver.code()
    clock.move(600)
    assert "invalid_grant" == body(driver.redeem(code))["error"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"redirect_uri": "http://localhost:8123/callback/"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
        ({"client_id": "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a07"}, "invalid_grant"),
        ({"code": "never-made"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
    ],
)
def test_bad_token_requests_are_refused(driver: Driver, changes, error) -> None:
    """Each with a correlation id at the end of the description."""
    response = driver.redeem(driver.code(), **changes)
    assert (400, error) == (response.status_code, body(response)["error"])
    assert " (Correlation ID: " in body(response)["error_description"]


def test_a_wrong_verifier_is_told_in_pingones_words(driver: Driver) -> None:
    """And the code is spent: a guesser gets one guess."""
    code = driver.code()
    words = body(driver.redeem(code, code_verifier="x" * 43))["error_description"]
    assert words.startswith("The code_verifier sent does not match code_challenge included in the authorization")
    assert 400 == driver.redeem(code).status_code


def test_a_verifier_without_a_challenge_is_refused(driver: Driver) -> None:
    """Otherwise an attacker strips the challenge from the request and nobody notices (RFC 9700, section 2.1.1)."""
    optional = "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a06"
    code = driver.code(client_id=optional, code_challenge=None, code_challenge_method=None)
    secret = "simulator-secret-0123456789-abcdefghijklmnop"
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": "http://localhost:8123/callback"}
    response = driver.post("/as/token", data={**form, "code_verifier": VERIFIER}, auth=(optional, secret))
    assert "invalid_grant" == body(response)["error"]


def test_a_redirect_uri_left_out_is_left_out_again(driver: Driver) -> None:
    """pi.flow may omit it; the token request then must not send one."""
    assert 400 == driver.redeem(driver.code(redirect_uri=None)).status_code
    assert 200 == driver.redeem(driver.code(redirect_uri=None), redirect_uri=None).status_code


def refresh(driver: Driver, token: str, **more: str):
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": CLIENT_ID, **more}
    return driver.post("/as/token", data=form)


def test_refresh_rotates_and_keeps_who_and_when(driver: Driver, clock) -> None:
    """New tokens, same subject, session and auth_time; no nonce."""
    first = driver.tokens()
    clock.move(100)
    second = body(refresh(driver, first["refresh_token"]))
    assert first["refresh_token"] != second["refresh_token"]
    old, new = claims(first["id_token"]), claims(second["id_token"])
    assert [old[name] for name in ("sub", "sid", "auth_time", "iss", "aud")] == [
        new[name] for name in ("sub", "sid", "auth_time", "iss", "aud")
    ]
    assert (old["iat"] + 100, False) == (new["iat"], "nonce" in new)


def test_a_replayed_refresh_token_ends_its_descendants(driver: Driver) -> None:
    """One of the two holders stole it."""
    first = driver.tokens()["refresh_token"]
    second = body(refresh(driver, first))["refresh_token"]
    assert "invalid_grant" == body(refresh(driver, first))["error"]
    assert "invalid_grant" == body(refresh(driver, second))["error"]


def test_refresh_narrows_but_never_widens(driver: Driver) -> None:
    """A subset of the scopes is fine, more is not."""
    token = driver.tokens(scope="openid email")["refresh_token"]
    assert "invalid_scope" == body(refresh(driver, token, scope="openid phone"))["error"]
    assert "openid" == body(refresh(driver, token, scope="openid"))["scope"]


def test_refresh_ends_with_the_session(driver: Driver) -> None:
    """Sign-off ends it."""
    token = driver.tokens()["refresh_token"]
    driver.get("/as/signoff")
    assert "invalid_grant" == body(refresh(driver, token))["error"]
