"""A living session answers further requests, until the request asks for more."""

from __future__ import annotations

from tests.simulator.driver import REDIRECT_URI, Driver, body, claims, query


def test_the_second_sign_on_is_silent(driver: Driver) -> None:
    """Redirect: straight to the application. pi.flow: COMPLETED with the code at once."""
    driver.code()
    assert driver.authorize().location.startswith(f"{REDIRECT_URI}?code=")
    flow = driver.start()
    assert ("COMPLETED", ["code", "state"]) == (flow["status"], list(flow["authorizeResponse"]))


def test_prompt_none_works_with_a_session(driver: Driver) -> None:
    """And says login_required without one."""
    assert "login_required" == query(driver.authorize(prompt="none").location)["error"]
    driver.code()
    assert "code" in query(driver.authorize(prompt="none").location)


def test_prompt_login_and_max_age_ask_again_and_move_auth_time(driver: Driver, clock) -> None:
    """The session keeps its id; the cookie's value changes."""
    first = claims(driver.tokens()["id_token"])
    before = driver.client.get_cookie("ST", "127.0.0.1", "/simulator/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6")
    clock.move(120)
    assert "USERNAME_PASSWORD_REQUIRED" == driver.start(max_age="60")["status"]
    assert "COMPLETED" == driver.start(max_age="600")["status"]
    again = claims(driver.tokens(prompt="login")["id_token"])
    after = driver.client.get_cookie("ST", "127.0.0.1", "/simulator/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6")
    assert before is not None and after is not None and before.value != after.value
    assert (first["sid"], first["auth_time"] + 120) == (again["sid"], again["auth_time"])


def test_a_stronger_policy_asks_only_for_what_is_missing(driver: Driver) -> None:
    """Step-up: the password is not asked again, the acr changes."""
    assert "Single_Factor" == claims(driver.tokens()["id_token"])["acr"]
    flow = driver.start(acr_values="Multi_Factor")
    assert ("DEVICE_SELECTION_REQUIRED", "sharedTestUser") == (flow["status"], flow["_embedded"]["user"]["username"])
    driver.act(flow, "device.select", device={"id": flow["_embedded"]["devices"][0]["id"]})
    assert "COMPLETED" == body(driver.act(flow, "otp.check", otp=driver.messages()[0]["code"]))["status"]
    token = body(driver.redeem(body(driver.resume(flow))["authorizeResponse"]["code"]))["id_token"]
    assert ("Multi_Factor", ["pwd", "otp", "mfa"]) == (claims(token)["acr"], claims(token)["amr"])


def test_another_user_gets_another_session(driver: Driver) -> None:
    """The session of the first user is not handed on."""
    first = claims(driver.tokens()["id_token"])
    flow = driver.start(prompt="login")
    driver.password(flow, "agreementTestUser")
    driver.act(flow, "user.consent", accept=True)
    token = body(driver.redeem(body(driver.resume(flow))["authorizeResponse"]["code"]))["id_token"]
    assert first["sid"] != claims(token)["sid"]
    assert first["sub"] != claims(token)["sub"]


def test_login_hint_fills_in_the_user_name(driver: Driver) -> None:
    """On the hosted page, escaped."""
    page = driver.get(driver.authorize(login_hint='a"><b>').location)
    assert 'value="a&#34;&gt;&lt;b&gt;"' in page.text
