"""A story keeps what happened, in order, masked, bounded, and survives being stored between requests."""

import json
from dataclasses import dataclass

import pytest

from webapp.trace.mask import mask
from webapp.trace.story import FIRST_STEPS, MOST_BYTES, MOST_STEPS, Story

VALUE = "0b5ff4e6-1ed1-4b3f-9aef-52f3f1a5d0aa"
TOKEN = {"path": "/as/token", "method": "POST", "sent_type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Check:
    name: str = "nonce"
    expected: str | bool = "#77d01b"
    actual: str | bool = "#77d01b"
    passed: bool = True
    source: str = "https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation"


@pytest.fixture
def story() -> Story:
    return Story.begin("trace-1", "hosted", 1_795_000_000.0)


def test_a_story_is_the_same_after_it_was_stored(story: Story, exchange) -> None:
    """A sign-on spans several requests, and its story is stored between them."""
    story.hop("browser", "pingone", "GET", "https://a.example/as/authorize?state=x", at=1.0)
    story.record(exchange(sent=b"grant_type=authorization_code", **TOKEN))
    story.checked([Check()])
    story.end("refused", "id_token_claim", at=2.0)
    stored = json.loads(json.dumps(story.to_record()))
    assert stored == Story.from_record(stored).to_record()


@pytest.mark.parametrize("record", [{}, {"version": 99, "steps": [{"odd": 1}]}, {"version": 2, "notes": ["odd", {}]}])
def test_a_record_that_cannot_be_read_does_not_stop_a_sign_on(record: dict[str, object], exchange) -> None:
    """An older or newer release may have written it."""
    story = Story.from_record(record)
    story.record(exchange())
    assert "jwks" == story.steps[-1]["name"]


def test_a_hop_of_the_browser_carries_masked_headers_and_fields(story: Story) -> None:
    """What the browser did is told from the requests that reached us."""
    story.hop(
        "browser",
        "application",
        "POST",
        "/sign-on/step/abc",
        at=1.0,
        status=303,
        headers=[("Location", f"/callback?code={VALUE}")],
        body=[("username", "alice"), ("password", "hunter2")],
    )
    [step] = story.steps
    assert [["Location", f"/callback?code={mask('code', VALUE)}"]] == step["answer_headers"]
    assert [["username", "alice"], ["password", "‹password›"]] == step["body"]["pairs"]
    assert ("step", 303) == (step["name"], step["status"])


def test_the_parameters_of_a_get_become_its_query(story: Story) -> None:
    """The callback is told with the parameters that arrived, duplicates and odd text included."""
    story.hop(
        "browser", "application", "GET", "/callback", at=1.0, body=[("code", VALUE), ("x", "ä &\udcff"), ("x", "2")]
    )
    assert f"/callback?code={mask('code', VALUE)}&x=%C3%A4+%26%ED%B3%BF&x=2" == story.steps[0]["url"]


def test_a_failed_call_tells_why_and_no_secret(story: Story, exchange) -> None:
    """A time-out has no answer; its message may carry the URL."""
    story.record(exchange(status=None, failure=f"ReadTimeout: url: /as/resume?code={VALUE}"))
    [step] = story.steps
    assert f"ReadTimeout: url: /as/resume?code={mask('code', VALUE)}" == step["failure"]
    assert step["status"] is None


def test_registered_secrets_are_masked_and_never_recorded(story: Story, exchange, canaries) -> None:
    """The record is stored and shown; the values it hides are in memory only."""
    for kind, value in canaries.items():
        story.secret(kind, value)
    for value in canaries.values():
        story.record(exchange(answer=json.dumps({"echo": value, value: [f"x{value}y"]}).encode()))
    stored = json.dumps(story.to_record(), ensure_ascii=False)
    assert [] == [value for value in canaries.values() if value in stored]


def test_checks_belong_to_the_latest_step_or_to_the_one_named(story: Story, exchange) -> None:
    """Keys may be fetched between the token call and the checks of its answer: they are never meant."""
    story.record(exchange(sent=b"grant_type=authorization_code", **TOKEN))
    story.record(exchange())
    story.record(exchange(path="/as/.well-known/openid-configuration"))
    story.checked([Check("signature", True, False, passed=False)])
    story.record(exchange(path="/as/userinfo"))
    story.checked([Check("nonce")], step="token")
    story.checked([Check("sub")])
    assert [["signature", "nonce"], [], [], ["sub"]] == [
        [check["name"] for check in step["checks"]] for step in story.steps
    ]
    assert ("yes", "no") == (story.steps[0]["checks"][0]["expected"], story.steps[0]["checks"][0]["actual"])


def test_checks_of_the_metadata_belong_to_the_metadata(story: Story, exchange) -> None:
    """A sign-on may be refused at its very first call."""
    story.record(exchange(path="/as/.well-known/openid-configuration"))
    story.checked([Check("issuer", passed=False)])
    assert [("discovery", 1)] == [(step["name"], len(step["checks"])) for step in story.steps]


def test_checks_of_an_empty_story_have_a_step_of_their_own(story: Story) -> None:
    """A callback may be refused before anything else was recorded."""
    story.checked([])
    assert [] == story.steps
    story.checked([Check()])
    assert ["check"] == [step["name"] for step in story.steps]


def test_a_secret_in_a_check_is_masked(story: Story) -> None:
    """Checks compare secrets; they are told not to show them, and this is the second net."""
    story.secret("state", VALUE)
    story.checked([Check("state", VALUE, f"{VALUE}1", passed=False)])
    [check] = story.steps[0]["checks"]
    assert (check["expected"], check["actual"]) == (mask("state", VALUE), f"{mask('state', VALUE)}1")


@pytest.mark.parametrize("actual", ["['0b5ff4e6-secret']", "{'a': '0b5ff4e6-secret'}", "8154711081547110"])
def test_a_nonce_of_the_wrong_type_is_not_shown(story: Story, actual: str) -> None:
    """A check shows of a nonce its tag alone; what a list or a number holds is as secret."""
    story.checked([Check("nonce", "#77d01b", actual, passed=False)])
    [check] = story.steps[0]["checks"]
    assert ("#77d01b", True) == (check["expected"], check["actual"].startswith("‹nonce"))
    assert actual not in json.dumps(story.to_record())


def test_waiting_for_a_push_is_one_step_with_a_count(story: Story, exchange) -> None:
    """The same question with the same answer, fifty times, is one line of the story."""
    for second in range(50):
        story.record(exchange(path="/flows/1", answer=b'{"status":"PUSH_CONFIRMATION_REQUIRED"}', at=float(second)))
    story.record(exchange(path="/flows/1", answer=b'{"status":"COMPLETED"}', at=60.0))
    assert [(50, 0.0), (1, 60.0)] == [(step["repeats"], step["at"]) for step in story.steps]


def test_too_many_steps_lose_the_middle(story: Story, exchange) -> None:
    """How it began and how it ended are what the reader needs."""
    for number in range(MOST_STEPS + 5):
        story.record(exchange(path=f"/as/other/{number}"))
    numbers = [int(step["url"].rsplit("/", 1)[1]) for step in story.steps]
    expected = [*range(FIRST_STEPS), *range(FIRST_STEPS + 5, MOST_STEPS + 5)]
    assert (story.left_out, numbers) == (5, expected)


def test_a_record_has_a_largest_size(story: Story, exchange) -> None:
    """The largest bodies go first, then headers, then steps; the record always fits."""
    for number in range(MOST_STEPS):
        headers = tuple((f"X-{line}", "h" * 1_000) for line in range(20 if number % 2 else 0))
        story.record(exchange(path=f"/as/{number}", answer=b'{"a":"' + b"x" * 15_000 + b'"}', answer_headers=headers))
    record = story.to_record()
    assert len(json.dumps(record["notes"])) <= MOST_BYTES + 2 * MOST_STEPS
    assert len(record["notes"]) == MOST_STEPS
    assert {"json", "left_out"} == {step["answer_body"]["kind"] for step in Story.from_record(record).steps}
    assert {"json"} == {step["answer_body"]["kind"] for step in story.steps}


def test_the_end_of_a_story_is_kept(story: Story) -> None:
    """Outcome, error code and time; a refused sign-on's trace stands as well."""
    story.end("refused", "state_mismatch", at=7.5)
    record = story.to_record()
    assert ("refused", "state_mismatch", 7.5) == (record["outcome"], record["code"], record["ended_at"])
