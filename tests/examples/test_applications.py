"""What every example does: sign-on, refusals, refresh, sign-off."""

import re
from urllib.parse import urlencode, urlsplit

import pytest
import requests

from tests.copied.host import at_pingone
from tests.examples.conftest import EXAMPLES, PROJECT, Visitor, first_line
from webapp.simulator import PASSWORD

with_form = pytest.mark.parametrize("running", ["flask_app", "custom_page_app", "fastapi_app"], indirect=True)
"""Django shows hosted mode only: three modes do not fit onto its page."""


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_one_short_file_whose_first_line_starts_it(name):
    """What the tests start is what the reader is told to start; 120 lines are enough, and 10 for a second client."""
    lines = (PROJECT / "examples" / f"{name}.py").read_text().splitlines()
    assert re.match(r'"""`[^`]*\b8000\b[^`]*`', first_line(name))
    assert len(lines) <= (130 if name == "custom_page_app" else 120)


def test_hosted(visitor):
    """Sign on at PingOne's page; the same answer again is refused and signs nobody on or off."""
    back = at_pingone(visitor.leave(), public=visitor.base)
    assert 200 == visitor.get(back).status_code
    assert "sharedTestUser" == visitor.name
    assert (400, True) == ((again := visitor.get(back)).status_code, "sign_on_unknown" in again.text)
    assert "sharedTestUser" == visitor.name
    assert "" == Visitor(visitor.base).name
    assert 400 == Visitor(visitor.base).get(back).status_code


def test_a_forged_answer(visitor):
    """A wrong state, none, or an error in place of a code: refused with a page, and nobody is signed on."""
    state = "state=" + visitor.leave().partition("state=")[2].partition("&")[0]
    for query in ("code=x", "code=x&state=y", f"{state}x&code=x", f"{state}&code=x&code=x"):
        assert 400 == visitor.get(f"/callback?{query}").status_code, query
    state = "state=" + visitor.leave().partition("state=")[2].partition("&")[0]
    page = visitor.get(f"/callback?{state}&{urlencode({'error': '<script>alert(1)</script>'})}")
    assert (400, False) == (page.status_code, "<script>alert" in page.text)
    assert "" == visitor.name


def test_two_tabs(visitor):
    """The second does not break the first."""
    first, second = visitor.leave(), visitor.leave()
    assert [200, 200] == [visitor.get(at_pingone(url, public=visitor.base)).status_code for url in (second, first)]


def test_the_session_is_renewed_and_kept_from_scripts(visitor):
    """Another id after each sign-on, the earlier one worthless; HttpOnly, Lax, and nothing of value in the cookie."""
    found = []
    for _ in range(2):
        answer = visitor.get(at_pingone(visitor.leave(), public=visitor.base), allow_redirects=False)
        found.append(visitor.session)
        flags = next(each for each in answer.headers["Set-Cookie"].split("session=")[1:]).lower()
        assert {"httponly", "samesite=lax"} <= {each.strip() for each in re.split("[;,]", flags)}
        assert "." not in visitor.session
        page = visitor.get("/")
        assert ("no-store", "DENY") == (page.headers["Cache-Control"], page.headers["X-Frame-Options"])
    assert found[0] != found[1]
    thief = Visitor(visitor.base)
    thief.http.cookies.set("session", found[0])
    assert ("", "sharedTestUser") == (thief.name, visitor.name)


def test_refresh_and_sign_off(visitor, simulator):
    """New tokens, then nobody: here, and at PingOne."""
    visitor.get(at_pingone(visitor.leave(), public=visitor.base))
    copied = visitor.session
    before = simulator.count("/as/token")
    visitor.press("/refresh")
    assert (before + 1, "sharedTestUser") == (simulator.count("/as/token"), visitor.name)
    revoked = simulator.count("/as/revoke")
    assert "/signed-off" == urlsplit(visitor.press("/sign-off").url).path
    assert revoked + 1 == simulator.count("/as/revoke")
    assert simulator.count("/as/signoff") >= 1
    visitor.http.cookies.set("session", copied)
    assert "" == visitor.name


def test_another_site_presses_no_button(visitor):
    """A form elsewhere, or a link, signs nobody off."""
    visitor.get(at_pingone(visitor.leave(), public=visitor.base))
    for origin in ({"Origin": "https://evil.example"}, {}, {"Origin": "null"}):
        assert 403 == visitor.http.post(f"{visitor.base}/sign-off", headers=origin, timeout=5).status_code
    assert 405 == visitor.get("/sign-off").status_code
    assert "sharedTestUser" == visitor.name


@with_form
def test_a_second_factor(visitor, simulator):
    """Password, device, passcode from the inbox."""
    page = visitor.password("mfaTestUser")
    if "DEVICE_SELECTION_REQUIRED" in page.text:
        device = re.search(r'<option value="([^"]+)"', page.text)[1]
        page = visitor.post(page.url, action="device.select", device=device)
    assert "OTP_REQUIRED" in page.text
    inbox = requests.get(f"{simulator.base}/inbox", headers={"Accept": "application/json"}, timeout=5).json()
    visitor.post(page.url, action="otp.check", otp=next(each["code"] for each in inbox["messages"] if each.get("code")))
    assert "mfaTestUser" == visitor.name


@with_form
def test_a_wrong_answer(visitor):
    """The form comes again with PingOne's word for it, and the right answer then counts."""
    page = visitor.password(password="wrong")
    assert (422, True, "") == (page.status_code, "INVALID_CREDENTIALS" in page.text, visitor.name)
    visitor.post(page.url, action="usernamePassword.check", username="sharedTestUser", password=PASSWORD)
    assert "sharedTestUser" == visitor.name


@pytest.mark.parametrize("running", ["custom_page_app"], indirect=True)
def test_a_session_at_pingone_skips_our_page(visitor):
    """PingOne answers at the redirect URI, for the application with our page: the party follows from the attempt."""
    form = visitor.get("/sign-on/hosted").url
    visitor.http.post(form, {"action": "usernamePassword.check", "username": "sharedTestUser", "password": PASSWORD})
    before = visitor.session
    assert (f"{visitor.base}/", "sharedTestUser") == (visitor.get("/sign-on/form").url, visitor.name)
    assert before != visitor.session


@with_form
def test_our_server_ends_the_session_that_it_holds(visitor, simulator):
    """Where our server drove the sign-on, it alone has `ST`: sign-off sends it, and the browser goes nowhere."""
    visitor.password()
    assert "/signed-off" == urlsplit(visitor.press("/sign-off").url).path
    assert "" == visitor.name
    assert any("ST=" in each.headers.get("Cookie", "") for each in simulator.heard if "signoff" in each.path)
