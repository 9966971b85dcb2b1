"""UserInfo, introspection and revocation, with PingOne's restrictions."""

from __future__ import annotations

from tests.simulator.driver import Driver, body
from webapp.simulator import CLIENT_ID, ENVIRONMENT_ID


def userinfo(driver: Driver, token: str):
    return driver.get("/as/userinfo", headers={"Authorization": f"Bearer {token}"})


def introspect(driver: Driver, token: str) -> dict:
    return body(driver.post("/as/introspect", data={"token": token, "client_id": CLIENT_ID}))


def test_userinfo_tells_what_the_scopes_allow(driver: Driver) -> None:
    """PingOne's members, its own claims included; POST works too."""
    token = driver.tokens()["access_token"]
    expected = ["sub", "preferred_username", "given_name", "family_name", "name", "updated_at", "groups", "email",
                "env", "org", "p1.region"]
    assert expected == list(body(userinfo(driver, token)))
    posted = driver.post("/as/userinfo", headers={"Authorization": f"bearer {token}"})
    assert ENVIRONMENT_ID == body(posted)["env"]


def test_userinfo_refuses_in_the_platform_family(driver: Driver, clock) -> None:
    """Missing, garbage, expired; never an OAuth error body."""
    token = driver.tokens()["access_token"]
    missing = driver.get("/as/userinfo")
    assert (401, "ACCESS_FAILED", "INVALID_TOKEN") == (
        missing.status_code, body(missing)["code"], body(missing)["details"][0]["code"]
    )
    assert missing.headers["WWW-Authenticate"].startswith("Bearer")
    assert 401 == userinfo(driver, token[:-4] + "AAAA").status_code
    assert 401 == userinfo(driver, "garbage").status_code
    clock.move(3_600)
    assert 401 == userinfo(driver, token).status_code


def test_userinfo_needs_openid(driver: Driver) -> None:
    """403 for a token of another scope."""
    assert 403 == userinfo(driver, driver.tokens(scope="p1:read:user")["access_token"]).status_code


def test_an_id_token_is_no_access_token(driver: Driver) -> None:
    """Signed by the same key, but not for this."""
    assert 401 == userinfo(driver, driver.tokens()["id_token"]).status_code


def test_introspection(driver: Driver, clock) -> None:
    """Active tokens are described; anything else is just inactive."""
    tokens = driver.tokens()
    active = introspect(driver, tokens["access_token"])
    assert (True, "Bearer", CLIENT_ID) == (active["active"], active["token_type"], active["client_id"])
    assert introspect(driver, tokens["refresh_token"])["active"]
    assert {"active": False} == introspect(driver, "garbage")
    clock.move(3_600)
    assert {"active": False} == introspect(driver, tokens["access_token"])
    refused = driver.post("/as/introspect", data={"token": "x"})
    assert (401, "invalid_client") == (refused.status_code, body(refused)["error"])


def test_only_tokens_of_custom_resources_can_be_revoked(driver: Driver) -> None:
    """PingOne answers 200 either way; a token for its own API stays valid."""
    ours = driver.tokens()["access_token"]
    custom = driver.tokens(scope="openid orders:read", prompt="login")["access_token"]
    for token in (ours, custom):
        revoked = driver.post("/as/revoke", data={"token": token, "client_id": CLIENT_ID})
        assert (200, b"") == (revoked.status_code, revoked.data)
    assert (200, 401) == (userinfo(driver, ours).status_code, userinfo(driver, custom).status_code)
