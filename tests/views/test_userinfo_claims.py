"""What the ID token lacks and the settings name is asked of userinfo at sign-on: once, and about the same person."""

import pytest

from tests.support.overheard import MakeReader, Reader
from webapp.oidc.signed_on import SignedOn
from webapp.oidc.tokens import TokenSet


def signed_on(reader: Reader, fault: str = "", mode: str = "hosted") -> Reader:
    """A browser of its own, signed on with this fault."""
    someone = reader.another()
    if fault:
        someone.switch(fault=fault, mode="next")
    someone.sign_on(mode)
    return someone


def calls(reader: Reader) -> int:
    """How many userinfo calls the story of the session holds."""
    reader.get("/session")
    return [step["name"] for step in reader.steps()].count("userinfo")


@pytest.fixture(scope="module")
def asking(make_reader: MakeReader) -> Reader:
    """An application that wants groups and a locale, wherever they are."""
    return make_reader(USERINFO_CLAIMS="groups locale")


@pytest.mark.parametrize("mode", ["hosted", "redirectless", "custom"])
def test_what_is_missing_comes_from_userinfo_and_says_so(asking: Reader, mode: str) -> None:
    """One call; the page and the JSON name where each claim is from; a guard decides by it."""
    someone = signed_on(asking, "groups_missing", mode)
    session = someone.session()
    assert (["groups"], ["members"]) == (session["claims_from_userinfo"], session["groups"])
    assert 200 == someone.get("/members").status_code
    assert 1 == calls(someone)
    assert "from userinfo" in someone.get("/session").text


def test_where_nothing_is_missing_nothing_is_asked(make_reader: MakeReader) -> None:
    """The count of calls is what it is without the setting."""
    someone = signed_on(make_reader(USERINFO_CLAIMS="groups, email"))
    assert ([], 0) == (someone.session()["claims_from_userinfo"], calls(someone))


def test_a_claim_that_is_nowhere_stays_absent(asking: Reader) -> None:
    """A user may have none: that refuses nobody."""
    someone = signed_on(asking)
    assert "locale" not in someone.session()["claims"]
    assert 1 == calls(someone)


def test_an_answer_about_somebody_else_signs_nobody_on(asking: Reader) -> None:
    """`sub` must be equal (OpenID Connect Core 5.3.2)."""
    someone = signed_on(asking, "userinfo_subject")
    assert ("subject_changed", False) == (someone.error_code, someone.session()["signed_in"])


@pytest.mark.parametrize("fault", ["userinfo_500", "userinfo_html"])
def test_a_userinfo_that_fails_leaves_the_claim_absent(asking: Reader, fault: str) -> None:
    """The sign-on itself was good."""
    someone = signed_on(asking, fault)
    assert (True, []) == (someone.session()["signed_in"], someone.session()["claims_from_userinfo"])


def test_what_was_signed_for_this_sign_on_is_never_asked_elsewhere(make_reader: MakeReader) -> None:
    """`nbf` is missing from the ID token, and would be believed from nowhere else."""
    someone = signed_on(make_reader(USERINFO_CLAIMS="nbf acr auth_time"))
    assert ([], 0) == (someone.session()["claims_from_userinfo"], calls(someone))


def test_a_refresh_keeps_what_userinfo_gave() -> None:
    """A refreshed ID token lacks what the first one lacked; what it has is newer."""
    on = SignedOn("c", "i", "s", {"sub": "s", "a": 1, "b": 1}, TokenSet("t"), 0.0, "n", from_userinfo=("a", "b"))
    assert {"sub": "s", "a": 1, "b": 2} == on.renewed(TokenSet("u"), {"sub": "s", "b": 2}, (), 1.0).claims
    assert on == SignedOn.from_json(on.to_json())
