"""The stories of one browser: listed, compared, and nobody else's."""

import re

import pytest

from tests.support.overheard import MakeReader, Reader


def listed(reader: Reader) -> list[str]:
    """The ids on the page of stories, the newest first."""
    page = reader.get("/traces")
    assert 200 == page.status_code
    return re.findall(r'<th scope="row"><a href="/traces/([^"]+)"', page.text)


def test_a_browser_lists_its_own_stories_and_no_others(make_reader: MakeReader) -> None:
    """Refused, signed on and signed off; a stranger sees none of them and can compare none."""
    reader = make_reader()
    assert [] == listed(reader)
    reader.sign_on("redirectless", password="wrong")
    reader.sign_on("hosted")
    stories = listed(reader)
    assert 2 == len(stories)
    reader.press("/sign-off")
    assert stories[0] in listed(reader)
    assert '<h1 id="story-title" data-grows>Signed off, hosted</h1>' in reader.get(f"/traces/{stories[0]}").text
    stranger = reader.another()
    page = stranger.get("/traces").text
    assert ("signing on as another user removes them" in page, "Beyond 5," in page) == (True, True)
    assert "aria-current" not in page, "nobody is signed on: this is no page of a session"
    stranger.sign_on("custom")
    [own] = listed(stranger)
    for a, b in ((own, stories[0]), (stories[0], own), (own, "compare")):
        assert 404 == stranger.get(f"/traces/compare?a={a}&b={b}").status_code


def test_what_is_over_stays_over_sign_off_for_the_same_person_alone(make_reader: MakeReader) -> None:
    """Refused, signed on, silent, signed off: all can be compared. An open sign-on ends; of somebody else's stories
    a newcomer finds none."""
    reader = make_reader()
    reader.switch(fault="nonce_wrong", mode="next")
    reader.sign_on("hosted")
    reader.sign_on("hosted")
    reader.sign_on("hosted")
    reader.get("/sign-on/redirectless")
    before = listed(reader)
    reader.press("/sign-off")
    assert (4, before[1:]) == (len(before), listed(reader))
    reader.sign_on("redirectless")
    assert before[1:] == listed(reader)[1:]
    reader.press("/sign-off")
    reader.sign_on("redirectless", username="namelessTestUser")
    assert 1 == len(listed(reader))


def test_two_stories_are_aligned_and_their_differences_are_marked(make_reader: MakeReader) -> None:
    """A refused sign-on beside an accepted one: the check that failed, and nothing that is new in each of them."""
    reader = make_reader()
    reader.sign_on("hosted")
    reader.press("/sign-off")
    reader.switch(fault="nonce_wrong", mode="next")
    reader.sign_on("hosted")
    refused, accepted = listed(reader)[:2]
    page = reader.get(f"/traces/compare?a={accepted}&b={refused}").text
    titles = dict(re.findall(r"<h3>([^<]+)</h3><span>(.*?)</span></div>", page, re.DOTALL))
    assert "check nonce" in titles["Exchange the code for tokens"]
    assert "nonce: expected" in page
    assert '<span class="tag tag-good">alike</span>' in titles["Send the browser to PingOne"]
    alike = reader.get(f"/traces/compare?a={accepted}&b={accepted}").text
    assert (0, True) == (alike.count("tag-warn"), alike.count(">alike<") > 2)
    assert f'href="/traces/{refused}#step-' in page


def test_hosted_beside_redirectless_shows_who_does_what(make_reader: MakeReader) -> None:
    """The same three steps, made by the browser in one and by our server in the other; ST is at another party."""
    reader = make_reader()
    for mode in ("hosted", "redirectless"):
        reader.sign_on(mode)
        reader.press("/sign-off")
    second, first = listed(reader)
    page = reader.get(f"/traces/compare?a={first}&b={second}").text
    pairs = [each for each in page.split('<li class="card')[1:] if "in the first, " in each]
    titles = [re.findall("<strong>([^<]+)</strong>", each) for each in pairs]
    assert titles == [
        ["Send the browser to PingOne", "Ask PingOne for a flow"],
        ["The form of PingOne’s page", "Answer the form"],
        ["Resume: PingOne’s page finishes the flow", "Resume: exchange the finished flow for a code"],
        ["Sign off at PingOne", "Sign off at PingOne"],
    ]
    assert [1, 2] == [pairs[0].count("response_mode=pi.flow"), len(re.findall("Cookie: ST=", pairs[2]))]
    rows = re.findall('<th scope="row">(.*?)</th><td [^>]+>(.*?)</td><td [^>]+>(.*?)</td>', page)
    assert rows == [
        ("Where the password is typed", "on PingOne’s page", "into our form"),
        ("Who holds ST", "the browser", "our server"),
        ("Who calls resume", "the browser", "our server"),
        ("Where the code arrives", "at our redirect URI, brought by the browser", "in a JSON answer to our server"),
    ]
    assert "4 differences: where the password is typed, who holds ST, who calls resume" in page


@pytest.mark.parametrize("mode", ["hosted", "redirectless", "custom"])
def test_what_is_new_in_every_sign_on_or_done_after_one_does_not_count(make_reader: MakeReader, mode: str) -> None:
    """Two sign-ons in the same way have no difference, although only one was followed by a refresh and a sign-off."""
    reader = make_reader()
    reader.sign_on(mode)
    reader.press("/session/refresh")
    reader.press("/sign-off")
    reader.sign_on(mode)
    second, first = listed(reader)
    page = reader.get(f"/traces/compare?a={first}&b={second}").text
    assert "No difference in who does what" in page
    assert (0, True) == (page.count("tag-warn"), "No part below differs" in page)
    assert 1 == page.count("after the sign-on, only in the first")


def test_a_silent_sign_on_is_marked_in_the_list(make_reader: MakeReader) -> None:
    """It is the one in which PingOne showed no page."""
    reader = make_reader()
    for _ in range(2):
        reader.sign_on("hosted")
    rows = reader.get("/traces").text.split("<tr>")[2:]
    assert [True, False] == [">silent<" in row for row in rows]


def test_without_two_stories_there_is_nothing_to_compare(make_reader: MakeReader) -> None:
    """The list is shown instead."""
    assert "There is no story yet." in make_reader().get("/traces/compare").text
