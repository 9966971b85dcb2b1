"""How long a story is kept: short where it costs strangers nothing to have one."""

import pytest

from tests.store.conftest import SECRET, Clock
from webapp.store.memory import MemoryStore
from webapp.store.sealed import SealedStore
from webapp.store.traces import LIFETIME, REFUSED_AT_START, Traces, with_session

STORY = {"notes": []}


@pytest.mark.parametrize(
    ("end", "lifetime"),
    [
        (lambda store, traces: traces.refused("trace", "secret", STORY, beginning=True), REFUSED_AT_START),
        (lambda store, traces: traces.refused("trace", "secret", STORY), LIFETIME),
        (lambda store, traces: store.change(*with_session("trace", STORY)), LIFETIME),
    ],
    ids=["refused at its start", "refused", "signed on"],
)
def test_a_refused_start_is_forgotten_within_minutes(end, lifetime):
    """A start that PingOne or we refuse leaves a story for as long as it takes to read it; other stories stay."""
    clock = Clock()
    store = SealedStore(MemoryStore(clock), SECRET)
    traces = Traces(store)
    end(store, traces)
    clock.advance(lifetime - 1)
    assert traces.get("trace") == STORY
    clock.advance(2)
    assert traces.get("trace") is None


def test_strangers_push_out_no_story_of_somebody_who_signed_on():
    """However many are refused: their stories push out each other's."""
    store = SealedStore(MemoryStore(rooms={"trace": 10, "story": 10}), SECRET)
    traces = Traces(store)
    for number in range(5):
        store.change(*with_session(f"mine-{number}", STORY))
    for number in range(50):
        traces.refused(f"theirs-{number}", "secret", STORY)
    assert 5 * [STORY] == [traces.get(f"mine-{number}") for number in range(5)]
    assert [None, STORY] == [traces.get("theirs-39"), traces.get("theirs-40")]


def test_a_refusal_that_comes_late_does_not_touch_the_story_of_the_session():
    """Of two requests of one attempt one signs on: the other is refused, and the session's story stays its own."""
    store = SealedStore(MemoryStore(), SECRET)
    traces = Traces(store)
    store.change(*with_session("trace", STORY))
    traces.refused("trace", "secret", {"outcome": "refused"})
    assert STORY == traces.get("trace")


def test_what_was_refused_in_a_sign_on_that_succeeded_is_the_sessions_too():
    """The cookie of the attempt reads neither afterwards, and a story that is gone can be left to nobody."""
    store = SealedStore(MemoryStore(), SECRET)
    traces = Traces(store)
    traces.refused("trace", "the attempt's secret", STORY)
    assert STORY == traces.get("trace", ["the attempt's secret"])
    store.change(*with_session("trace", STORY))
    assert traces.get("trace", ["the attempt's secret"]) is None
    assert (True, False) == tuple(traces.hand_over(id, "a new secret", "somebody", 60) for id in ("trace", "gone"))
    assert STORY == traces.get("trace", ["a new secret"])
