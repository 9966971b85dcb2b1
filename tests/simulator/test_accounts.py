"""Forgotten passwords, registration, identifier first, external identity providers."""

from __future__ import annotations

import pytest

from tests.simulator.driver import Driver, body, claims
from webapp.simulator import PASSWORD

NEW = "Better-Than-2026!"


def test_a_recovery_code_sets_a_new_password_and_signs_on(driver: Driver) -> None:
    """Eight characters from the inbox; the answer sets the cookie."""
    flow = driver.start()
    assert "RECOVERY_CODE_REQUIRED" == body(driver.act(flow, "password.forgot", username="sharedTestUser"))["status"]
    old = driver.messages()[0]["code"]
    driver.act(flow, "password.sendRecoveryCode")
    code = driver.messages()[0]["code"]
    assert (8, True) == (len(code), old != code)
    response = driver.act(flow, "password.recover", recoveryCode=code, newPassword=NEW)
    assert ("COMPLETED", True) == (body(response)["status"], "ST=" in response.headers["Set-Cookie"])
    assert "code" in body(driver.resume(flow))["authorizeResponse"]
    assert "COMPLETED" == body(driver.password(driver.start(prompt="login"), "sharedTestUser", NEW))["status"]


def test_a_forgotten_user_name_is_not_told(driver: Driver) -> None:
    """Same answer for a name that nobody has; only the inbox knows."""
    flow = driver.start()
    known = body(driver.act(flow, "password.forgot", username="sharedTestUser"))
    unknown = body(driver.act(driver.start(), "password.forgot", username="nobody"))
    assert (known["status"], set(known["_embedded"])) == (unknown["status"], set(unknown["_embedded"]))
    assert 1 == len(driver.messages())


def test_recovery_codes_are_guarded(driver: Driver, clock) -> None:
    """Three attempts, five minutes; a refused password does not spend the code."""
    flow = driver.start()
    driver.act(flow, "password.forgot", username="sharedTestUser")
    code = driver.messages()[0]["code"]
    weak = driver.act(flow, "password.recover", recoveryCode=code, newPassword="short")
    assert "newPassword" == body(weak)["details"][0]["target"]
    clock.move(300)
    late = driver.act(flow, "password.recover", recoveryCode=code, newPassword=NEW)
    assert "recoveryCode" == body(late)["details"][0]["target"]
    driver.act(flow, "password.recover", recoveryCode="x", newPassword=NEW)
    assert "FAILED" == body(driver.act(flow, "password.recover", recoveryCode="x", newPassword=NEW))["status"]


def test_a_new_user_registers_and_verifies_the_address(driver: Driver) -> None:
    """Registration is on offer only where the policy allows it."""
    flow = driver.start()
    assert 400 == driver.act(flow, "user.register", username="ada").status_code
    flow = driver.start(acr_values="Registration")
    assert "user.register" in flow["_links"]
    person = {"username": "ada", "email": "ada@example.com", "password": NEW, "name": {"given": "Ada", "family": "L"}}
    assert "VERIFICATION_CODE_REQUIRED" == body(driver.act(flow, "user.register", **person))["status"]
    driver.act(flow, "user.sendVerificationCode")
    code = driver.messages()[0]["code"]
    assert 400 == driver.act(flow, "user.verify", verificationCode="x").status_code
    assert "COMPLETED" == body(driver.act(flow, "user.verify", verificationCode=code))["status"]
    token = claims(body(driver.redeem(body(driver.resume(flow))["authorizeResponse"]["code"]))["id_token"])
    assert ("ada", "Registration") == (token["preferred_username"], token["acr"])
    assert "COMPLETED" == body(driver.password(driver.start(prompt="login"), "ada", NEW))["status"]
    assert 400 == driver.password(driver.start(prompt="login"), "ada", PASSWORD).status_code


def test_an_unverified_user_must_verify_first(driver: Driver) -> None:
    """Whoever leaves before verifying is asked again."""
    flow = driver.start(acr_values="Registration")
    driver.act(flow, "user.register", username="ada", email="ada@example.com", password=NEW)
    later = driver.another()
    flow = body(later.password(later.start(), "ada", NEW))
    assert "VERIFICATION_CODE_REQUIRED" == flow["status"]
    code = later.messages()[0]["code"]
    assert "COMPLETED" == body(later.act(flow, "user.verify", verificationCode=code))["status"]


@pytest.mark.parametrize(
    ("changes", "code", "target"),
    [
        ({"username": "SHAREDTESTUSER"}, "UNIQUENESS_VIOLATION", "username"),
        ({"email": "nowhere"}, "INVALID_VALUE", "email"),
        ({"password": "short"}, "INVALID_VALUE", "password"),
        ({"username": ""}, "REQUIRED_VALUE", "username"),
        ({"username": "x" * 200}, "SIZE_LIMIT_EXCEEDED", "username"),
    ],
)
def test_bad_registrations_are_refused(driver: Driver, changes, code, target) -> None:
    """The detail names the member."""
    flow = driver.start(acr_values="Registration")
    person = {"username": "ada", "email": "ada@example.com", "password": NEW, **changes}
    detail = body(driver.act(flow, "user.register", **person))["details"][0]
    assert (code, target) == (detail["code"], detail["target"])


def test_identifier_first(driver: Driver) -> None:
    """The user is attached, then only the password is asked."""
    flow = driver.start(acr_values="Identifier_First")
    assert ("SIGN_ON_REQUIRED", True) == (flow["status"], "user.lookup" in flow["_links"])
    assert 400 == driver.act(flow, "user.lookup", username="nobody").status_code
    flow = body(driver.act(flow, "user.lookup", username="sharedTestUser"))
    assert ("PASSWORD_REQUIRED", "sharedTestUser") == (flow["status"], flow["_embedded"]["user"]["username"])
    assert "COMPLETED" == body(driver.act(flow, "usernamePassword.check", password=PASSWORD))["status"]


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("linked", "COMPLETED"),
        ("confirm", "ACCOUNT_CONFIRMATION_REQUIRED"),
        ("link", "ACCOUNT_LINKING_REQUIRED"),
        ("refused", "FAILED"),
    ],
)
def test_an_external_identity_provider(driver: Driver, outcome, status) -> None:
    """By policy, or because the user name belongs to the partner; every way back ends in a code or an error."""
    assert "EXTERNAL_AUTHENTICATION_REQUIRED" == driver.start(acr_values="External_IdP")["status"]
    flow = driver.start(acr_values="Identifier_First")
    flow = body(driver.act(flow, "user.lookup", username="ann@partner.example"))
    url = flow["_embedded"]["identityProvider"]["_links"]["authenticate"]["href"]
    page = driver.get(url)
    assert (200, True) == (page.status_code, "Partner directory" in page.text)
    driver.post(f"/rp/callback/demo?flowId={flow['id']}", data={"outcome": outcome})
    assert status == body(driver.get(f"/flows/{flow['id']}"))["status"]
    if outcome == "confirm":
        assert "COMPLETED" == body(driver.act(flow, "user.confirm"))["status"]
    if outcome == "link":
        assert "COMPLETED" == body(driver.password(flow, "sharedTestUser"))["status"]
    answer = body(driver.resume(flow))
    assert ("authorizeResponse" in answer) == (outcome != "refused")
