"""The three modes on the copied folders, from the start to the session, and what is refused on the way."""

from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.copied.host import PUBLIC, at_pingone
from webapp.simulator import ENVIRONMENT_ID


def flow_id(url):
    return parse_qs(urlsplit(url).query)["flowId"][0]


def test_hosted(host):
    """The address out, the address back, somebody signed on; every check is told and passed."""
    visitor = {}
    signed_on = host.callback(visitor, at_pingone(host.begin(visitor)))
    assert "sharedTestUser" == signed_on.claims["preferred_username"]
    checked = {each.name for each in signed_on.checks}
    assert {"parameters", "state", "signature", "iss", "aud", "exp", "nonce"} <= checked
    assert all(check.passed for check in signed_on.checks)
    assert {} == signed_on.provider_cookies


def test_redirectless_with_a_second_factor(host, simulator):
    """Password, then the passcode from the inbox; `ST` stays with the session, which alone can end PingOne's."""
    visitor = {}
    flow, attempt = host.begin_flow(visitor)
    assert "USERNAME_PASSWORD_REQUIRED" == flow.status
    flow = host.password(visitor, attempt.id, "mfaTestUser")
    if flow.status == "DEVICE_SELECTION_REQUIRED":
        device = host.theirs.steps.devices_of(flow)[0]
        flow = host.act(visitor, attempt.id, "device.select", device=device.id)
    assert "OTP_REQUIRED" == flow.status
    inbox = requests.get(f"{simulator.base}/inbox", headers={"Accept": "application/json"}, timeout=5).json()
    code = next(each["code"] for each in inbox["messages"] if each.get("code"))
    assert host.act(visitor, attempt.id, "otp.check", otp=code).finished
    signed_on = host.finish(visitor, attempt.id)
    assert "mfaTestUser" == signed_on.claims["preferred_username"]
    assert "ST" in signed_on.provider_cookies


def test_custom_page(host):
    """PingOne sends the browser to our page with a flow; it is taken over, driven, and finished by its own state."""
    visitor = {}
    url = host.begin_page(visitor)
    arrived = host.theirs.http.http_of(host.http).exchange(host.theirs.http.Request("GET", url))
    assert f"{PUBLIC}/sign-on/page" == arrived.header("Location").partition("?")[0]
    _, driven = host.adopt(visitor, flow_id(arrived.header("Location")))
    assert host.password(visitor, driven.id).finished
    assert "sharedTestUser" == host.finish(visitor, driven.id, host.page_party).claims["preferred_username"]
    with pytest.raises(host.theirs.errors.SignOnUnknown):
        host.finish(visitor, driven.id, host.page_party)


def test_a_foreign_flow_is_not_adopted(host):
    """Nobody who did not begin here a moment ago, for our page, is given a flow; and a beginning counts once."""
    attacker, victim = {}, {}
    host.begin(victim)
    host.begin_flow(victim)
    url = host.begin_page(attacker)
    location = host.theirs.http.http_of(host.http).exchange(host.theirs.http.Request("GET", url)).header("Location")
    no_cookie = host.theirs.pingone_errors.ResumeNoCookie
    for visitor in (victim, {}):
        with pytest.raises(no_cookie):
            host.adopt(visitor, flow_id(location))
    _, driven = host.adopt(attacker, flow_id(location))
    assert driven == host.adopt(attacker, flow_id(location))[1]
    with pytest.raises(no_cookie):
        host.adopt(attacker, "03ae87ab-173f-459f-8225-965d338735b8")
    later = type(host)(host.theirs, host.party.provider.get(host.http).issuer.rsplit("/", 2)[0], host.http)
    begun = host.now()
    host.begin_page(victim)
    later.attempts, later.now = host.attempts, lambda: begun + host.theirs.page.ADOPTABLE + 5
    with pytest.raises(no_cookie):
        later.adopt(victim, flow_id(location))


def test_a_flow_of_another_environment_is_not_adopted(host):
    """Nor is the beginning spent by it: our own environment, in whatever letters, is given the flow."""
    visitor = {}
    url = host.begin_page(visitor)
    location = host.theirs.http.http_of(host.http).exchange(host.theirs.http.Request("GET", url)).header("Location")
    adopt = partial(host.theirs.page.adopt, host.http, host.attempts, visitor, flow_id(location), host.now)
    with pytest.raises(host.theirs.errors.ResponseMalformed, match="environmentId"):
        adopt(environment_id="03ae87ab-173f-459f-8225-965d338735b8")
    assert flow_id(location) == adopt(environment_id=ENVIRONMENT_ID.upper())[0].id


def test_a_beginning_that_another_flow_has_taken_adopts_none(host):
    """Of two flows that arrive at once the second finds no mark; and what a sign-off has ended does not come back."""
    visitor = {}
    url = host.begin_page(visitor)
    location = host.theirs.http.http_of(host.http).exchange(host.theirs.http.Request("GET", url)).header("Location")
    (begun,) = host.theirs.page.newest(host.attempts, visitor)
    take_over = partial(host.theirs.page.take_over, host.http, host.attempts, begun, flow_id(location), host.now)
    take_over()
    with pytest.raises(host.theirs.pingone_errors.ResumeNoCookie):
        take_over()
    assert {} == host.attempts.take(begun.id, begun.secret).held
    with pytest.raises(host.theirs.pingone_errors.ResumeNoCookie):
        take_over()
    assert host.attempts.get(begun.id, begun.secret) is None


def test_a_wrong_answer_leaves_the_flow_where_it_was(host):
    """PingOne wants the form again: said so, and the next answer counts."""
    visitor = {}
    _, attempt = host.begin_flow(visitor)
    with pytest.raises(host.theirs.pingone_errors.FlowRefused) as refused:
        host.password(visitor, attempt.id, password="wrong")
    assert refused.value.problem.details
    assert host.password(visitor, attempt.id).finished
    assert host.finish(visitor, attempt.id).subject


@pytest.mark.parametrize("username", ["disabledTestUser", "lockedTestUser"])
def test_a_flow_that_fails_is_refused_in_pingones_words(host, username):
    """Not "no cookie", not an internal error: whichever call learns of it says what PingOne said."""
    visitor = {}
    _, attempt = host.begin_flow(visitor)
    errors = (host.theirs.errors.Refused, host.theirs.pingone_errors.FlowRefused)
    with pytest.raises(errors) as refused:
        host.password(visitor, attempt.id, username)
    assert refused.value.said.error


def test_a_start_that_is_refused_says_why(host):
    """prompt=none without a session: PingOne's own words, from the start itself."""
    with pytest.raises(host.theirs.errors.Refused) as refused:
        host.begin_flow({}, prompt="none")
    assert "login_required" == refused.value.said.error


def test_a_replay_finds_nothing(host, simulator):
    """The same address twice: the second is refused before anything is sent."""
    visitor = {}
    back = at_pingone(host.begin(visitor))
    host.callback(visitor, back)
    simulator.heard.clear()
    with pytest.raises(host.theirs.errors.SignOnUnknown):
        host.callback(visitor, back)
    assert [] == simulator.heard


def test_two_tabs(host):
    """Two sign-ons of one browser do not disturb each other, whichever ends first."""
    visitor = {}
    first, second = host.begin(visitor), host.begin(visitor)
    _, third = host.begin_flow(visitor)
    came = [at_pingone(second), at_pingone(first)]
    assert host.password(visitor, third.id).finished
    assert 3 == len([host.callback(visitor, came[0]), host.finish(visitor, third.id), host.callback(visitor, came[1])])


def test_another_browser_uses_nothing_up(host):
    """An address opened elsewhere is refused; where it began it still works."""
    visitor = {}
    back = at_pingone(host.begin(visitor))
    for stranger in ({}, {next(iter(visitor)): "guessed"}):
        with pytest.raises((host.theirs.errors.SignOnOtherBrowser, host.theirs.errors.SignOnUnknown)):
            host.callback(stranger, back)
    assert host.callback(visitor, back).subject


def test_what_was_asked_is_expected(host, simulator):
    """Nobody lists expectations: a sign-on that asked for a fresh one is refused an old one (`max_age`)."""
    visitor = {}
    simulator.choose("auth_time_nonsense")
    back = at_pingone(host.begin(visitor, max_age=300))
    with pytest.raises(host.theirs.errors.IdTokenClaim) as refused:
        host.callback(visitor, back)
    assert "auth_time" == refused.value.check.name


def test_a_browser_does_not_bring_the_answer_of_a_flow(host):
    """A redirectless attempt is answered to our server alone."""
    visitor = {}
    _, attempt = host.begin_flow(visitor)
    with pytest.raises(host.theirs.errors.StateMismatch):
        host.party.finish(host.http, attempt, [("code", "x"), ("state", attempt.state)], host.now)
