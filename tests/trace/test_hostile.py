"""Whatever an answer, a user name or a URL holds, the recorder neither fails a sign-on nor works without end."""

import base64
import json
from urllib.parse import quote

import pytest

from tests.trace.masking import Masking, keep_body
from webapp.trace import story as recorder
from webapp.trace.render import present
from webapp.trace.story import BROKEN, Story

VALUE = "0b5ff4e6-1ed1-4b3f-9aef-52f3f1a5d0aa"


def nested(depth: int, inner: str = f"https://a.example/cb?code={VALUE}") -> str:
    """A URL in a URL in a URL; only the name of the innermost parameter is that of a secret."""
    for _ in range(depth):
        inner = f"https://a.example/x?next={quote(inner, safe='')}" if len(inner) < 4_000 else f"/x?next={inner}"
    return inner


def token(payload: dict[str, object]) -> str:
    """A signed token, as far as its form goes."""
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "RS256"}, payload)
    )
    return f"{head}.{body}.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"


@pytest.mark.parametrize("depth", [1, 2, 5, 200])
def test_a_url_in_a_url_is_masked_however_deep(depth: int, exchange) -> None:
    """In the callback, in a user name, in an answer: at 200 the recorder once ran out of stack."""
    hostile = nested(depth)
    story = Story.begin("t", "hosted", 0.0)
    story.hop("browser", "application", "GET", "/callback", at=0.0, body=[("code", "x" * 20), ("error", hostile)])
    story.record(exchange("POST", "/as/token", answer=json.dumps({"username": hostile, "scope": hostile}).encode()))
    story.record(exchange("GET", hostile, answer_headers=(("Location", hostile), ("X-Any", hostile))))
    told = json.dumps(story.to_record())
    assert (3, False, False) == (len(story.notes), VALUE in told, BROKEN in told)
    assert present(story.to_record()).cards


@pytest.mark.parametrize(
    "hostile",
    [
        "/x?" + "a=%25" * 40_000,
        "https://" + "u:p@" * 40_000,
        "a%3D" * 60_000,
        "%25" * 80_000,
        "a=[" * 80_000,
        'a:"' * 80_000,
        "password=" * 30_000,
        'password:\\"' * 20_000,
        "a-" * 120_000,
    ],
)
def test_long_texts_are_read_a_few_times_and_no_more(hostile: str) -> None:
    """No pattern backtracks over them, or this test never ends."""
    masking = Masking()
    assert masking.text(hostile)
    assert masking.url(hostile)
    assert masking.headers([("Cookie", hostile), ("X-Any", hostile), ("Set-Cookie", hostile)])
    assert keep_body(hostile.encode(), "application/x-www-form-urlencoded")["kind"]
    assert keep_body(json.dumps({"a": hostile, hostile: 1}).encode(), "application/json")["kind"]


def test_a_thousand_cookies_and_a_token_in_a_token_are_bounded(exchange) -> None:
    """What is beyond the bound is masked as a whole."""
    cookies = "; ".join(f"c{number}={VALUE}{number}" for number in range(1_000))[:16_000]
    inner = token({"id_token": VALUE})
    for _ in range(12):
        inner = token({"id_token": inner, "nonce": VALUE})
    story = Story.begin("t", "hosted", 0.0)
    headers = (("Cookie", cookies),)
    story.record(exchange("POST", "/as/token", headers=headers, answer=json.dumps({"id_token": inner}).encode()))
    told = json.dumps(story.to_record())
    assert (False, False) == (VALUE in told, BROKEN in told)
    assert story.steps[0]["answer_body"]["tokens"]


@pytest.mark.parametrize("opening", ['{"password":', '{"a":', "[", '{"password":['])
def test_json_deeper_than_the_stack_is_left_out(opening: str) -> None:
    """What stands below the name of a secret is one, at any depth; what cannot be read is not kept."""
    for depth in (30, 400, 100_000):
        raw = (
            opening * depth
            + f'"{VALUE}"'
            + "".join("]" if each == "[" else "}" for each in opening[::-1] if each in "[{") * depth
        )
        body = keep_body(raw.encode(), "application/json")
        if "password" in opening:
            assert VALUE not in json.dumps(body), depth
        assert "json" == body["kind"] or "left_out" == body["kind"]


def test_a_step_that_cannot_be_written_down_says_so(monkeypatch, exchange) -> None:
    """The sign-on goes on, the story too, and its reader sees where something is missing."""

    def fail(*_: object) -> dict[str, object]:
        raise RecursionError

    story = Story.begin("t", "hosted", 0.0)
    monkeypatch.setattr(recorder, "note_call", fail)
    story.record(exchange())
    monkeypatch.undo()
    story.record(exchange("GET", "/as/userinfo"))
    cards = present(story.to_record()).cards
    assert [("pingone", True), ("pingone", False)] == [(card.receiver, card.failed) for card in cards]
    assert BROKEN in str(cards[0].failure)
