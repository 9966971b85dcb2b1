"""How long a story is kept: short where it costs strangers nothing to have one."""

import pytest

from tests.store.conftest import SECRET, Clock
from webapp.store.memory import MemoryStore
from webapp.store.sealed import SealedStore
from webapp.store.traces import LIFETIME, OPEN_LIFETIME, REFUSED_AT_START, Traces


@pytest.mark.parametrize(
    ("outcome", "beginning", "lifetime"),
    [
        (None, True, OPEN_LIFETIME),
        ("refused", True, REFUSED_AT_START),
        ("refused", False, LIFETIME),
        ("signed_on", False, LIFETIME),
    ],
)
def test_a_refused_start_is_forgotten_within_minutes(outcome, beginning, lifetime):
    """A start that PingOne or we refuse leaves a story for as long as it takes to read it; other stories stay."""
    clock = Clock()
    traces = Traces(SealedStore(MemoryStore(clock), SECRET))
    traces.put("trace", "secret", {"outcome": outcome}, beginning=beginning)
    clock.advance(lifetime - 1)
    assert traces.get("trace") == {"outcome": outcome}
    clock.advance(2)
    assert traces.get("trace") is None
