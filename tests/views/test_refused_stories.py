"""Every rule that a relying party must keep has a fault that breaks it, and the visitor sees which check failed."""

import re

import pytest

from tests.support.overheard import MakeReader, Reader
from webapp.simulator.engine.fault_catalogue import BY_NAME
from webapp.trace.render import present
from webapp.views.rules import RULES, Rule

WAYS = {
    "resume-cookie": "redirectless",
    "resume-location": "custom",
    "auth_time": "hosted?max_age=60",
    "acr": "hosted?acr_values=Registration",
    "api-token": "hosted?scope=openid%20orders:read",
}
"""How to sign on so that the fault shows; hosted unless it says otherwise."""
AFTERWARDS = {"group": ("/members", "access_refused"), "api-token": ("/orders", "token_not_accepted")}
"""What to open after a sign-on that works, and what is met there."""
BROKEN = [pytest.param(rule, id=rule.id) for rule in RULES if rule.fault]


@pytest.fixture(scope="module")
def shared(make_reader: MakeReader) -> Reader:
    """One application for all faults that leave no trace in it."""
    return make_reader()


def refused(make_reader: MakeReader, shared: Reader, rule: Rule) -> Reader:
    """A visitor whose sign-on has just met the fault of a rule."""
    reader = make_reader() if rule.fault.startswith("discovery") else shared.another()
    reader.switch(fault=rule.fault, mode="next")
    page = reader.sign_on(WAYS.get(rule.id, "hosted"))
    if rule.fault.startswith("userinfo"):
        page = reader.press("/session/userinfo")
    if rule.id in AFTERWARDS:
        page = reader.get(AFTERWARDS[rule.id][0])
    assert page.status_code >= 400
    met = AFTERWARDS.get(rule.id, ("", "id_token_claim"))[1]
    assert (BY_NAME[rule.fault].refusal or met) == reader.error_code
    return reader


@pytest.mark.parametrize("rule", BROKEN)
def test_the_fault_of_a_rule_fails_its_check_and_no_other(make_reader: MakeReader, shared: Reader, rule: Rule) -> None:
    """The story stands with the check on top, for its owner only, and the page of checks shows it failed.

    Somebody else is a browser with a sign-on of its own.
    """
    reader = refused(make_reader, shared, rule)
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
    """The button of a rule leads to its fault on the simulator's page."""
    page = shared.get("/checks").text
    links = re.findall(r'href="([^"]+/simulator/faults)#([a-z0-9_]+)"', page)
    assert [rule.fault for rule in RULES if rule.fault] == [name for _, name in links]
    faults = shared.client.get("/simulator/faults", base_url="http://127.0.0.1:5997", headers={"Accept": "text/html"})
    assert [] == [name for _, name in links if f'id="{name}"' not in faults.text]
    without = {"S256", "c_hash", "code", "crit", "jws-form", "kid", "nbf", "response-type", "typ", "scope"}
    without |= {"step-up-acr", "step-up-auth_time"}  # A sign-on that fails them is refused before it is a session.
    assert without == {rule.id for rule in RULES if not rule.fault}


def results(reader: Reader) -> dict[str, list[str]]:
    """The rules on the page of checks by their last result."""
    found: dict[str, list[str]] = {"passed": [], "failed": [], "open": []}
    for id, kind in re.findall(r'id="([\w-]+)" data-item data-kind="(\w+)"', reader.get("/checks").text):
        found[kind].append(id)
    return found
