"""Guarded pages: who has the group sees them, everyone else is told what is missing, and nobody runs in circles."""

import pytest

from tests.support.overheard import MakeReader, Reader


def visit(reader: Reader, username: str, mode: str = "hosted") -> Reader:
    """Somebody else's browser, signed on as this demo user."""
    someone = reader.another()
    someone.sign_on(mode, username)
    if username == "mfaTestUser":
        someone.answer(device=device_of(someone))
        someone.answer(otp=passcode(someone))
    assert someone.session()["signed_in"]
    return someone


def device_of(reader: Reader) -> str:
    """The first device that the page offers."""
    assert reader.page is not None
    text = reader.page.text
    start = text.index('name="device"')
    return text[text.index('value="', start) + 7 :].partition('"')[0]


def passcode(reader: Reader) -> str:
    """The newest passcode of the simulator's inbox."""
    own = reader.simulator_url.removesuffix("/simulator")
    inbox = reader.client.get("/simulator/inbox", base_url=own, headers={"Accept": "application/json"})
    return str(inbox.get_json()["messages"][0]["code"])


@pytest.mark.parametrize("mode", ["hosted", "redirectless", "custom"])
def test_a_member_sees_the_page_for_members_and_not_that_for_administrators(reader: Reader, mode: str) -> None:
    """However the sign-on was made."""
    someone = visit(reader, "sharedTestUser", mode)
    assert ["members"] == someone.session()["groups"]
    assert 200 == someone.get("/members").status_code
    assert (403, "access_refused") == (someone.get("/admins").status_code, someone.error_code)
    assert "admins, in the claim groups" in someone.page.text


def test_an_administrator_sees_both(reader: Reader) -> None:
    """`mfaTestUser` is in both groups."""
    someone = visit(reader, "mfaTestUser")
    assert [200, 200] == [someone.get(path).status_code for path in ("/members", "/admins")]


def test_who_is_in_no_group_is_told_what_is_missing_and_whom_to_ask(reader: Reader) -> None:
    """The session stays, and the story says why."""
    someone = visit(reader, "namelessTestUser")
    assert [] == someone.session()["groups"]
    page = someone.get("/members")
    assert (403, "access_refused") == (page.status_code, someone.error_code)
    for words in (
        "The claim is missing altogether",
        "Attribute Mappings",
        "Group Names",
        "GROUPS_CLAIM",
        "Ask the person",
    ):
        assert words in page.text
    assert someone.session()["signed_in"]
    someone.get("/session")
    [step] = [each for each in someone.steps() if each["name"] == "guarded"]
    assert [("group", False)] == [(check["name"], check["passed"]) for check in step["checks"]]


def test_a_visitor_signs_on_and_arrives_at_the_page(reader: Reader) -> None:
    """Sent to sign on once, and back to the page that was asked for."""
    someone = reader.another()
    someone.get("/members")
    page = someone.answer(username="sharedTestUser", password="PingOne-2026!")
    assert (200, "/members") == (page.status_code, page.request.path)


def test_a_visitor_without_the_group_arrives_at_the_refusal_and_stays_there(reader: Reader) -> None:
    """Signing on does not help, so nobody is sent to sign on again."""
    someone = reader.another()
    someone.get("/members")
    page = someone.answer(username="namelessTestUser", password="PingOne-2026!")
    assert (403, "/members") == (page.status_code, page.request.path)


@pytest.mark.parametrize(
    ("fault", "words"),
    [("groups_missing", "The claim is missing altogether"), ("groups_text", "The claim has the wrong type")],
)
def test_a_fault_of_the_mapping_is_refused_and_explained(reader: Reader, fault: str, words: str) -> None:
    """A string that contains the group's name is no group."""
    reader.switch(fault=fault, mode="next")
    someone = visit(reader, "sharedTestUser")
    page = someone.get("/members")
    assert (403, True) == (page.status_code, words in page.text)


def test_the_settings_name_the_claim(make_reader: MakeReader) -> None:
    """With another name of the claim the group of the usual one opens nothing."""
    someone = visit(make_reader(GROUPS_CLAIM="roles"), "sharedTestUser")
    assert ([], 403) == (someone.session()["groups"], someone.get("/members").status_code)


def test_a_session_that_was_tampered_with_is_nobodys(reader: Reader) -> None:
    """Its record is sealed: who changes a byte of the cookie or of the store is a visitor."""
    someone = visit(reader, "sharedTestUser")
    cookie = someone.client.get_cookie("session", domain="localhost")
    assert cookie is not None
    someone.client.set_cookie("session", cookie.value[:-1] + ("A" if cookie.value[-1] != "A" else "B"))
    assert 303 == someone.client.get("/members", base_url=someone.public_url).status_code
