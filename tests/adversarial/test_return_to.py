"""`return_to` leads to a page of this site, in whatever coding somebody tries to make it lead elsewhere."""

from urllib.parse import quote

import pytest

from tests.support.relying_party import Browser

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "/\r\n/evil.example",
    "/%2f%2fevil.example\n",
    "https://evil.example",
    "https:/evil.example",
    "https:evil.example",
    "HTTPS://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/..//evil.example",
    "/.//evil.example",
    "/session/..//evil.example",
    "/@evil.example\\",
    "evil.example",
    "http://localhost:5999@evil.example/",
    "/\u2215evil.example",
    "/\uff0f/evil.example",
    "/%09/evil.example\t",
    "/callback?code=x&state=y",
    "/sign-on/hosted",
    "/session\r\nSet-Cookie: a=b",
    "/" + "a" * 5000,
]


@pytest.mark.parametrize("target", ELSEWHERE, ids=ascii)
def test_no_open_redirect(browser: Browser, target: str) -> None:
    """The sign-on ends at the session page, and no address on the way is anybody else's."""
    page = browser.sign_on("hosted", f"?return_to={quote(target, safe='')}")
    assert browser.signed_in
    assert (200, f"{browser.public_url}/session") == (page.status, page.trail[-1])
    assert "evil.example" not in str(page.headers)


@pytest.mark.parametrize("target", ["/checks", "/session/tokens", "/how-it-works?a=b&c=d", "/help/refused"])
def test_own_pages_are_reached(browser: Browser, target: str) -> None:
    """The positive control: a page of ours is where the sign-on ends."""
    page = browser.sign_on("hosted", f"?return_to={quote(target, safe='')}")
    assert f"{browser.public_url}{target}" == page.trail[-1]


@pytest.mark.parametrize("middle", ["a" * 900, "a/" * 450, "a." * 450, "%2f" * 300, "a" * 300 + "/" + "b" * 300])
def test_checking_a_path_takes_no_time_worth_mentioning(browser: Browser, middle: str) -> None:
    """A path that almost fits must not send a regular expression into endless backtracking."""
    for end in ("<", "\n", "//", "\\"):
        assert 303 == browser.get(f"/sign-on/hosted?return_to={quote('/' + middle + end)}", follow=False).status


def test_other_parameters_do_not_reach_pingone(browser: Browser) -> None:
    """What a visitor writes into the address of the start is not passed on unless it is on the list."""
    query = "?client_id=evil&redirect_uri=https://evil.example&state=x&nonce=y&code_challenge=z&response_type=token"
    more = "&response_mode=form_post&request=e.e.e&request_uri=x&resource=y&claims=%7B%7D&login_hint=a&max_age=60"
    browser.sign_on("hosted", query + more)
    sent = browser.provider.ledger.of("authorize")[0].params
    assert browser.signed_in
    assert ("a", "60") == (sent["login_hint"], sent["max_age"])
    assert {"request", "request_uri", "resource", "claims", "response_mode"}.isdisjoint(sent)
    assert [] == browser.provider.complaints
