"""A stored story becomes cards: requests and answers as people read them, failing checks first, totals on top."""

import json
from dataclasses import dataclass

import pytest

from webapp.trace.diagram import draw
from webapp.trace.explain import explain
from webapp.trace.mask import mask
from webapp.trace.render import present
from webapp.trace.story import Story

BASE = "https://auth.pingone.example/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
VALUE = "0b5ff4e6-1ed1-4b3f-9aef-52f3f1a5d0aa"
STATE = "5a7e0000-1ed1-4b3f-9aef-52f3f1a5d0aa"


@dataclass(frozen=True)
class Check:
    name: str = "nonce"
    passed: bool = True
    expected: str = "this"
    actual: str = "that"
    source: str = ""


def test_cards_stand_in_order_and_have_anchors(told: Story) -> None:
    """The numbered list is the truth that the diagram and deep links refer to."""
    cards = present(told.to_record()).cards
    assert [
        (1, "step-1", "browser", "pingone", "authorize"),
        (2, "step-2", "browser", "application", "callback"),
        (3, "step-3", "application", "pingone", "token"),
        (4, "step-4", "application", "pingone", "jwks"),
    ] == [(card.index, card.anchor, card.sender, card.receiver, card.name) for card in cards]


def test_a_card_explains_its_step(told: Story) -> None:
    """What, why, the rule, and the title in a few words."""
    card = present(told.to_record()).cards[2]
    explanation = explain("token")
    assert "Code for tokens" == card.label
    assert (explanation.title, explanation.what, explanation.why) == (card.title, card.what, card.why)
    assert (explanation.document[1], explanation.document[0]) == (card.source, card.source_title)


def test_a_request_is_written_as_people_read_http(told: Story) -> None:
    """First line, headers, an empty line, one field per line."""
    card = present(told.to_record()).cards[2]
    assert (
        f"POST {BASE}/as/token\n"
        "Accept: application/json\n"
        "Content-Type: application/x-www-form-urlencoded\n"
        "\n"
        "grant_type=authorization_code\n"
        f"&code={mask('code', VALUE)}\n"
        "&redirect_uri=http://localhost:8000/callback"
    ) == card.request


def test_a_long_url_has_one_parameter_per_line(told: Story) -> None:
    """An authorization request on one line is read by nobody."""
    card = present(told.to_record()).cards[0]
    assert [
        f"GET {BASE}/as/authorize",
        "    ?response_type=code",
        "    &redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fcallback",
        f"    &state={mask('state', STATE)}",
    ] == card.request.split("\n")


def test_an_answer_shows_its_tokens_opened(exchange) -> None:
    """Status, headers, JSON; apart from it header and payload of each token with the signature masked."""
    story = Story.begin("t", "hosted", 0.0)
    story.record(exchange("POST", "/as/token", answer=b'{"id_token":"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."}'))
    [card] = present(story.to_record()).cards
    assert (
        "200 OK\n"
        "Content-Type: application/json\n"
        "\n"
        "{\n"
        f'  "id_token": "{mask("id_token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.")}"\n'
        "}"
    ) == card.response
    parts = '{\n  "alg": "none"\n}\n.\n{\n  "sub": "a"\n}\n.\n(no signature)'
    assert [("id_token", parts)] == [(token.name, token.text) for token in card.tokens]


def test_a_key_is_shown_by_its_beginning(exchange) -> None:
    """A certificate fills a screen and tells nobody anything; its length is said, and the archive has all of it."""
    story = Story.begin("t", "hosted", 0.0)
    story.record(exchange(answer=json.dumps({"x5c": ["M" * 1300], "n": "k" * 150}).encode()))
    response = present(story.to_record()).cards[0].response
    assert f'"{"M" * 48}… (1,300 characters)"' in response
    assert f'"{"k" * 150}"' in response


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"status": None, "failure": "ReadTimeout: too late"}, "No answer: ReadTimeout: too late"),
        ({"answer": b"<html>", "answer_type": "text/html"}, "(text/html, 6 bytes, not kept)"),
        ({"answer": b"\xff", "answer_type": ""}, "(a body of unknown type, 1 bytes, not kept)"),
    ],
)
def test_an_answer_that_cannot_be_shown_says_why(exchange, parts: dict[str, object], expected: str) -> None:
    """Time-outs and HTML pages are part of the story."""
    story = Story.begin("t", "hosted", 0.0)
    story.record(exchange(**parts))
    assert expected == present(story.to_record()).cards[0].response.split("\n\n")[-1]


def test_failing_checks_come_first_and_the_refusal_stands_on_top(told: Story) -> None:
    """The reader of a refused sign-on has one question."""
    told.checked([Check("iss"), Check("nonce", passed=False), Check("exp")], step="token")
    told.end("refused", "id_token_claim", at=1_795_000_010.0)
    shown = present(told.to_record())
    assert ("refused", "id_token_claim", "nonce", "step-3") == (
        shown.outcome,
        shown.code,
        shown.failing["name"],
        shown.failing_anchor,
    )
    assert ["nonce", "iss", "exp"] == [check["name"] for check in shown.cards[2].checks]
    assert [False, False, True, False] == [card.failed for card in shown.cards]


def test_the_latest_failing_check_is_the_refusal(told: Story) -> None:
    """A step may be repeated after a failed check; what came last ended the sign-on."""
    told.checked([Check("first", passed=False)], step="callback")
    told.checked([Check("last", passed=False)], step="token")
    assert "last" == present(told.to_record()).failing["name"]


def test_a_refusal_without_a_check_points_at_the_last_step(told: Story) -> None:
    """A time-out refuses a sign-on as well."""
    told.end("refused", "provider_unreachable", at=1_795_000_010.0)
    shown = present(told.to_record())
    assert (None, "step-4") == (shown.failing, shown.failing_anchor)


@pytest.mark.parametrize("parts", [{"status": 400}, {"status": None, "failure": "ReadTimeout"}])
def test_an_error_or_no_answer_is_a_failed_step(exchange, parts: dict[str, object]) -> None:
    """The diagram draws it as one."""
    story = Story.begin("t", "hosted", 0.0)
    story.record(exchange(**parts))
    shown = present(story.to_record())
    assert (True, True) == (shown.cards[0].failed, draw(story.to_record()).rows[0].failed)


def test_totals_count_our_calls_and_the_time_spent_waiting(told: Story, exchange) -> None:
    """Repeated polls count as calls; the browser's own requests have no duration that we could know."""
    told.record(exchange())
    shown = present(told.to_record())
    assert (3, 250, 2_375) == (shown.calls, shown.duration_ms, shown.elapsed_ms)
    assert [None, None, 125, 125] == [card.duration_ms for card in shown.cards]
    assert "Read PingOne’s public keys (2 times)" == shown.cards[3].title


def test_a_story_without_steps_can_be_shown() -> None:
    """A sign-on that has only begun, or a record of another release."""
    shown = present(Story.begin("t", "custom", 5.0).to_record())
    assert ((), 0, 0, "", None) == (shown.cards, shown.calls, shown.elapsed_ms, shown.outcome, shown.failing)
    assert () == draw({}).rows


def test_the_diagram_has_one_arrow_per_step_between_the_lanes(told: Story) -> None:
    """Numbers and anchors are those of the cards; what hosted mode hides from us is drawn where it happens."""
    shown, diagram = present(told.to_record()), draw(told.to_record())
    lanes = {lane.label: lane.x for lane in diagram.lanes}
    assert ["Browser", "This application", "PingOne"] == list(lanes)
    assert [
        (lanes["Browser"], lanes["PingOne"], "1 Authorization request", ""),
        (lanes["Browser"], lanes["PingOne"], "PingOne’s own page, then /as/resume with ST", ""),
        (lanes["Browser"], lanes["This application"], "2 The answer arrives", ""),
        (lanes["This application"], lanes["PingOne"], "3 Code for tokens", "200 · 125 ms"),
        (lanes["This application"], lanes["PingOne"], "4 Public keys", "200 · 125 ms"),
    ] == [(row.x1, row.x2, row.label, row.answer) for row in diagram.rows]
    assert [card.anchor for card in shown.cards] == [row.anchor for row in diagram.rows if not row.unseen]
    assert [False, True, False, False, False] == [row.unseen for row in diagram.rows]
    assert diagram.height > max(row.y for row in diagram.rows)


@pytest.mark.parametrize(
    ("media_type", "path", "label"),
    [
        ("application/vnd.pingidentity.otp.check+json", "/flows/1-2", "1 Send the one-time passcode"),
        ("application/json", "/flows/1-2", "1 Take a step in the flow"),
        ("application/json", "/as/par", "1 Push the request"),
    ],
)
def test_labels_are_words(exchange, media_type: str, path: str, label: str) -> None:
    """The card has the address."""
    story = Story.begin("t", "hosted", 0.0)
    story.record(exchange("POST", path, sent=b"{}", sent_type=media_type))
    assert label == draw(story.to_record()).rows[0].label


def test_guarded_pages_are_told_by_their_address() -> None:
    """Two of them have the same title."""
    story = Story.begin("t", "custom", 0.0)
    story.hop("browser", "application", "GET", "/members", at=0.0)
    assert "1 Open /members" == draw(story.to_record()).rows[0].label


def test_work_done_by_one_party_is_drawn_on_its_lane() -> None:
    """A response that is refused before anything was sent."""
    story = Story.begin("t", "hosted", 0.0)
    story.checked([Check(passed=False)])
    [row] = draw(story.to_record()).rows
    assert (row.x1, "1 Check, nothing sent", True) == (row.x2, row.label, row.failed)


def test_no_canary_reaches_a_card(exchange, canaries) -> None:
    """The cards are made from the masked record only."""
    story = Story.begin("t", "hosted", 0.0)
    for kind, value in canaries.items():
        story.secret(kind, value)
        story.record(exchange("POST", "/as/token", sent=value.encode(), answer=json.dumps([value]).encode()))
    shown = repr(present(story.to_record()))
    assert [] == [kind for kind, value in canaries.items() if value in shown]
