"""What browsers, their users and other sites do."""

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from tests.support.provider import Provider
from tests.support.relying_party import Browser, Page

READ_ONLY = ["/", "/checks", "/settings", "/how-it-works", "/session", "/sign-on/hosted", "/callback", "/healthz"]
CHANGING = ["/session/refresh", "/sign-off", "/session/userinfo", "/session/revoke", "/session/reveal"]


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.mark.parametrize("path", READ_ONLY)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "OPTIONS"])
def test_other_methods_are_not_answered(browser: Browser, path: str, method: str) -> None:
    """Every method but the intended one is 405, or 403 where it could change something."""
    answer = browser.client.open(path, method=method, base_url=browser.public_url, headers=_own(browser))
    assert answer.status_code in (403, 405)


@pytest.mark.parametrize(
    ("path", "allowed"), [("/sign-off", "POST"), ("/session", "GET, HEAD"), ("/static/site.css", "GET")]
)
def test_a_question_before_a_request_from_elsewhere(browser: Browser, path: str, allowed: str) -> None:
    """OPTIONS, as a browser asks on behalf of another site: no, and no headers that would let it."""
    answer = browser.client.options(path, base_url=browser.public_url, headers={"Origin": "https://evil.example"})
    assert (405, allowed) == (answer.status_code, answer.headers["Allow"])
    assert not [name for name in dict(answer.headers) if name.lower().startswith("access-control-")]


@pytest.mark.parametrize("path", CHANGING)
def test_changes_are_not_made_by_get(browser: Browser, provider: Provider, path: str) -> None:
    """A link or an image cannot sign off or refresh."""
    browser.sign_on("hosted")
    provider.ledger.clear()
    assert 405 == browser.get(path).status
    assert (True, []) == (browser.signed_in, provider.ledger.calls)


@pytest.mark.parametrize("path", CHANGING)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost:5999", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost:5999.evil.example"},
        {"Origin": "http://localhost:59991"},
        {"Origin": "https://localhost:5999"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Referer": "http://localhost:5999/session"},
        {},
    ],
    ids=str,
)
def test_changes_from_other_sites_are_refused(browser: Browser, provider: Provider, path: str, headers) -> None:
    """403, whatever else the request carries; nothing is changed and nobody is asked."""
    browser.sign_on("hosted")
    provider.ledger.clear()
    answer = browser.client.post(path, base_url=browser.public_url, headers=headers)
    page = Page(answer.status_code, answer.get_data(as_text=True), dict(answer.headers))
    assert (403, "request_forbidden") == (page.status, page.error_code)
    assert (True, []) == (browser.signed_in, provider.ledger.calls)


def test_parallel_callbacks_redeem_once(browser: Browser, provider: Provider) -> None:
    """Eight copies of one callback at once: one token call, one session."""
    location = _callback(browser)
    cookies = _cookies(browser)

    def visit(_: int) -> int:
        client = browser.client.application.test_client(use_cookies=False)
        answer = client.get(location, base_url=browser.public_url, headers={"Cookie": cookies})
        return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(visit, range(8)))
    assert (1, [303] + [400] * 7) == (provider.ledger.count("token"), statuses)


def test_reload_of_the_error_page(browser: Browser, provider: Provider) -> None:
    """Reloading a refusal asks PingOne nothing."""
    location = _callback(browser)
    provider.tamper("id_token", nonce="x")
    assert 502 == browser.get(location).status
    assert [400, 400] == [browser.get(location).status for _ in range(2)]
    assert 1 == provider.ledger.count("token")


def test_floods_of_attempts_stay_bounded(browser: Browser, provider: Provider) -> None:
    """A hundred starts leave five cookies, and the latest of them still signs on."""
    for _ in range(100):
        browser.get("/sign-on/hosted", follow=False)
    location = _callback(browser)
    assert len(_cookies(browser).split("; ")) <= 6
    assert len(_cookies(browser)) < 1000
    assert 200 == browser.get(location).status
    assert browser.signed_in


def test_cookie_lost_on_the_way(browser: Browser, provider: Provider) -> None:
    """Without its cookie the browser gets an explanation and one way to start again, and is not sent in circles."""
    location = _callback(browser)
    stranger = Browser(browser.client.application, browser.public_url, provider)
    page = stranger.get(location)
    assert (400, "sign_on_other_browser", 1) == (page.status, page.error_code, len(page.trail))
    assert "/sign-on/" in page.text or 'href="/"' in page.text


def test_half_an_hour_at_pingone(make_browser, provider: Provider) -> None:
    """An answer after fifteen minutes finds an expired attempt, and its code is not redeemed."""
    clock = Clock()
    browser = make_browser(now=clock)
    location = _callback(browser)
    clock.ahead = 1800
    page = browser.get(location)
    assert (400, "sign_on_expired", 0) == (page.status, page.error_code, provider.ledger.count("token"))


def test_session_ends_by_the_server_clock(make_browser) -> None:
    """Idle and absolute lifetimes hold without the browser's help."""
    clock = Clock()
    browser = make_browser(now=clock, SESSION_MINUTES="30", SESSION_IDLE_MINUTES="10")
    browser.sign_on("hosted")
    for minutes in (9, 18, 27):
        clock.ahead = minutes * 60.0
        assert browser.signed_in
    clock.ahead = 31 * 60.0
    assert not browser.signed_in


@pytest.mark.parametrize("mode", ["hosted", "redirectless"])
def test_no_session_before_and_a_new_id_after(browser: Browser, mode: str) -> None:
    """Nothing to fixate: there is no session cookie until somebody is signed on, and a planted one is not adopted."""
    browser.client.set_cookie("session", "planted-by-an-attacker", domain="localhost")
    browser.sign_on(mode)
    assert browser.signed_in
    assert "planted-by-an-attacker" not in _cookies(browser)


def test_signing_on_again_makes_the_old_session_worthless(browser: Browser) -> None:
    """A second sign-on gets a new id, and the old cookie is nobody."""
    browser.sign_on("hosted")
    old = browser.client.get_cookie("session", domain="localhost")
    browser.sign_on("hosted")
    new = browser.client.get_cookie("session", domain="localhost")
    assert old is not None
    assert new is not None
    assert old.value != new.value
    client = browser.client.application.test_client(use_cookies=False)
    headers = {"Cookie": f"session={old.value}", "Accept": "application/json"}
    assert 401 == client.get("/session", base_url=browser.public_url, headers=headers).status_code


def test_a_late_request_of_another_tab_does_not_sign_the_new_session_off(make_browser) -> None:
    """Sent with the cookie of the session before, answered after the new one: a deletion would hit the new cookie.
    A minute later nothing is on its way any more, and a cookie that opens nothing goes."""
    clock = Clock()
    browser = make_browser(now=clock)
    browser.sign_on("hosted")
    old = browser.client.get_cookie("session", domain="localhost")
    browser.sign_on("hosted")
    client, headers = browser.client.application.test_client(use_cookies=False), {"Cookie": f"session={old.value}"}
    late = client.get("/checks", base_url=browser.public_url, headers=headers)
    assert (200, []) == (late.status_code, late.headers.getlist("Set-Cookie"))
    assert browser.signed_in
    clock.ahead = 61
    much_later = client.get("/checks", base_url=browser.public_url, headers=headers)
    assert ["session=;"] == [line[:9] for line in much_later.headers.getlist("Set-Cookie")]


def test_prefetch_and_head_use_nothing_up(browser: Browser, provider: Provider) -> None:
    """A prefetched or looked-at callback leaves the attempt for the visit that is meant."""
    location = _callback(browser)
    head = browser.client.head(location, base_url=browser.public_url)
    ahead = browser.client.get(location, base_url=browser.public_url, headers={"Sec-Purpose": "prefetch"})
    assert (405, 405, 0) == (head.status_code, ahead.status_code, provider.ledger.count("token"))
    assert 200 == browser.get(location).status


def test_flow_of_somebody_else_at_our_page(browser: Browser, provider: Provider) -> None:
    """An attacker's flow id at our sign-on page: without an attempt of this browser it is explained, not shown."""
    page = browser.get(
        f"/sign-on/page?environmentId={provider.environment_id}&flowId=03ae87ab-173f-459f-8225-965d338735b8"
    )
    assert (400, []) == (page.status, provider.ledger.of("flow"))


def _flow_at_our_page(browser: Browser) -> str:
    """Where PingOne sends a browser that it wants to see our form."""
    return f"/sign-on/page?environmentId={browser.provider.environment_id}&flowId=03ae87ab-173f-459f-8225-965d338735b8"


def test_flow_at_our_page_after_the_attempt_has_gone(browser: Browser, provider: Provider) -> None:
    """The cookie is still there, the record behind it is not: explained, and PingOne is asked nothing."""
    browser.client.set_cookie("so.6b03203eAAAAAAAA", "A" * 43, domain="localhost")
    page = browser.get(_flow_at_our_page(browser))
    assert (400, "resume_no_cookie") == (page.status, page.error_code)
    assert [] == provider.ledger.of("flow")


def test_flow_at_our_page_with_an_error(browser: Browser, provider: Provider) -> None:
    """PingOne says here that something went wrong: then there is no flow to drive, whatever else it says."""
    browser.get("/sign-on/custom", follow=False)
    page = browser.get(f"{_flow_at_our_page(browser)}&error=NOT_FOUND")
    assert (400, "response_malformed", []) == (page.status, page.error_code, provider.ledger.of("flow"))


def test_flow_at_our_page_beside_a_flow_of_our_own(browser: Browser, provider: Provider) -> None:
    """A redirectless attempt sends no browser to PingOne, so none comes back from there with a flow."""
    browser.get("/sign-on/redirectless", follow=False)
    assert "resume_no_cookie" == browser.get(_flow_at_our_page(browser)).error_code
    assert [] == provider.ledger.of("flow")


def test_flow_at_our_page_after_the_attempt_was_refused(browser: Browser, provider: Provider) -> None:
    """The record of a flow that we drive stands for its attempt: alone it opens the door to no other flow."""
    away = browser.get("/sign-on/custom", follow=False).headers["Location"]
    ours = browser._visit(away, ()).headers["Location"].removeprefix(browser.public_url)
    assert 303 == browser.get(ours, follow=False).status
    state = dict(parse_qsl(urlsplit(away).query))["state"]
    assert "refused" == browser.get(f"/callback?error=access_denied&state={state}").error_code
    provider.ledger.clear()
    assert "resume_no_cookie" == browser.get(_flow_at_our_page(browser)).error_code
    assert [] == provider.ledger.endpoints


def test_callback_for_a_flow_that_we_drive(browser: Browser, provider: Provider) -> None:
    """What names the record of a driven flow instead of its attempt fits no state and redeems no code."""
    browser.get("/sign-on/custom", follow=False)
    form = browser.get(_location(browser, "/sign-on/custom"), follow=False).headers["Location"]
    page = browser.get(f"/callback?code=x&state={form.rpartition('/')[2]}.x")
    assert (400, "state_mismatch", 0) == (page.status, page.error_code, provider.ledger.count("token"))


def test_a_refused_callback_hands_out_no_cookie(browser: Browser, provider: Provider) -> None:
    """Only a browser that had none yet is given the cookie that opens the story of its refusal."""
    location = _callback(browser)
    provider.tamper("id_token", nonce="x")
    answer = browser.client.get(location, base_url=browser.public_url)
    assert (502, []) == (answer.status_code, answer.headers.getlist("Set-Cookie"))


def test_flow_of_another_environment(browser: Browser, provider: Provider) -> None:
    """A browser that began a sign-on here is not made to finish one of another environment."""
    browser.get("/sign-on/custom", follow=False)
    other = "03ae87ab-173f-459f-8225-965d338735b8"
    page = browser.get(f"/sign-on/page?environmentId={other}&flowId={other}")
    assert (400, []) == (page.status, provider.ledger.of("flow"))


@pytest.mark.parametrize("handle", ["x", "6b03203eAAAAAAAA", "..%2f..%2fetc", "\u00e9", "a" * 3000])
def test_step_of_nobody(browser: Browser, handle: str) -> None:
    """A step that this browser has no attempt for is explained, shown or submitted."""
    path = f"/sign-on/step/{quote(handle, safe='%')}"
    fields = {"username": "a", "password": "b", "action": "usernamePassword.check"}
    assert {400, 404} >= {browser.get(path).status, browser.post(path, fields).status}


def test_step_of_a_hosted_attempt(browser: Browser, provider: Provider) -> None:
    """The handle of an attempt that PingOne draws the form for leads to no form of ours."""
    browser.get("/sign-on/hosted", follow=False)
    handle = _cookies(browser).partition("=")[0].removeprefix("so.")
    assert 400 == browser.get(f"/sign-on/step/{handle}").status


@pytest.mark.parametrize("flow", ["x", "../as/token", "03ae87ab-173f-459f-8225-965d338735b8/../x", "", "%2e%2e"])
def test_flow_ids_are_uuids(browser: Browser, provider: Provider, flow: str) -> None:
    """Nothing else becomes part of an address at PingOne."""
    browser.get("/sign-on/custom", follow=False)
    page = browser.get(f"/sign-on/page?environmentId={provider.environment_id}&flowId={quote(flow)}")
    assert 400 == page.status
    assert {"discovery"} >= set(provider.ledger.endpoints)


def _own(browser: Browser) -> dict[str, str]:
    return {"Origin": browser.public_url, "Sec-Fetch-Site": "same-origin"}


def _cookies(browser: Browser) -> str:
    """The Cookie header that the browser would send."""
    kept = browser.client._cookies
    return "; ".join(f"{cookie.key}={cookie.value}" for cookie in kept.values())


def _location(browser: Browser, start: str) -> str:
    """Where PingOne sends a browser that begins there: an address of ours."""
    away = browser.get(start, follow=False)
    return browser._visit(away.headers["Location"], ()).headers["Location"].removeprefix(browser.public_url)


def _callback(browser: Browser) -> str:
    """A callback of this browser that it has not visited yet."""
    return _location(browser, "/sign-on/hosted")
