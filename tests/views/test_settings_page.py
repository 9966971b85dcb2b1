"""The settings in the order of the console, and the doctor on request, for those on whose behalf PingOne is called."""

import re

import pytest

from tests.support.overheard import MakeReader, Reader
from webapp.simulator import CLIENT_ID

LEGACY = "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a12"
"""An application with the settings that end in March 2027."""
PUBLIC = {
    "PUBLIC_URL": "https://app.example",
    "SIMULATOR": "public",
    "SECRET_KEY": "tests-of-public-pages-tests-of-public-pages-1",
    "INSTANCE_PATH": "/tmp/somewhere-nobody-should-read-about",
}


@pytest.fixture
def public(make_reader: MakeReader) -> Reader:
    """A stranger in front of an application on a public address."""
    return make_reader(**PUBLIC)


def calls(reader: Reader) -> int:
    """Calls to PingOne so far."""
    return reader.services.transport.calls


def test_the_doctor_looks_when_asked_and_not_before(reader: Reader) -> None:
    """On loopback for everybody: looking at the page costs nothing, the button asks PingOne."""
    before = calls(reader)
    page = reader.get("/settings").text
    assert before == calls(reader)
    action = re.findall(r'<form method="post" action="(/settings/[^"#]*)', page)
    assert ["/settings/examine"] == action
    answer = reader.press(action[0])
    assert (200, True) == (answer.status_code, calls(reader) > before)
    assert re.search(r"Nothing to change: all \d+ findings are good.", answer.text)
    assert "PingOne answers" in answer.text


def test_what_is_wrong_comes_first_and_names_the_field(make_reader: MakeReader) -> None:
    """A client that PingOne does not know."""
    reader = make_reader(SIMULATOR="on", PINGONE_CLIENT_ID="00000000-0000-4000-8000-000000000000")
    page = reader.press("/settings/examine").text
    assert re.search(r"\d+ of \d+ findings needs? attention\.", page)
    states = re.findall(r'<li class="check finding( failed)?">', page)
    assert states == sorted(states, reverse=True)
    assert "<strong>Change:</strong> PingOne console: Applications" in page


def test_a_stranger_cannot_make_a_public_application_call_pingone(public: Reader) -> None:
    """No button, and no findings for who posts without it; a person who is signed on gets both."""
    before = calls(public)
    assert "/settings/examine" not in public.get("/settings").text
    answer = public.press("/settings/examine")
    assert (403, False, before) == (answer.status_code, "Findings of the doctor" in answer.text, calls(public))
    public.sign_on("redirectless")
    assert "/settings/examine" in public.get("/settings").text
    answer = public.press("/settings/examine")
    assert (200, True) == (answer.status_code, "Findings of the doctor" in answer.text)
    assert re.search("Groups (do not )?arrive", answer.text)
    assert PUBLIC["INSTANCE_PATH"] not in answer.text


def test_another_site_cannot_have_the_settings_examined(reader: Reader) -> None:
    """The button is a same-origin POST; a link is not enough."""
    foreign = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    assert 403 == reader.client.post("/settings/examine", base_url=reader.public_url, headers=foreign).status_code
    assert 405 == reader.get("/settings/examine").status_code


def test_secrets_are_set_or_not_set_and_places_are_hidden_in_public(public: Reader) -> None:
    """The page shows no key, and on a public address no folder."""
    page = public.get("/settings").text
    assert [] == [name for name in ("SECRET_KEY", "INSTANCE_PATH") if PUBLIC[name] in page]
    row = page.partition(">SECRET_KEY</th>")[2].partition("</tr>")[0]
    assert ">set<" in row
    assert "https://app.example/callback" in page


def test_the_groups_stand_in_the_order_of_the_console(reader: Reader) -> None:
    """Environment before application before request, then what is not in the console; no setting is missing."""
    page = reader.get("/settings").text
    titles = re.findall(r'<h2 id="group-\d+">([^<]+)<', page)
    assert ["Environment", "Application", "Request", "This site", "This server"] == titles
    shown = re.findall(r'<th scope="row" class="mono term">([A-Z_]+)</th>', page)
    assert sorted(row[0] for row in reader.services.settings.rows()) == sorted(shown)


@pytest.mark.parametrize(
    ("application", "era", "expected"),
    [
        (LEGACY, "today", {f"Ends on 2 March 2027: the {what}" for what in ("form of refresh tokens", "default key")}),
        (LEGACY, "2027", set()),
        (CLIENT_ID, "today", set()),
    ],
)
def test_what_ends_in_march_2027_is_seen_in_the_tokens_of_who_is_signed_on(
    make_reader: MakeReader, application: str, era: str, expected: set[str]
) -> None:
    """Each is a finding with its field, before the day; afterwards, and with the newer settings, there is none."""
    reader = make_reader(SIMULATOR="on", PINGONE_CLIENT_ID=application)
    simulator = reader.simulator_url.removesuffix("/simulator")
    chosen = reader.client.post("/simulator/switches", base_url=simulator, json={"era": era})
    assert 200 == chosen.status_code
    reader.sign_on("redirectless")
    page = reader.press("/settings/examine").text
    wrong = re.findall(r'finding failed">.*?<b>([^<]+)<', page, re.DOTALL)
    assert expected == {title for title in wrong if "2027" in title}
    assert bool(expected) == ("Refresh Token Format: Opaque Token" in page and "key rotation policy" in page)
