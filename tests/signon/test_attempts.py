"""Attempts in a store: found by the browser that began them, and used once."""

from dataclasses import replace

import pytest

from tests.store.conftest import SECRET, Clock, Watched
from webapp.oidc import LIFETIME, Ask, Attempt
from webapp.signon.attempts import KIND, SealedAttempts, _key
from webapp.signon.turns import Turns
from webapp.store.sealed import SealedStore
from webapp.store.traces import Traces, packed

ATTEMPT = Attempt.new("client", "https://op/as", "https://rp/cb", Ask(scope="openid"), 1.0, note={"mode": "hosted"})
MINE = ATTEMPT.id, ATTEMPT.secret


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sealed(clock: Clock) -> SealedStore:
    return SealedStore(Watched(clock), SECRET)


@pytest.fixture
def pending(sealed: SealedStore) -> SealedAttempts:
    found = SealedAttempts(sealed)
    found.put(ATTEMPT)
    return found


@pytest.mark.parametrize("theirs", [("another", MINE[1]), (MINE[0], "another secret"), (MINE[0], "")])
def test_another_browser_finds_nothing_and_uses_nothing_up(pending, theirs):
    """Who holds no cookie of this attempt, or another's, cannot look at it or take it."""
    assert (None, None) == (pending.get(*theirs), pending.take(*theirs))
    assert ATTEMPT == pending.get(*MINE)


def test_an_attempt_is_taken_once(pending):
    """Afterwards it is gone for everybody, and a step that comes late does not bring it back."""
    assert ATTEMPT == pending.take(*MINE)
    assert (None, False) == (pending.take(*MINE), pending.replace(ATTEMPT))
    assert pending.get(*MINE) is None


def test_an_attempt_that_is_not_as_it_was_seen_is_left_as_it_is(pending):
    """Of two flows that arrive for one attempt the second finds it changed; what has ended, neither brings back."""
    first, second = (replace(ATTEMPT, note={"by": each}) for each in ("the first", "the second"))
    assert [True, False] == [pending.replace(first, ATTEMPT), pending.replace(second, ATTEMPT)]
    assert first == pending.take(*MINE)
    assert not pending.replace(second, first)
    assert pending.get(*MINE) is None


def test_a_step_lets_an_attempt_live_on(pending, clock):
    """PingOne's fifteen minutes begin again with each step, and so do ours."""
    clock.advance(LIFETIME - 1)
    assert pending.replace(ATTEMPT)
    clock.advance(LIFETIME - 1)
    assert ATTEMPT == pending.get(*MINE)
    clock.advance(2)
    assert pending.get(*MINE) is None


@pytest.mark.parametrize("changes", [{"ask": None}, {"unheard_of": 1}, {"state": ""}])
def test_an_attempt_of_another_release_is_none(pending, sealed, changes):
    """After an update of the application the visitor begins again."""
    sealed.put(KIND, _key(*MINE), {**ATTEMPT.to_record(), **changes}, LIFETIME)
    assert pending.get(*MINE) is None


def test_an_attempt_in_a_log_tells_no_secret():
    """Whoever prints an attempt puts no verifier, nonce, state, secret, flow or cookie into a log."""
    held = {"flow": {"id": "secret-flow"}, "cookies": {"ST": "secret-st"}}
    attempt = ATTEMPT.again(1.0, token=lambda size: f"secret-{size}", id="6b000000", held=held)
    assert "secret" not in repr(attempt)


def test_an_attempt_that_tells_no_story_is_no_story_that_goes_on(pending, sealed):
    """A page that lists what goes on in this browser has nothing to show of it."""
    turns = Turns(Traces(sealed), pending, open_http=lambda _: None, now=lambda: 1.0)
    assert {} == turns.open_stories(dict([MINE]))
    told = ATTEMPT.again(1.0, id="6b000000", held={})
    told = replace(told, note={"trace": "its story", "story": packed({"notes": []})})
    pending.put(told)
    assert {"its story": {"notes": []}} == turns.open_stories({MINE[0]: MINE[1], told.id: told.secret})
