"""PKCE as the story proves it: on the values of this sign-on, for its owner down to the verifier."""

import html
import re

import pytest

from tests.support.overheard import MakeReader, Reader
from tests.views.test_tokens_page import run
from webapp.oidc.pkce import challenge

MODES = ("hosted", "redirectless", "custom")


def shown(page: str) -> str:
    """The section, as text."""
    section = re.search(r'<section [^>]*id="pkce-proof".*?</section>', page, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", section[0])) if section else ""


@pytest.mark.parametrize("mode", MODES)
def test_the_challenge_is_shown_to_be_the_hash_of_the_spent_verifier(make_reader: MakeReader, mode: str) -> None:
    """Without showing the verifier, and with links to the two steps in which the values travelled."""
    reader = make_reader()
    reader.sign_on(mode)
    page = reader.get(f"/traces/{reader.trace}").text
    [verifier] = reader.wire.heard["code_verifier"]
    assert (True, False) == (challenge(verifier) in shown(page), verifier in page)
    assert "The challenge is the hash of this verifier: computed again just now." in shown(page)
    linked = re.findall(r'href="#(step-\d+)">step \d+</a>', page)
    spent, sent = (page.partition(f'id="{anchor}"')[2].partition('id="step-')[0] for anchor in linked)
    assert ("code_verifier=" in spent, challenge(verifier) in sent) == (True, True)


def test_the_owner_may_see_the_verifier_once_and_compute_the_challenge(reader: Reader) -> None:
    """By a button; the command on the page, run by a shell, prints the challenge; a reload hides the verifier."""
    someone = reader.another()
    before = set(someone.wire.heard.get("code_verifier", ()))
    someone.sign_on("hosted")
    story, [verifier] = f"/traces/{someone.trace}", someone.wire.heard["code_verifier"] - before
    page = someone.press(f"{story}/verifier").text
    [command] = re.findall(r'id="pkce-command">.*?<pre>(.*?)</pre>', page, re.DOTALL)
    assert challenge(verifier) == run(html.unescape(re.sub("<[^>]+>", "", command)))
    assert (True, False) == (verifier in page, verifier in someone.get(story).text)
    assert verifier not in someone.get(f"{story}.har").text


def test_nobody_else_gets_the_verifier(reader: Reader) -> None:
    """Nor does its own browser once the session is over; the proof by the tag stays."""
    someone = reader.another()
    someone.sign_on("hosted")
    story = f"/traces/{someone.trace}"
    stranger = reader.another()
    assert 404 == stranger.press(f"{story}/verifier").status_code
    stranger.sign_on("hosted")
    assert 404 == stranger.press(f"{story}/verifier").status_code
    someone.sign_on("hosted")
    assert 404 == someone.press(f"{story}/verifier").status_code
    someone.press("/sign-off")
    assert 404 == someone.press(f"{story}/verifier").status_code
    page = shown(someone.get(story).text)
    assert "The challenge is the hash of this verifier." in page
    assert "can be shown while the session that came of it lasts" in page


def test_a_verifier_that_does_not_fit_is_not_said_to_fit(make_reader: MakeReader) -> None:
    """The tags in the story decide, not that the sign-on went well."""
    reader = make_reader()
    reader.sign_on("hosted")
    reader.get("/session")
    trace, record = reader.trace, reader.story()
    reader.press("/sign-off")  # What the session held would tell as well.
    for note in record["notes"]:
        if "code_challenge=" in note.get("url", ""):
            note["url"] = re.sub(r"code_challenge=[\w-]{43}", "code_challenge=" + "A" * 43, note["url"])
    reader.services.traces.update(trace, record)
    assert "The challenge is not the hash of this verifier." in shown(reader.get(f"/traces/{trace}").text)


def test_before_the_code_is_exchanged_there_is_no_proof(make_reader: MakeReader) -> None:
    """The verifier has not travelled, and may not be shown."""
    reader = make_reader()
    reader.get("/sign-on/redirectless")
    trace = reader.trace
    assert "" == shown(reader.get(f"/traces/{trace}").text)
    assert 404 == reader.press(f"/traces/{trace}/verifier").status_code
