"""The hosted sign-on page plays every state of a flow with plain forms."""

from __future__ import annotations

import re

import pytest

from tests.simulator.driver import BASE, PUBLIC, REDIRECT_URI, Driver, body, query
from tests.simulator.page import Browser
from webapp.simulator import CUSTOM_CLIENT_ID, ENVIRONMENT_ID, PASSWORD

NEW = "Better-Than-2026!"


@pytest.fixture
def browser(driver: Driver) -> Browser:
    return Browser(driver)


def begin(browser: Browser, **changes: str) -> None:
    browser.open(browser.driver.authorize(**changes).location)


def sign_on(browser: Browser, username: str, password: str = PASSWORD) -> str:
    return browser.submit("usernamePassword.check", username=username, password=password)


def test_user_name_and_password(browser: Browser) -> None:
    """Two fields, one button, and the browser is back at the application with a code."""
    begin(browser)
    assert sign_on(browser, "sharedTestUser").startswith(f"{REDIRECT_URI}?code=")
    assert "COMPLETED" == browser.driver.start()["status"]


def test_a_refusal_says_so_and_empties_the_password(browser: Browser) -> None:
    """400, an error summary that leads to the field, the user name kept."""
    begin(browser)
    sign_on(browser, "sharedTestUser", "wrong-secret")
    assert browser.response is not None and 400 == browser.response.status_code
    assert 'role="alert"' in browser.text and 'href="#username"' in browser.text
    assert "wrong-secret" not in browser.text
    assert 'value="sharedTestUser"' in browser.text
    assert "<title>Error: " in browser.text
    assert sign_on(browser, "sharedTestUser").startswith(REDIRECT_URI)


def test_device_and_passcode(browser: Browser) -> None:
    """The first device, the code from the inbox, one wrong try."""
    begin(browser)
    sign_on(browser, "mfaTestUser")
    assert "DEVICE_SELECTION_REQUIRED" == browser.status
    browser.submit("device.select")
    assert "OTP_REQUIRED" == browser.status
    assert 'autocomplete="one-time-code"' in browser.text and 'inputmode="numeric"' in browser.text
    browser.submit("otp.check", otp="000")
    assert "OTP_REQUIRED" == browser.status and 'href="#otp"' in browser.text
    assert "code" in query(browser.submit("otp.check", otp=browser.driver.messages()[0]["code"]))


def test_push(browser: Browser) -> None:
    """A link looks whether it was answered; nothing moves by itself without script (WCAG 2.2.1)."""
    begin(browser)
    sign_on(browser, "mfaTestUser")
    browser.submit("device.select", device=device(browser, "MOBILE"))
    assert "PUSH_CONFIRMATION_REQUIRED" == browser.status
    assert "http-equiv" not in browser.text
    url = re.search(r'<a class="button" href="([^"]+)"', browser.text)
    assert url is not None and url[1] == browser.open(url[1])
    push = browser.driver.messages()[0]
    answered = browser.driver.post(f"/inbox/{push['id']}", data={"answer": "approved"})
    assert 303 == answered.status_code
    assert "code" in query(browser.open(url[1]))


def device(browser: Browser, kind: str) -> str:
    """The id of a device of the user, from another flow of theirs."""
    other = browser.driver.another()
    flow = body(other.password(other.start(), "mfaTestUser"))
    return next(each["id"] for each in flow["_embedded"]["devices"] if each["type"] == kind)


def test_security_key(browser: Browser) -> None:
    """One button stands for the key."""
    begin(browser)
    sign_on(browser, "mfaTestUser")
    browser.submit("device.select", device=device(browser, "FIDO2"))
    assert "code" in query(browser.submit("assertion.check"))


@pytest.mark.parametrize("username", ["changeTestUser", "expiredTestUser"])
def test_change_of_password(browser: Browser, username) -> None:
    """The requirements that were missed are listed."""
    begin(browser)
    sign_on(browser, username)
    browser.submit("password.reset", currentPassword=PASSWORD, newPassword="short")
    assert "must be 8 to 255 characters long" in browser.text
    assert "code" in query(browser.submit("password.reset", currentPassword=PASSWORD, newPassword=NEW))


@pytest.mark.parametrize("username", ["lockedTestUser", "disabledTestUser"])
def test_an_unusable_account_goes_back_with_an_error(browser: Browser, username) -> None:
    """The application learns access_denied."""
    begin(browser)
    assert "access_denied" == query(sign_on(browser, username))["error"]


@pytest.mark.parametrize(("accept", "member"), [("yes", "code"), ("no", "error")])
def test_agreement(browser: Browser, accept, member) -> None:
    """Two buttons."""
    begin(browser)
    sign_on(browser, "agreementTestUser")
    assert "AGREEMENT_CONSENT_REQUIRED" == browser.status
    assert member in query(browser.submit("user.consent", accept=accept))


def test_profile_data(browser: Browser) -> None:
    """The required attribute is asked for until it is good."""
    begin(browser)
    sign_on(browser, "profileTestUser")
    browser.submit("user.update", mobilePhone="")
    assert "PROFILE_DATA_REQUIRED" == browser.status
    assert "code" in query(browser.submit("user.update", mobilePhone="+1 512 555 0142"))


def test_forgotten_password(browser: Browser) -> None:
    """Code from the inbox, a second one on request."""
    begin(browser)
    browser.submit("password.forgot", username="sharedTestUser")
    browser.submit("password.sendRecoveryCode")
    code = browser.driver.messages()[0]["code"]
    assert "code" in query(browser.submit("password.recover", recoveryCode=code.lower(), newPassword=NEW))


def test_registration(browser: Browser) -> None:
    """Register, verify, signed on."""
    begin(browser, acr_values="Registration")
    browser.submit("user.register", username="ada", email="ada@example.com", password=NEW, given="Ada", family="L")
    assert "VERIFICATION_CODE_REQUIRED" == browser.status
    browser.submit("user.sendVerificationCode")
    assert "code" in query(browser.submit("user.verify", verificationCode=browser.driver.messages()[0]["code"]))


def test_identifier_first_and_starting_over(browser: Browser) -> None:
    """The user may change their mind."""
    begin(browser, acr_values="Identifier_First")
    browser.submit("user.lookup", username="sharedTestUser")
    assert "PASSWORD_REQUIRED" == browser.status
    browser.submit("session.reset")
    assert "SIGN_ON_REQUIRED" == browser.status
    browser.submit("user.lookup", username="sharedTestUser")
    assert "code" in query(browser.submit("usernamePassword.check", password=PASSWORD))


def test_a_form_of_another_site_is_refused(driver: Driver) -> None:
    """Otherwise it could sign a visitor on as somebody else."""
    url = driver.authorize().location
    posted = {"action": "usernamePassword.check", "username": "sharedTestUser", "password": PASSWORD}
    assert 403 == driver.post(url, data=posted, headers={"Origin": "http://evil.example"}).status_code


def test_the_policy_allows_the_way_back_and_nothing_else(driver: Driver) -> None:
    """Chromium applies form-action to every hop: here, then the application. No script, no frames."""
    policy = driver.get(driver.authorize().location).headers["Content-Security-Policy"]
    assert f"form-action 'self' http://127.0.0.1:8123 {PUBLIC};" in policy
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_a_flow_that_is_over_leads_on_or_explains(browser: Browser) -> None:
    """Reload after the end; a page from yesterday."""
    flow = {"id": query(browser.driver.authorize().location)["flowId"]}
    browser.driver.password(flow, "sharedTestUser")
    assert "code" in query(browser.open(f"{BASE}/{ENVIRONMENT_ID}/signon/?flowId={flow['id']}"))
    gone = browser.driver.get("/signon/?flowId=unknown", headers={"Accept": "text/html"})
    assert (404, True) == (gone.status_code, "Start again in the application" in gone.text)


def test_the_custom_page_of_an_application_is_used(driver: Driver) -> None:
    """The hosted page works for its flows as well: it is the fallback."""
    location = driver.authorize(client_id=CUSTOM_CLIENT_ID).location
    assert query(location)["environmentId"]
    assert 200 == driver.get(f"/signon/?flowId={query(location)['flowId']}").status_code


@pytest.mark.parametrize("error", ["{", "[]", "null", "<script>alert(1)</script>", '{"code":"<b>","message":"<i>"}'])
def test_whatever_is_in_error_is_shown_escaped_or_not_at_all(driver: Driver, error) -> None:
    """The query of a link can hold anything."""
    page = driver.get("/signon/", query_string={"error": error})
    assert 400 == page.status_code
    assert not any(tag in page.text for tag in ("<script>alert", "<b>", "<i>"))
