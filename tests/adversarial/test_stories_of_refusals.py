"""The story of a sign-on that was refused is shown too, and gives nothing away, however odd the answer was."""

import re

import pytest

from tests.support import provider_faults as http
from tests.support import provider_wire as wire
from tests.support.adversarial import secrets_of
from tests.support.provider import DELETE, Provider, plus_one
from tests.support.raw_http import Answer
from tests.support.raw_server import Wire
from tests.support.relying_party import MODES, Browser


def _rewritten(old: bytes, new: bytes):
    """The right body with one text replaced, which may leave it no longer JSON."""

    def fault(line: Wire, answer: Answer) -> bool:
        return http.body(answer.body.replace(old, new))(line, answer)

    return fault


def _encoded(codec: str):
    def fault(line: Wire, answer: Answer) -> bool:
        return http.body(answer.body.decode().encode(codec))(line, answer)

    return fault


def _labelled(content_type: str):
    def fault(line: Wire, answer: Answer) -> bool:
        return http.body(answer.body, content_type)(line, answer)

    return fault


# What happens to the token answer, which holds more secrets than any other.
FAULTS = {
    "nan": _rewritten(b"3600", b"NaN"),
    "infinite": _rewritten(b"3600", b"1e999"),
    "trailing-comma": _rewritten(b"}", b",}"),
    "single-quotes": _rewritten(b'"', b"'"),
    "members-twice": _rewritten(b"{", b'{"access_token":"x","id_token":"y",'),
    "in-a-list": _rewritten(b'{"access_token"', b'[{"access_token"'),
    "callback": _rewritten(b'{"access_token"', b'callback({"access_token"'),
    "byte-order-mark": _rewritten(b'{"access_token"', b'\xef\xbb\xbf{"access_token"'),
    "cut": wire.length_too_short,
    "utf-16": _encoded("utf-16"),
    "utf-32": _encoded("utf-32-le"),
    "as-text": _labelled("text/plain"),
    "as-html": _labelled("text/html; charset=utf-7"),
    "as-form": _labelled("application/x-www-form-urlencoded"),
    "as-nothing": _labelled(""),
    "escaped": _rewritten(b"planted-", b"\\u0070lanted-"),
    "status-400": http.right_body_status(400),
    "status-500": http.right_body_status(500),
}


def _story_of(browser: Browser, text: str) -> str:
    """Every page and file about the sign-on that a page links to."""
    links = set(re.findall(r'href="(/traces/[^"#?]+)"', text))
    assert links, text[:2000]
    ids = {link.removesuffix(".har") for link in links}
    return "".join(browser.get(path).text for each in ids for path in (each, f"{each}.har"))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", FAULTS)
def test_odd_token_answers_are_told_without_their_secrets(
    browser: Browser, provider: Provider, name: str, mode: str
) -> None:
    """A token answer that cannot be read is masked where it is shown, although nobody can say which part is a token."""
    provider.faults["token"] = FAULTS[name]
    page = browser.sign_on(mode)
    story = _story_of(browser, page.text if page.status != 200 else browser.get("/session").text)
    assert secrets_of(provider, story) == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("what", ["response", "id_token", "redirected"])
def test_refusals_are_told_without_their_secrets(browser: Browser, provider: Provider, what: str, mode: str) -> None:
    """Codes, tokens, cookies and passwords of a refused sign-on are masked, and so is what stands in redirects."""
    if what == "response":
        provider.tamper("response", error="access_denied", error_description=DELETE)
    if what == "id_token":
        provider.tamper("id_token", nonce=plus_one)
    if what == "redirected":
        provider.relocate = lambda location: location.replace("/callback", "/callback/elsewhere")
    page = browser.sign_on(mode)
    if what == "redirected" and mode == "hosted":
        assert 404 == page.status
        return
    if page.status == 200:
        page = browser.get("/session")
    assert secrets_of(provider, page.text + _story_of(browser, page.text)) == []
