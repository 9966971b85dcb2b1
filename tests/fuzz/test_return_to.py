"""`return_to`: what is accepted stays on this site, however a browser reads it."""

import json
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser

from tests.fuzz.profile import PURE
from webapp.views.asking import NOT_A_PLACE, local_path

ORIGIN = "http://localhost:8000"
PIECES = [
    "/",
    "\\",
    ".",
    "..",
    "@",
    ":",
    "%2f",
    "%5c",
    "%2e",
    "?",
    "#",
    "&",
    "=",
    ";",
    "\t",
    "\n",
    " ",
    "\0",
    "evil.example",
    "a",
    "sign-on",
    "é",
    "／",
    "∕",
    "%09",
    "javascript:",
    "http:",
    "[",
    "]",
    "|",
    "~",
    "'",
    "\ud800",
    "\u2028",
]
PATHS = st.builds("".join, st.lists(st.sampled_from(PIECES), max_size=8)).map(lambda text: "/" + text) | st.text()


def resolved(target: str, origin: str) -> tuple[str, str]:
    """Origin and path that a browser makes of a link on a page of `origin`.

    The steps of https://url.spec.whatwg.org/#url-parsing that can lead elsewhere: controls and blanks at the ends go,
    tabs and line ends go everywhere, a backslash is a slash, two of them begin a host, dots walk.
    """
    text = re.sub(r"[\t\n\r]", "", target.strip("".join(map(chr, range(33)))))
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text):
        return text, ""
    path = re.split(r"[?#]", text, maxsplit=1)[0].replace("\\", "/")
    if path.startswith("//"):
        return path, ""
    walked: list[str] = []
    for part in path.split("/")[1:]:
        plain = part.lower().replace("%2e", ".")
        if plain == "..":
            walked[-1:] = []
        elif plain != ".":
            walked.append(part)
    return origin, "/" + "/".join(walked)


@PURE
@given(PATHS)
def test_an_accepted_path_stays_here(target: str) -> None:
    """Alone and behind our own origin it names one page of ours, as it is written."""
    accepted = local_path(target)
    assert accepted in ("", target)
    if accepted:
        written = accepted.partition("?")[0]
        assert (ORIGIN, written) == resolved(accepted, ORIGIN)
        assert not written.startswith(NOT_A_PLACE)
        assert accepted.isascii() and accepted.isprintable()


@PURE
@given(
    st.lists(st.from_regex(r"[a-z0-9_~-]{1,8}", fullmatch=True), max_size=4),
    st.from_regex(r"[a-z0-9=&%]{0,9}", fullmatch=True),
)
def test_an_ordinary_path_is_accepted(parts: list[str], query: str) -> None:
    """The positive control: pages and their queries are places to return to."""
    path = "/" + "/".join(parts) + (f"?{query}" if query else "")
    assert local_path(path) == ("" if path.startswith(NOT_A_PLACE) else path)


@pytest.mark.browser
def test_chromium_reads_accepted_paths_as_we_do(chromium_browser: Browser) -> None:
    """Two thousand accepted paths, resolved by a real browser's own parser: all are here, as written."""
    chance, accepted = random.Random(2), set()
    while len(accepted) < 2000:
        made = "/" + "".join(
            chance.choices([*PIECES, "b", "c.d", "-", "+", "!", "$", "(", ",", "*"], k=chance.randint(1, 6))
        )
        if local_path(made):
            accepted.add(made)
    page = chromium_browser.new_page()
    try:
        script = f"JSON.parse({json.dumps(json.dumps(sorted(accepted)))}).map(p => new URL(p, '{ORIGIN}/x/y?z').href)"
        read = [url.replace("%27", "'") for url in page.evaluate(script)]  # the one character that queries escape
        assert [ORIGIN + path for path in sorted(accepted)] == read
    finally:
        page.close()
