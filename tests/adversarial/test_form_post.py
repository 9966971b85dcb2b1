"""The answer by POST: the code in no address, no cookie weaker than in the other modes, and nothing else accepted."""

import re

import pytest

from tests.adversarial.conftest import MakeBrowser
from tests.support import provider_faults
from tests.support.adversarial import Row, Witness, assert_refused
from tests.support.provider import DELETE, Provider, plus_one
from tests.support.relying_party import Browser

FORM_MODES = ("hosted", "custom")


@pytest.fixture
def posting(make_browser: MakeBrowser) -> Browser:
    """A browser in front of an application that asks for `form_post`."""
    return make_browser(PINGONE_RESPONSE_MODE="form_post")


@pytest.mark.parametrize("mode", FORM_MODES)
def test_a_posted_answer_signs_on(posting: Browser, provider: Provider, mode: str) -> None:
    """Asked for, posted from the provider's page, carried over to a GET with our cookies; no address has the code."""
    page = posting.sign_on(mode)
    assert (200, True) == (page.status, posting.signed_in), page.text[:2000]
    asked = [call.params.get("response_mode") for call in provider.ledger.of("authorize")]
    code = provider.ledger.of("token")[0].params["code"]
    assert (["form_post"], []) == (asked, [url for url in page.trail if code in url])
    assert [] == provider.complaints


def test_redirectless_mode_keeps_its_own(posting: Browser, provider: Provider) -> None:
    """There the answer comes to our server; the setting is about the other two."""
    posting.sign_on("redirectless")
    assert (True, "pi.flow") == (posting.signed_in, provider.ledger.of("authorize")[0].params["response_mode"])


def test_no_cookie_is_weaker_with_it(posting: Browser) -> None:
    """SameSite=Lax, as without it: the POST needs no cookie."""
    posting.start("hosted")
    answers = [posting.client.get("/sign-on/hosted", base_url=posting.public_url)]
    lines = [line for answer in answers for line in answer.headers.getlist("Set-Cookie")]
    assert (1, True) == (len(lines), all("SameSite=Lax" in line and "HttpOnly" in line for line in lines))


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"state": plus_one}, "sign_on_unknown"), ({"state": DELETE}, "state_mismatch"),
     ({"iss": "https://evil.example"}, "issuer_mismatch"), ({"code": DELETE}, "response_malformed")],
    ids=["state", "no-state", "iss", "no-code"],
)  # fmt: skip
def test_a_posted_answer_is_checked_like_any_other(
    posting: Browser, provider: Provider, changes: dict[str, object], code: str, witness: Witness
) -> None:
    """The way in which it came makes nothing of it true."""
    provider.tamper("response", **changes)
    page = posting.sign_on("hosted")
    code = "state_mismatch" if page.error_code == "state_mismatch" else code
    assert_refused(posting, page, Row("F", lambda _: None, code, 400, ("token", "userinfo")), witness)


def test_an_answer_in_the_query_is_not_taken(posting: Browser, provider: Provider) -> None:
    """Who can change the response mode of a request must not get an answer accepted that lands in logs."""
    away = posting.get("/sign-on/hosted", follow=False).headers["Location"].replace("form_post", "query")
    page = posting.get(posting._visit(away, ()).headers["Location"].removeprefix(posting.public_url))
    assert (400, "response_malformed", 0) == (page.status, page.error_code, provider.ledger.count("token"))


@pytest.mark.parametrize("posted", ["", "AAAA", "A" * 200, "=", "%ff", "\u00e9"])
def test_an_answer_that_was_not_posted_here_does_not_open(posting: Browser, provider: Provider, posted: str) -> None:
    """Only what this application sealed is read; rubbish is one plain refusal."""
    page = posting.get(f"/callback?posted={posted}")
    assert (400, "response_malformed", 0) == (page.status, page.error_code, provider.ledger.count("token"))


def test_a_posted_answer_is_no_longer_than_an_address(posting: Browser) -> None:
    """Five thousand characters are no answer of PingOne's, and would not fit into the address that follows."""
    page = posting.post("/callback", {"code": "x" * 5000, "state": "y"}, follow=False, Sec_Fetch_Site="cross-site")
    assert (400, "response_malformed") == (page.status, page.error_code)


def test_another_browser_cannot_finish_it(posting: Browser, provider: Provider) -> None:
    """What is carried over is bound to the browser like any answer: elsewhere it is worth nothing."""
    page = posting.start("hosted")
    carried = next(url for url in page.trail if "posted=" in url).removeprefix(posting.public_url)
    stranger = Browser(posting.client.application, posting.public_url, provider)
    assert (400, False) == (stranger.get(carried).status, stranger.signed_in)
    assert 1 == provider.ledger.count("token")


def test_the_page_of_resume_must_post_to_us(posting: Browser, provider: Provider) -> None:
    """Custom page mode: our server reads the form, and one that leads elsewhere is an alarm."""
    provider.relocate = lambda uri: uri.replace("/callback", "/callback1")
    page = posting.sign_on("custom")
    assert (502, "resume_foreign_location", 0) == (page.status, page.error_code, provider.ledger.count("token"))


@pytest.mark.parametrize(
    "page",
    [
        "<p>Sorry",
        "<form action='{uri}'>",
        "<form method=post action='{uri}'></form><form></form>",
        "<form method=post action='{uri}'></form>" + " " * 70_000,
    ],
    ids=["no-form", "no-method", "two-forms", "too-long"],
)
def test_a_page_of_resume_that_is_no_form_is_a_fault_of_pingone(
    posting: Browser, provider: Provider, page: str
) -> None:
    """A maintenance page, say: nothing is read out of it."""
    html = page.replace("{uri}", f"{posting.public_url}/callback").encode()
    provider.faults["resume"] = provider_faults.body(html, "text/html")
    shown = posting.sign_on("custom")
    assert (502, "provider_error", 0) == (shown.status, shown.error_code, provider.ledger.count("token"))


@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_the_prepared_request_says_how_the_answer_comes(make_browser: MakeBrowser, mode: str) -> None:
    """The page that explains the request has the parameter, with its reason, only when it is sent."""
    text = make_browser(PINGONE_RESPONSE_MODE=mode).get("/sign-on/prepare?mode=hosted").text
    assert (mode == "form_post") == bool(re.search("response_mode", text)) == ("posts the answer to us" in text)
