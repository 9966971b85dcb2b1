"""Each demo user goes through what the overview promises."""

from __future__ import annotations

import pytest

from tests.simulator.driver import Driver, body, claims
from webapp.simulator import DEMO_USERS, PASSWORD

NEW = "Better-Than-2026!"


def finish(driver: Driver, flow) -> dict:
    """The ID token's claims of a flow that is complete."""
    return claims(body(driver.redeem(body(driver.resume(flow))["authorizeResponse"]["code"]))["id_token"])


def test_every_published_user_exists(driver: Driver) -> None:
    """about.json and the constants agree, and nobody gets INVALID_CREDENTIALS with the published password."""
    about = body(driver.get("/about.json"))
    assert list(DEMO_USERS) == [(user["username"], user["whatHappens"]) for user in about["users"]]
    for username, _ in DEMO_USERS:
        assert 200 == driver.another().password(driver.start(), username).status_code


@pytest.mark.parametrize(
    ("username", "status"), [("changeTestUser", "MUST_CHANGE_PASSWORD"), ("expiredTestUser", "PASSWORD_EXPIRED")]
)
def test_a_password_must_be_changed(driver: Driver, username, status) -> None:
    """The policy is shown, refused passwords name what is missing, a good one goes on."""
    flow = body(driver.password(driver.start(), username))
    assert (status, True) == (flow["status"], "passwordPolicy" in flow["_embedded"])
    wrong = body(driver.act(flow, "password.reset", currentPassword="wrong", newPassword=NEW))["details"][0]
    assert ("INVALID_VALUE", "currentPassword") == (wrong["code"], wrong["target"])
    weak = body(driver.act(flow, "password.reset", currentPassword=PASSWORD, newPassword="short"))["details"][0]
    missed = weak["innerError"]["unsatisfiedRequirements"]
    assert ("newPassword", ["length", "minCharacters"]) == (weak["target"], missed)
    same = body(driver.act(flow, "password.reset", currentPassword=PASSWORD, newPassword=PASSWORD))["details"][0]
    assert ["notSimilarToCurrent"] == same["innerError"]["unsatisfiedRequirements"]
    assert "COMPLETED" == body(driver.act(flow, "password.reset", currentPassword=PASSWORD, newPassword=NEW))["status"]
    assert ["pwd"] == finish(driver, flow)["amr"]


def test_the_published_password_starts_the_demonstration_over(driver: Driver) -> None:
    """The chosen password signs on plainly; the published one asks for the change again."""
    flow = body(driver.password(driver.start(), "changeTestUser"))
    driver.act(flow, "password.reset", currentPassword=PASSWORD, newPassword=NEW)
    assert "COMPLETED" == body(driver.another().password(driver.another().start(), "changeTestUser", NEW))["status"]
    again = body(driver.another().password(driver.another().start(), "changeTestUser"))
    assert "MUST_CHANGE_PASSWORD" == again["status"]


@pytest.mark.parametrize(
    ("username", "code"), [("lockedTestUser", "PASSWORD_LOCKED_OUT"), ("disabledTestUser", "ACCOUNT_NOT_USABLE")]
)
def test_an_account_that_may_not_sign_on_fails_the_flow(driver: Driver, username, code) -> None:
    """The newer form: 200 with FAILED and error, no cookie, no actions."""
    response = driver.password(driver.start(), username)
    flow = body(response)
    assert (200, "FAILED", code) == (response.status_code, flow["status"], flow["error"]["code"])
    assert ["self", "signOnPage"] == list(flow["_links"])
    assert "Set-Cookie" not in response.headers
    assert 400 == driver.password(flow, "sharedTestUser").status_code


def test_the_older_locked_form_is_a_fault_to_choose(driver: Driver) -> None:
    """400 with secondsUntilUnlock; the flow stays where it was."""
    driver.choose("locked_older_form")
    flow = driver.start()
    response = driver.password(flow, "lockedTestUser")
    detail = body(response)["details"][0]
    assert (400, "PASSWORD_LOCKED_OUT", True) == (
        response.status_code, detail["code"], detail["innerError"]["secondsUntilUnlock"] > 0
    )
    assert "USERNAME_PASSWORD_REQUIRED" == body(driver.get(f"/flows/{flow['id']}"))["status"]


def test_five_wrong_passwords_lock_for_a_minute(driver: Driver, clock) -> None:
    """Then the right one works again."""
    for _ in range(5):
        assert 400 == driver.password(driver.start(), "sharedTestUser", "wrong").status_code
    assert "FAILED" == body(driver.password(driver.start(), "sharedTestUser"))["status"]
    clock.move(60)
    assert "COMPLETED" == body(driver.password(driver.start(), "sharedTestUser"))["status"]


def test_an_agreement_is_accepted_or_ends_the_flow(driver: Driver) -> None:
    """accept must be a boolean."""
    flow = body(driver.password(driver.start(), "agreementTestUser"))
    assert ("AGREEMENT_CONSENT_REQUIRED", True) == (flow["status"], "agreement" in flow["_embedded"])
    assert "accept" == body(driver.act(flow, "user.consent", accept="yes"))["details"][0]["target"]
    assert "COMPLETED" == body(driver.act(flow, "user.consent", accept=True))["status"]
    refused = body(driver.another().password(driver.another().start(), "agreementTestUser"))
    assert "FAILED" == body(driver.act(refused, "user.consent", accept=False))["status"]


def test_profile_data_is_asked_for_and_told(driver: Driver) -> None:
    """The required attribute is named; afterwards it is a claim of the phone scope."""
    flow = driver.start(scope="openid phone")
    flow = body(driver.password(flow, "profileTestUser"))
    wanted = [each["schemaPropertyName"] for each in flow["_embedded"]["attributes"] if each["required"]]
    assert ("PROFILE_DATA_REQUIRED", ["mobilePhone"]) == (flow["status"], wanted)
    assert "REQUIRED_VALUE" == body(driver.act(flow, "user.update"))["details"][0]["code"]
    assert "INVALID_VALUE" == body(driver.act(flow, "user.update", mobilePhone="abc"))["details"][0]["code"]
    assert "COMPLETED" == body(driver.act(flow, "user.update", mobilePhone="+1 512 555 0142"))["status"]
    assert "+1 512 555 0142" == finish(driver, flow)["phone_number"]
