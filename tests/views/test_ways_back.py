"""Nobody is left without a word or a way back."""

import re
from dataclasses import replace

import pytest

from tests.support.overheard import MakeReader, Reader
from tests.views.producers import Stage
from webapp.trace.render import present
from webapp.views.traces import was_silent


def test_a_silent_attempt_is_told_on_home_to_its_browser_only(make_reader: MakeReader) -> None:
    """`prompt=none` without a session: home says so and links to the story; nobody else is told anything."""
    reader = make_reader()
    page = reader.get("/sign-on/hosted?prompt=none")
    assert (200, True) == (page.status_code, "nothing was asked" in page.text)
    address = re.sub(r"^[a-z]+://[^/]+", "", reader.url)
    assert f"/?not_signed_on={reader.trace}" == address
    assert 200 == reader.get(f"/traces/{reader.trace}").status_code
    assert "nothing was asked" not in reader.another().get(address).text


def test_a_silent_sign_on_is_told_as_such(make_reader: MakeReader) -> None:
    """A person who signed on at PingOne long before this sign-on began was asked for nothing."""
    reader = make_reader()
    reader.sign_on("hosted")
    story = present(reader.story())
    later = replace(story, started_at=story.started_at + 3600)
    assert [False, True] == [was_silent(each) for each in (story, later)]


def test_who_declines_can_decide_otherwise(make_reader: MakeReader) -> None:
    """A declined agreement is the visitor's to change, a locked account is not."""
    moves = {}
    for username in ("agreementTestUser", "lockedTestUser"):
        reader = make_reader().another()
        page = reader.sign_on("redirectless", username)
        if username == "agreementTestUser":
            decline = re.search(r'name="action" value="([^"]+)" formnovalidate>I do not accept', page.text)
            assert decline
            page = reader.post(reader.url, {"action": decline[1]})
        moves[username] = re.search(r"Who can fix it: ([\w ]+)", page.text)
    assert {"agreementTestUser": "The visitor", "lockedTestUser": "The PingOne administrator"} == {
        username: found and found[1] for username, found in moves.items()
    }


def test_silent_single_sign_on_is_told_as_such(reader: Reader) -> None:
    """Hosted twice, then our own page after it: nobody was asked, and the session page says so."""
    stage = Stage(reader)
    visitor = stage.own()
    told = []
    for mode in ("hosted", "hosted", "custom"):
        told.append("PingOne asked nothing" in visitor.sign_on(mode).text)
        stage.clock.ahead += 60
    stage.close[0]()
    assert [False, True, True] == told


@pytest.mark.parametrize("username", ["changeTestUser", "expiredTestUser"])
def test_a_password_manager_sees_whose_password_changes(reader: Reader, username: str) -> None:
    """Without a user name in the form it would keep the new password beside the old one, or for nobody."""
    reader.sign_on("redirectless", username)

    assert f'<input name="username" autocomplete="username" value="{username}" hidden>' in reader.page.text
