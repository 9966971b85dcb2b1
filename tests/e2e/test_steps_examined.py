"""Every form that a flow can ask for, ours and the simulator's, stands axe and fits a narrow window."""

import re

import pytest

from tests.support.examination import faults
from tests.support.visitor import ONWARD, Visitor
from webapp.simulator import PASSWORD

DRAWN = ("hosted", "redirectless")
"""By PingOne, and by us: in custom mode our form is the same."""
SIMULATOR = ("", "/inbox", "/faults", "/elsewhere")


def test_password_form(visitor: Visitor) -> None:
    """Empty, then refused: PingOne's and ours."""
    found = {}
    for mode in DRAWN:
        visitor.begin(mode, "?prompt=login")
        found[mode] = faults(visitor.page)
        visitor.give("sharedTestUser", "not this one")
        visitor.page.get_by_role("alert").wait_for()
        found[f"{mode}, refused"] = faults(visitor.page)
        visitor.give("sharedTestUser")
        visitor.arrives("/session")
    assert {} == {at: wrong for at, wrong in found.items() if wrong}


@pytest.mark.parametrize("mode", DRAWN)
@pytest.mark.parametrize("username", ["changeTestUser", "agreementTestUser", "profileTestUser"])
def test_form_after_the_password(visitor: Visitor, mode: str, username: str) -> None:
    """What this user must still do; where there are fields, also with its refusal."""
    visitor.begin(mode)
    visitor.give(username)
    visitor.page.get_by_role("button", name=ONWARD).first.wait_for()
    found = {"asked": faults(visitor.page)}
    if username != "agreementTestUser":
        for field in visitor.page.locator("main input:visible").all():
            field.fill("wrong")
        visitor.press(ONWARD)
        visitor.page.get_by_role("alert").wait_for()
        found["refused"] = faults(visitor.page)
    assert {} == {at: wrong for at, wrong in found.items() if wrong}


@pytest.mark.parametrize("mode", DRAWN)
def test_second_factors(visitor: Visitor, mode: str) -> None:
    """The choice of a device, the passcode and its refusal, the wait for a push, the security key."""
    found = {}
    for device in ("m\\*\\*\\*@", "Demo phone", "Demo security key"):
        visitor.begin(mode, "?prompt=login")
        visitor.give("mfaTestUser")
        visitor.page.get_by_role("radio", name=re.compile(device)).check()
        if "choice" not in found:
            found["choice"] = faults(visitor.page)
        visitor.press(ONWARD)
        visitor.page.get_by_role("radio").first.wait_for(state="hidden")
        found[device] = faults(visitor.page)
    visitor.begin(mode, "?prompt=login")
    visitor.give("mfaTestUser")
    visitor.press(ONWARD)
    visitor.field("Passcode").fill("no code")
    visitor.press(ONWARD)
    visitor.page.get_by_role("alert").wait_for()
    found["refused"] = faults(visitor.page)
    assert {} == {at: wrong for at, wrong in found.items() if wrong}


def test_recovery(visitor: Visitor) -> None:
    """A forgotten password: who, then code and new password, then its refusal."""
    visitor.begin("redirectless")
    visitor.press("Forgot your password?")
    found = {"who": faults(visitor.page)}
    visitor.field("User name").fill("sharedTestUser")
    visitor.press("Send a recovery code")
    visitor.field("Recovery code").fill("WRONG234")
    found["code"] = faults(visitor.page)
    visitor.field("New password").fill(PASSWORD)
    visitor.press("Set the new password")
    visitor.page.get_by_role("alert").wait_for()
    found["refused"] = faults(visitor.page)
    assert {} == {at: wrong for at, wrong in found.items() if wrong}


@pytest.mark.parametrize("mode", DRAWN)
def test_other_policies(visitor: Visitor, mode: str) -> None:
    """The first form of the policies that begin with something else."""
    found = {}
    for policy in ("Identifier_First", "Registration", "External_IdP"):
        visitor.visit(f"/sign-on/{mode}?acr_values={policy}")
        found[policy] = faults(visitor.page)
    assert {} == {policy: wrong for policy, wrong in found.items() if wrong}


@pytest.mark.parametrize("path", SIMULATOR)
def test_simulator(visitor: Visitor, path: str) -> None:
    """The simulator's own pages."""
    assert [] == faults(visitor.visit(visitor.at.simulator + path))
