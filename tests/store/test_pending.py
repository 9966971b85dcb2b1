"""Attempts in a store: found by the browser that began them, and used once."""

import pytest

from tests.store.conftest import SECRET, Clock, Watched
from webapp.store.pending import KIND, LIFETIME, PendingSignOn, PendingSignOns, _id
from webapp.store.sealed import SealedStore

ATTEMPT = PendingSignOn("handle", "hosted", "trace", 1.0, state="state", verifier="verifier", ask={"scope": "openid"})
MINE = {"handle": "my secret"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sealed(clock: Clock) -> SealedStore:
    return SealedStore(Watched(clock), SECRET)


@pytest.fixture
def pending(sealed: SealedStore) -> PendingSignOns:
    found = PendingSignOns(sealed)
    found.put(ATTEMPT, MINE["handle"])
    return found


@pytest.mark.parametrize("browser", [{}, {"another": "my secret"}, {"handle": "another secret"}, {"handle": ""}])
def test_another_browser_finds_nothing_and_uses_nothing_up(pending, browser):
    """Who holds no cookie of this attempt, or another's, cannot look at it or take it."""
    assert (None, None) == (pending.get("handle", browser), pending.take("handle", browser))
    assert ATTEMPT == pending.get("handle", MINE)


def test_an_attempt_is_taken_once(pending):
    """Afterwards it is gone for everybody, and a step that comes late does not bring it back."""
    assert ATTEMPT == pending.take("handle", MINE)
    assert (None, False) == (pending.take("handle", MINE), pending.update(ATTEMPT, MINE["handle"]))
    assert pending.get("handle", MINE) is None


def test_a_step_lets_an_attempt_live_on(pending, clock):
    """PingOne's fifteen minutes begin anew with each step, and so do ours."""
    clock.advance(LIFETIME - 1)
    assert pending.update(ATTEMPT, MINE["handle"])
    clock.advance(LIFETIME - 1)
    assert ATTEMPT == pending.get("handle", MINE)
    clock.advance(2)
    assert pending.get("handle", MINE) is None


@pytest.mark.parametrize("record", [{"handle": "handle"}, {**vars(ATTEMPT), "unheard_of": 1}])
def test_an_attempt_of_another_release_is_none(pending, sealed, record):
    """After an update of the application the visitor begins again."""
    sealed.put(KIND, _id("handle", MINE["handle"]), record, LIFETIME)
    assert pending.get("handle", MINE) is None


def test_an_attempt_in_a_log_tells_no_secret():
    """Whoever prints an attempt puts no verifier, nonce, state, flow or cookie into a log."""
    secrets = {name: f"secret-{name}" for name in ("state", "nonce", "verifier")}
    attempt = PendingSignOn(
        "handle", "custom", "trace", 1.0, flow={"id": "secret-flow"}, cookies={"ST": "secret-st"}, **secrets
    )
    assert "secret" not in repr(attempt)
