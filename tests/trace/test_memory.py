"""What a sign-on has learned to hide it knows in its next request too, and the store learns it from nobody."""

import json

import pytest

from webapp.trace.memory import opened, sealed
from webapp.trace.story import Story

PASSWORD, KEY = "correct horse battery", "k" * 43


def first_request(exchange) -> dict[str, object]:
    """The record of a sign-on in which a password was posted and refused."""
    story = Story.begin("t", "redirectless", 0.0)
    story.remember(KEY)
    sent = json.dumps({"username": "alice", "password": PASSWORD}).encode()
    story.record(exchange("POST", "/flows/1", sent=sent, sent_type="application/json", status=400))
    return json.loads(json.dumps(story.to_record()))


@pytest.mark.parametrize(
    "echo", [{"message": f"you typed {PASSWORD}!"}, {"hint": PASSWORD}, {PASSWORD: [PASSWORD]}, "correct+horse+battery"]
)
def test_a_password_that_the_next_answer_repeats_is_masked(exchange, echo: object) -> None:
    """In prose, as a value, as a name, or encoded: it was typed in the request before."""
    story = Story.from_record(first_request(exchange))
    story.remember(KEY)
    story.record(exchange("GET", "/flows/1", answer=json.dumps([echo]).encode()))
    told = json.dumps([story.steps, story.to_record()])
    assert "‹password›" in json.dumps(story.steps, ensure_ascii=False)
    assert not any(form in told for form in (PASSWORD, "correct+horse+battery"))


def test_nothing_in_the_record_gives_it_back(exchange) -> None:
    """Not without the secret of the browser's cookie, which is in no store."""
    record = first_request(exchange)
    assert PASSWORD not in json.dumps(record)
    assert {PASSWORD: "password"} == opened(str(record["memory"]), KEY)
    assert {} == opened(str(record["memory"]), KEY[1:] + "x")
    assert [{}, {}, {}] == [opened(text, KEY) for text in ("", "AAAA", "no base64 ä")]


def test_it_is_forgotten_when_the_sign_on_is_over(exchange) -> None:
    """A story is kept for an hour, what it hides no longer than it is needed."""
    story = Story.from_record(first_request(exchange))
    story.remember(KEY)
    story.end("signed_on", at=1.0)
    assert "memory" not in story.to_record()


def test_what_is_remembered_has_a_bound() -> None:
    """The latest twenty, none of them long."""
    kept = opened(sealed({f"value-{number}": "otp" for number in range(500)} | {"x" * 5_000: "token"}, KEY), KEY)
    assert [f"value-{number}" for number in range(480, 500)] == [*kept]
