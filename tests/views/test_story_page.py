"""The page of a story: what it weighs, the code that it shows, and links that lead somewhere."""

import html
import re
from pathlib import Path

import pytest

from tests.support.overheard import MakeReader, Reader

ROOT = Path(__file__).parents[2]
SOURCE = re.compile(r'id="step-\d+-code-\d+"><h4>([^<]+), line (\d+)</h4><pre>(.*?)</pre>', re.DOTALL)
AFTERWARDS = ("refresh", "userinfo", "introspect", "revoke")


@pytest.fixture(scope="module")
def warm(make_reader: MakeReader) -> Reader:
    """Somebody in front of an application that has fetched keys and metadata."""
    reader = make_reader()
    reader.sign_on("redirectless")
    return reader


def story_of(reader: Reader, mode: str, *buttons: str) -> str:
    """The page of a sign-on and of what was asked after it."""
    someone = reader.another()
    someone.sign_on(mode)
    for button in buttons:
        someone.press(f"/session/{button}")
    someone.get("/session")
    return someone.get(f"/traces/{someone.trace}").text


@pytest.mark.parametrize("mode", ["hosted", "redirectless"])
def test_a_story_of_ten_steps_weighs_little(warm: Reader, mode: str) -> None:
    """60 KB, with the code of each step, and nothing on it twice."""
    page = story_of(warm, mode, *AFTERWARDS)
    assert (10, True) == (page.count('class="card step-card'), len(page.encode()) <= 60 * 1024)


@pytest.mark.parametrize("path", ["/", "/session"])
def test_home_and_session_weigh_little(warm: Reader, path: str) -> None:
    """15 KB, for somebody who is signed on."""
    assert 5_000 < len(warm.get(path).data) <= 15_000


def test_every_link_within_a_story_leads_to_one_place(warm: Reader) -> None:
    """From the diagram, the rail, the proof and the code: no link to nowhere, no id twice."""
    page = story_of(warm, "hosted", *AFTERWARDS)
    ids, links = re.findall(r' id="([^"]+)"', page), set(re.findall(r'href="#([^"]+)"', page))
    assert len(ids) == len(set(ids))
    assert set() == links - set(ids)
    assert {f"step-{at}" for at in range(1, 11)} <= links


@pytest.mark.parametrize("path", ["/", "/how-it-works", "/patterns"])
def test_every_word_that_is_explained_opens_its_meaning(warm: Reader, path: str) -> None:
    """A button without a popover does nothing; a popover without a button is never seen."""
    page = warm.get(path).text
    asked, told = set(re.findall(r'popovertarget="([^"]+)"', page)), re.findall(r'id="([^"]+)" popover', page)
    assert sorted(asked) == sorted(told)
    assert "word-st" in asked


def test_the_code_of_a_step_is_its_own_and_says_where_it_is(warm: Reader) -> None:
    """The first line shown is the line named; a docstring is its first line; each check of the answer is marked."""
    page = story_of(warm, "hosted")
    shown = {file: (int(line), text) for file, line, text in SOURCE.findall(page)}
    assert {"webapp/oidc/tokens.py", "webapp/oidc/response.py", "webapp/oidc/id_token.py"} <= set(shown)
    for file, (line, text) in shown.items():
        first = html.unescape(re.sub("<[^>]+>", "", text)).splitlines()[0]
        assert first == (ROOT / file).read_text(encoding="utf-8").splitlines()[line - 1].strip()
    marked = re.findall("<mark>(.*?)</mark>", shown["webapp/oidc/id_token.py"][1])
    names = [re.findall('<i>"(\\w+)"</i>', line)[0] for line in marked if '<i>"' in line]
    assert ["iss", "aud", "azp", "exp", "iat", "sub", "nonce", "at_hash"] == names


def test_a_refused_check_opens_at_its_line(make_reader: MakeReader) -> None:
    """Nobody has to look for the line that refused."""
    reader = make_reader()
    reader.switch(fault="nonce_wrong", mode="next")
    page = reader.sign_on("redirectless").text
    page = reader.get(re.search(r'href="(/traces/[^".]+)"', page)[1]).text
    opened = page.partition("open><summary>In the code: <code>_nonce</code></summary>")[2]
    first = opened.partition("</pre>")[0]
    assert 1 == opened.partition("</details>")[0].count('<div class="code"')
    [line] = re.findall("<mark class=failed>(.*?)</mark>", first)
    assert (1, True) == (first.count("<b>def</b>"), '<i>"nonce"</i>' in line)
