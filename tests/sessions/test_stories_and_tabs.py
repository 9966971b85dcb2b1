"""Who may read a story and until when; what of a browser's other tabs ends with sign-off; which flow our page takes."""

from urllib.parse import urlsplit

import pytest

from tests.sessions.conftest import Site, cookie_values
from tests.support.counting_store import nothing
from tests.support.provider import Provider, plus_one
from tests.support.provider_answers import PASSWORD
from tests.support.provider_tokens import USERNAME
from tests.support.relying_party import MODES, Browser, Page
from webapp.pingone.page import ADOPTABLE

HOUR = 3600


def _story(browser: Browser, trace: str) -> int:
    return browser.get(f"/traces/{trace}").status


def _signed_off(site: Site, mode: str = "hosted") -> tuple[Browser, str, Page]:
    browser = site.signed_on(mode)
    trace = str(browser.session()["trace"])
    return browser, trace, browser.post("/sign-off")


def _next_person(provider: Provider) -> None:
    provider.tamper("id_token", sub=plus_one)


# -- one rule: this browser, until an hour after the last step -----------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_the_story_can_be_read_for_an_hour_after_sign_off(site: Site, mode: str) -> None:
    """The page of the sign-off says until when, and the story has the sign-off in it."""
    browser, trace, page = _signed_off(site, mode)
    assert f'href="/traces/{trace}"' in page.text
    assert "It can be read in this browser until" in page.text
    assert "/signoff" in browser.get(f"/traces/{trace}").text
    site.clock.ahead = HOUR - 5
    assert 200 == _story(browser, trace)
    site.clock.ahead = HOUR + 5
    assert 404 == _story(browser, trace)


@pytest.mark.parametrize("mode", MODES)
def test_the_cookie_of_an_attempt_opens_no_story_of_a_session(site: Site, mode: str) -> None:
    """Copied while the sign-on was open: it reads the story neither during the session nor after sign-off."""
    browser = site.browser()
    thief = site.browser(browser.client.application)

    def copy(call: str) -> None:
        held = browser.client._cookies
        thief.client._cookies |= {key: cookie for key, cookie in held.items() if cookie.key.startswith("so.")}

    site.store.before = copy
    browser.sign_on(mode)
    site.store.before = nothing
    assert cookie_values(thief)
    trace = browser.session()["trace"]
    browser.post("/session/userinfo")
    assert (200, 404) == (_story(browser, trace), _story(thief, trace))
    browser.post("/sign-off")
    assert (200, 404) == (_story(browser, trace), _story(thief, trace))


def test_forgotten_when_asked_to(site: Site) -> None:
    """One press, and neither this browser nor a copy of its cookie reads the story any more."""
    browser, trace, _ = _signed_off(site)
    copy = site.browser(browser.client.application)
    copy.client._cookies = dict(browser.client._cookies)
    page = browser.post("/signed-off/forget")
    assert (200, {}) == (page.status, cookie_values(browser))
    assert "It can be read" not in page.text
    assert [404, 404] == [_story(browser, trace), _story(copy, trace)]


@pytest.mark.parametrize("same", [True, False], ids=["the same person", "another person"])
def test_somebody_else_who_signs_on_does_not_read_it(site: Site, provider: Provider, same: bool) -> None:
    """A sign-on under another subject removes what was left; under the same it stays."""
    browser, trace, _ = _signed_off(site)
    copy = site.browser(browser.client.application)
    copy.client._cookies = dict(browser.client._cookies)
    if not same:
        _next_person(provider)
    browser.sign_on("hosted")
    assert browser.signed_in
    assert 2 * [200 if same else 404] == [_story(browser, trace), _story(copy, trace)]


@pytest.mark.parametrize("same", [True, False], ids=["the same person", "another person"])
def test_a_new_sign_on_over_a_session_leaves_its_story_to_the_same_person(
    site: Site, provider: Provider, same: bool
) -> None:
    """A session that is replaced has ended, too: its story is its owner's for an hour more, and nobody else's."""
    browser = site.signed_on()
    trace = browser.session()["trace"]
    if not same:
        _next_person(provider)
    browser.sign_on("hosted")
    assert trace != browser.session()["trace"]
    assert (200 if same else 404) == _story(browser, trace)


def test_a_session_that_ended_by_itself_leaves_its_story(site: Site, provider: Provider) -> None:
    """Whether PingOne refused to renew it or it was found over: the story tells why."""
    browser = site.signed_on()
    trace = browser.session()["trace"]
    provider._answers.refresh_tokens.clear()
    assert 401 == browser.post("/session/refresh").status
    assert 200 == _story(browser, trace)
    again = site.signed_on(SESSION_MINUTES="30")
    trace = again.session()["trace"]
    site.clock.ahead = 29 * 60
    again.post("/session/userinfo")
    site.clock.ahead = 30 * 60 + 1
    assert [401, 200] == [again.get("/session").status, _story(again, trace)]


# -- other tabs ------------------------------------------------------------------------------------------------------


def test_sign_off_ends_what_other_tabs_have_begun(site: Site, provider: Provider) -> None:
    """The password is given in one tab, the sign-off pressed in another: whoever goes on in the first is nobody."""
    browser = site.signed_on()
    provider.tamper("check", status="OTP_REQUIRED")
    form = browser.start("redirectless")
    handle = form.trail[-1].rpartition("/")[2].partition("?")[0]
    browser.submit(form, username=USERNAME, password=PASSWORD)
    before = cookie_values(browser)
    assert f"so.{handle}" in before
    provider._tampering.clear()
    browser.post("/sign-off")
    assert f"so.{handle}" not in cookie_values(browser)
    for name, value in before.items():  # Even with its cookies back, nothing is there to go on with.
        browser.client.set_cookie(name, value, domain="localhost")
    page = browser.post(f"/sign-on/step/{handle}", {"action": "otp.check", "otp": "123456"})
    assert (400, "sign_on_unknown", False) == (page.status, page.error_code, browser.signed_in)
    assert 404 == _story(browser, handle)


# -- the flow that our sign-on page takes over -----------------------------------------------------------------------


def _arrival(browser: Browser, **said: str) -> str:
    """Begin in custom page mode, and return where PingOne sends the browser."""
    away = browser.get("/sign-on/custom", follow=False, **said).headers["Location"]
    return str(browser._visit(away, ()).headers["Location"].removeprefix(browser.public_url))


def _refused(browser: Browser, path: str) -> bool:
    page = browser.get(path, follow=False)
    assert page.status in (303, 400), page.text[:500]
    return page.error_code == "resume_no_cookie"


@pytest.mark.parametrize(
    ("site_said", "refused"), [("same-origin", False), ("none", False), ("same-site", True), ("cross-site", True)]
)
def test_a_start_from_another_site_takes_no_flow_over(
    site: Site, provider: Provider, site_said: str, refused: bool
) -> None:
    """Another site opens our start and then our page with its own flow: our form must not feed that flow."""
    browser = site.browser()
    arrival = _arrival(browser, Sec_Fetch_Site=site_said)
    provider.ledger.clear()
    assert refused == _refused(browser, arrival)
    assert (0 if refused else 1) == provider.ledger.count("flow")


def test_a_hosted_start_takes_no_flow_over(site: Site, provider: Provider) -> None:
    """Only an attempt of this mode is answered."""
    browser, other = site.browser(), site.browser()
    browser.get("/sign-on/hosted", follow=False)
    assert _refused(browser, _arrival(other))


def test_an_attempt_takes_one_flow_over(site: Site, provider: Provider) -> None:
    """A second one is refused; the first one's address leads back to its form, however often it is visited."""
    browser, attacker = site.browser(), site.browser()
    ours, theirs = _arrival(browser), _arrival(attacker)
    first = browser.get(ours, follow=False)
    assert 303 == first.status
    assert _refused(browser, theirs)
    assert first.headers["Location"] == browser.get(ours, follow=False).headers["Location"]
    assert browser.signed_in is False


@pytest.mark.parametrize(("late", "refused"), [(ADOPTABLE - 5, False), (ADOPTABLE + 5, True)])
def test_a_flow_is_taken_over_soon_after_the_start(site: Site, provider: Provider, late: int, refused: bool) -> None:
    """Between the start and our page there is one redirect of PingOne's: an attempt left open waits for none."""
    browser = site.browser()
    arrival = _arrival(browser)
    site.clock.ahead = late
    assert refused == _refused(browser, arrival)


# -- looking at a flow that moves ------------------------------------------------------------------------------------


def test_a_look_while_the_last_step_is_on_its_way_does_not_lose_the_sign_on(site: Site, provider: Provider) -> None:
    """PingOne has finished the flow, and its cookie is in an answer that has not arrived: the look takes nothing."""
    browser = site.browser()
    provider.tamper("flow", status="PUSH_CONFIRMATION_REQUIRED")
    provider.tamper("resume", status="COMPLETED")
    form = browser.start("redirectless")
    handle = urlsplit(form.trail[-1]).path.rpartition("/")[2]
    looks: list[int] = []

    def look() -> None:
        provider.before.clear()
        provider.tamper("flow", status="COMPLETED")
        tab = site.browser(browser.client.application)
        tab.client._cookies = dict(browser.client._cookies)
        looks.append(tab.get(f"/sign-on/step/{handle}", follow=False).status)

    provider.before["check"] = look
    entered = {"username": USERNAME, "password": PASSWORD, "action": "usernamePassword.check"}
    browser.post(f"/sign-on/step/{handle}", entered)
    assert 1 == len(looks)
    assert browser.signed_in


def _tab(site: Site, browser: Browser) -> Browser:
    tab = site.browser(browser.client.application)
    tab.client._cookies = dict(browser.client._cookies)
    return tab


def _at_a_push(site: Site, provider: Provider) -> tuple[Browser, str]:
    """A browser whose flow waits for a push: each look at its form asks PingOne."""
    browser = site.browser()
    provider.tamper("flow", status="PUSH_CONFIRMATION_REQUIRED")
    form = browser.start("redirectless")
    return browser, urlsplit(form.trail[-1]).path


ENTERED = {"username": USERNAME, "password": PASSWORD, "action": "usernamePassword.check"}


def test_a_look_that_is_overtaken_by_the_last_step_changes_nothing(site: Site, provider: Provider) -> None:
    """PingOne's answer to the look is from before: it brings no attempt back, and the story is that of a sign-on."""
    browser, form = _at_a_push(site, provider)

    def finish() -> None:
        provider.before.clear()
        assert browser.post(form, ENTERED).status == 200

    tab = _tab(site, browser)
    provider.before["flow"] = finish
    assert 400 == tab.get(form).status
    assert browser.signed_in
    trace = browser.session()["trace"]
    story = browser.client.application.extensions["services"].traces.get(trace)
    assert ("signed_on", "") == (story["outcome"], story["code"])
    assert [] == [name for name in site.store.store._records if name.startswith("attempt:")]


def test_a_look_that_is_overtaken_by_another_step_does_not_undo_it(site: Site, provider: Provider) -> None:
    """The step has led to a passcode, and PingOne's new cookies are in the attempt: what it stored counts."""
    browser, form = _at_a_push(site, provider)
    provider.tamper("check", status="OTP_REQUIRED")

    def step() -> None:
        provider.before.clear()
        browser.post(form, ENTERED, follow=False)

    provider.before["flow"] = step
    page = _tab(site, browser).get(form)
    assert (200, True) == (page.status, 'name="otp"' in page.text)
    assert 'name="otp"' in browser.get(form).text


def test_a_refused_look_leaves_the_story_of_the_session_alone(site: Site, provider: Provider) -> None:
    """The attempt is taken and the session about to be written: the form's page says that PingOne is being asked, and a
    look by another way is refused."""
    browser = site.browser()
    form = urlsplit(browser.start("redirectless").trail[-1]).path
    tab, statuses = _tab(site, browser), []

    def look(call: str) -> None:
        if call.startswith("change session"):
            site.store.before = nothing
            statuses.extend(tab.get(path).status for path in (form, "/resume?flowId=unknown"))

    site.store.before = look
    browser.post(form, ENTERED)
    assert [200, 400] == statuses
    story = browser.client.application.extensions["services"].traces.get(browser.session()["trace"])
    assert "signed_on" == story["outcome"]


def test_the_hosted_story_begins_with_the_authorization_request(site: Site) -> None:
    """The browser carries it, and no call of ours shows it: without this hop the story would lack its first half."""
    browser = site.browser()
    away = browser.get("/sign-on/hosted", follow=False).headers["Location"]
    ((cookie, _),) = cookie_values(browser).items()
    page = browser.get(f"/traces/{cookie.removeprefix('so.')}")
    assert urlsplit(away).path in page.text
    assert "code_challenge" in page.text
