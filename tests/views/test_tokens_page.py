"""What the owner of a session can ask about its tokens, and what is added to the story each time."""

import base64
import hashlib
import re
import subprocess

import pytest

from tests.support.overheard import Reader
from webapp.views.token_page import command


@pytest.fixture
def signed_on(reader: Reader) -> Reader:
    """Somebody who has just signed on, hosted."""
    someone = reader.another()
    someone.sign_on("hosted")
    return someone


def names(reader: Reader) -> list[str]:
    """The steps of the story of this session."""
    reader.get("/session")
    return [step["name"] for step in reader.steps()]


@pytest.mark.parametrize(
    ("button", "step", "shown"),
    [
        ("refresh", "refresh", "This session"),
        ("userinfo", "userinfo", "What userinfo answered"),
        ("introspect", "introspect", "What introspection answered"),
        ("revoke", "revoke", "PingOne accepted the request"),
    ],
)
def test_a_button_is_one_call_and_one_more_step_of_the_story(signed_on: Reader, button, step, shown) -> None:
    """The story goes on after sign-on, and says what was asked."""
    before = names(signed_on)
    page = signed_on.press(f"/session/{button}")
    assert (200, True) == (page.status_code, shown in page.text)
    assert [step] == names(signed_on)[len(before) :]


def test_introspection_says_what_is_different_from_local_verification(signed_on: Reader) -> None:
    """While the token lives both agree; that it was revoked only PingOne can know."""
    page = signed_on.press("/session/introspect").text
    table = page.partition("What introspection answered")[2].partition("</table>")[0]
    assert "Local verification reads what was signed when the access token was issued." in page
    assert "cannot be known: what was signed says the same until it expires" in table
    assert re.search(r"until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, in \d+ minutes", table)
    assert (0, True) == (table.count(">different<"), ">active<" in table)


def test_introspection_of_a_token_that_was_revoked(reader: Reader) -> None:
    """PingOne knows, while the signature is as good as before. It revokes tokens for custom resources only."""
    someone = reader.another()
    someone.sign_on("hosted?scope=openid+orders:read")
    someone.press("/session/revoke")
    page = someone.press("/session/introspect")
    assert 200 == page.status_code
    assert ["different", "different"] == re.findall(">(different|no difference)<", page.text)
    assert "it is not active any more, whatever the reason" in page.text


def test_userinfo_is_compared_with_the_id_token(signed_on: Reader) -> None:
    """Claim by claim, and the check of its sub is part of the story."""
    page = signed_on.press("/session/userinfo").text
    table = page.partition("What userinfo answered")[2].partition("</table>")[0]
    assert "no difference" in table
    assert "different<" not in table.replace("no difference", "")
    signed_on.get("/session")
    [step] = [step for step in signed_on.steps() if step["name"] == "userinfo"]
    assert [("userinfo sub", True)] == [(check["name"], check["passed"]) for check in step["checks"]]


def test_a_claim_that_needs_no_check_does_not_look_like_one_that_failed(signed_on: Reader) -> None:
    """It is informational; the others name their rule."""
    table = signed_on.get("/session/tokens").text.partition("Claims of the ID token")[2].partition("</table>")[0]
    told = re.findall(r"<td[^>]*>(?:<[^>]+>)?(– informational|checked)<", table)
    assert (table.count("<tr>") - 1, {"– informational", "checked"}) == (len(told), set(told))


def test_the_arithmetic_is_right(signed_on: Reader) -> None:
    """at_hash belongs to the access token, computed independently; for PKCE the page leads to the story."""
    page = signed_on.get("/session/tokens").text
    halves = [_hash(token, 16) for token in signed_on.wire.heard["access_token"]]
    assert 1 == sum(value in page for value in halves)
    signed_on.get("/session")
    assert f'href="/traces/{signed_on.trace}#pkce"' in page


def test_the_commands_compute_the_same() -> None:
    """Pasted into a shell, the commands of the pages give RFC 7636's challenge (Appendix B) and half a hash."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" == run(command(f"'{verifier}'"))
    assert _hash("a.b.c", 16) == run(command('"$ACCESS_TOKEN"', half=True), ACCESS_TOKEN="a.b.c")


def test_nobody_else_sees_tokens(reader: Reader) -> None:
    """Not signed on, none of the pages and buttons says anything about tokens."""
    stranger = reader.another()
    assert 401 == stranger.get("/session/tokens").status_code
    for button in ("reveal", "refresh", "userinfo", "introspect", "revoke"):
        assert (401, "session_ended") == (stranger.press(f"/session/{button}").status_code, stranger.error_code)


def _hash(text: str, length: int = 32) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:length]).rstrip(b"=").decode()


def run(line: str, **variables: str) -> str:
    """What a shell prints."""
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", **variables}
    return subprocess.run(["/bin/sh", "-c", line], env=env, capture_output=True, check=True).stdout.decode().strip()
