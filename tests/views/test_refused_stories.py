"""Every rule that a relying party must keep has a fault that breaks it, and the visitor sees which check failed."""

import re

import pytest
from werkzeug.test import TestResponse

from tests.support.overheard import MakeReader, Reader
from webapp.simulator import PASSWORD
from webapp.simulator.engine.fault_catalogue import BY_NAME
from webapp.trace.render import present
from webapp.views.rules import RULES, Rule
from webapp.views.trials import BY_RULE, USERINFO, trial_of

BROKEN = [pytest.param(rule, id=rule.id) for rule in RULES if rule.fault or rule.id in BY_RULE]
ENDS_WITH = {
    "group": "access_refused", "scope": "access_refused", "step-up-acr": "access_refused",
    "step-up-auth_time": "access_refused", "api-token": "token_not_accepted", "approval": "subject_changed",
}  # fmt: skip
"""Refusals that are met after a sign-on that works."""


@pytest.fixture(scope="module")
def shared(make_reader: MakeReader) -> Reader:
    """One application for all faults: none leaves a trace in it."""
    return make_reader()


def refused(shared: Reader, rule: Rule) -> Reader:
    """A visitor who has pressed the button of a rule, and done what the bar says is left to do."""
    reader = shared.another()
    kind = "rule" if rule.id in BY_RULE else "fault"
    page = reader.press("/faults", **{kind: rule.id if kind == "rule" else rule.fault, "from": f"/checks#{rule.id}"})
    if 'type="password"' in page.text:
        username = "mfaTestUser" if 'value="mfaTestUser"' in page.text else "sharedTestUser"
        page = reader.answer(username=username, password=PASSWORD)
        if username == "mfaTestUser":
            page = second_factor(reader)
    if trial_of(rule.fault).then == USERINFO:
        page = reader.press("/session/userinfo")
    if rule.id == "approval":
        reader.press("/approval", amount="100", currency="EUR", recipient="Bob")
        page = second_factor(reader)
    assert page.status_code >= 400
    foretold = BY_NAME[rule.fault].refusal if rule.fault else ""
    assert (foretold or ENDS_WITH.get(rule.id, "id_token_claim")) == reader.error_code
    return reader


def second_factor(reader: Reader) -> TestResponse:
    """Choose the first device and enter the passcode that arrives."""
    assert reader.page is not None
    device = re.search(r'name="device" value="([^"]+)"', reader.page.text)
    assert device
    reader.answer(device=device[1])
    base = reader.simulator_url.removesuffix("/simulator")
    inbox = reader.client.get("/simulator/inbox", base_url=base, headers={"Accept": "application/json"})
    return reader.answer(otp=inbox.get_json()["messages"][0]["code"])


@pytest.mark.parametrize("rule", BROKEN)
def test_the_fault_of_a_rule_fails_its_check_and_no_other(shared: Reader, rule: Rule) -> None:
    """The story stands with the check on top, for its owner only, and the page of checks shows it failed.

    Somebody else is a browser with a sign-on of its own.
    """
    reader = refused(shared, rule)
    record = reader.story()
    story = present(record)
    assert [rule.check] == [check["name"] for card in story.cards for check in card.checks if not check["passed"]]
    assert story.failing is not None
    assert rule.check == story.failing["name"]
    address = f"/traces/{record['id']}"
    page = reader.get(address)
    top = page.text.partition('id="steps-title"')[0]
    assert (200, True) == (page.status_code, f"<b>{rule.check}</b>" in top)
    assert f'href="#{story.failing_anchor}"' in top
    stranger = reader.another()
    stranger.sign_on("redirectless", password="wrong")
    assert [404, 404] == [stranger.get(address + end).status_code for end in ("", ".har")]
    assert [rule.id] == results(reader)["failed"]


def test_a_check_that_passes_again_is_shown_as_passed(shared: Reader) -> None:
    """The newest story decides."""
    reader = shared.another()
    reader.switch(fault="nonce_wrong", mode="next")
    reader.sign_on("redirectless")
    assert ["nonce"] == results(reader)["failed"]
    reader.sign_on("redirectless")
    shown = results(reader)
    assert ([], True) == (shown["failed"], "nonce" in shown["passed"])


def test_each_rule_has_a_fault_one_click_away(shared: Reader) -> None:
    """The button of a rule begins a sign-on under its fault."""
    buttons = re.findall(r'name="(?:fault|rule)" value="([a-zA-Z0-9_-]+)">See it fail', shared.get("/checks").text)
    assert [rule.fault or rule.id for rule in RULES if rule.fault or rule.id in BY_RULE] == buttons
    without = {"c_hash", "code", "crit", "jws-form", "kid", "nbf", "response-type", "typ"}
    assert without == {rule.id for rule in RULES if not rule.fault} - set(BY_RULE)


def results(reader: Reader) -> dict[str, list[str]]:
    """The rules on the page of checks by their last result."""
    found: dict[str, list[str]] = {"passed": [], "failed": [], "open": []}
    for id, kind in re.findall(r'id="([\w-]+)" data-item data-kind="(\w+)"', reader.get("/checks").text):
        found[kind].append(id)
    return found
