"""The rules of sessions, without a browser."""

import time

import pytest

from tests.store.conftest import Clock
from tests.support.counting_store import CountingStore, nothing
from webapp.store.ended import Ended
from webapp.store.memory import MemoryStore
from webapp.store.protocol import StoreUnavailable
from webapp.store.sealed import SealedStore
from webapp.store.sessions import Sessions

SECRET = "the secret of the rules of sessions 0123456789"


def test_a_session_that_has_ended_is_not_saved() -> None:
    """A slow request may not bring back what a sign-off has removed: it is told so."""
    sealed = SealedStore(MemoryStore(), SECRET)
    sessions = Sessions(sealed, time.time, 3600, 28_800)
    begun = sessions.begin({"subject": "somebody"})
    assert begun is not None
    assert sessions.save(begun.id, {"seen": 1})
    sessions.end(begun.id)
    assert not sessions.save(begun.id, {"seen": 2})
    assert sessions.load(begun.id) is None


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("by", ["sid", "sub"])
def test_what_pingone_ends_while_it_is_written_neither_begins_nor_is_saved(moment: str, by: str) -> None:
    """The session is written and then looked at: its caller hears that it is over, and the record is gone."""
    store = CountingStore(MemoryStore())
    sealed = SealedStore(store, SECRET)
    ended = Ended(sealed, 28_800)
    sessions = Sessions(sealed, time.time, 3600, 28_800, ended)
    content = {"sid": "a session of PingOne's", "subject": "somebody", "issued_at": 100}

    def sign_off(call: str) -> None:
        if call.startswith(("change", "replace session")):
            setattr(store, moment, nothing)
            ended.mark_session(content["sid"]) if by == "sid" else ended.mark_subject("somebody", 100)

    begun = sessions.begin(content)
    assert begun is not None
    setattr(store, moment, sign_off)
    assert not sessions.save(begun.id, {"seen": 1})
    assert sealed.get("session", begun.id) is None
    sealed.drop("ended-sid", content["sid"])
    sealed.drop("ended-sub", "somebody")
    setattr(store, moment, sign_off)
    assert sessions.begin(content) is None
    assert [] == list(sessions.all_of("somebody"))
    assert not [key for key in store.store._records if key.startswith("session:")]


@pytest.mark.parametrize("beside", [(), (("story", "a story", {"of": "it"}, 60),)], ids=["alone", "with its story"])
def test_a_session_that_cannot_be_written_with_its_story_is_written_alone(beside: tuple) -> None:
    """The code is spent, and a story is not worth a sign-on; without one there is nothing else to try."""
    store = CountingStore(MemoryStore())
    sessions = Sessions(SealedStore(store, SECRET), time.time, 3600, 28_800, listed=False)

    def once(call: str) -> None:
        if call.startswith("change"):
            store.before = nothing
            raise StoreUnavailable("a moment")

    store.before = once
    if not beside:
        with pytest.raises(StoreUnavailable):
            sessions.begin({"subject": "somebody"})
        assert ["change session", "drop session"] == store.calls
        return
    begun = sessions.begin({"subject": "somebody"}, beside=beside)
    assert begun is not None
    assert ["change session story", "change session"] == store.calls
    assert sessions.load(begun.id) is not None


def test_a_session_that_is_over_is_not_read() -> None:
    """Its record may still be there: the store forgets it later than its time is over."""
    clock = Clock()
    sealed = SealedStore(MemoryStore(clock), SECRET)
    sessions = Sessions(sealed, clock, 3600, 100)
    begun = sessions.begin({"subject": "somebody"})
    assert begun is not None
    clock.advance(101)
    assert sealed.get("session", begun.id) is not None
    assert (None, False) == (sessions.load(begun.id), sessions.save(begun.id, {"seen": 1}))


def test_nobody_is_looked_up_in_vain() -> None:
    """Without an id, without a subject, or where sessions are not listed, the store is not asked."""
    store = CountingStore(MemoryStore())
    sealed = SealedStore(store, SECRET)
    listed, unlisted = (Sessions(sealed, time.time, 3600, 28_800, listed=each) for each in (True, False))
    assert listed.load("") is None
    for id in ("", "x" * 101):  # No id of ours is so long.
        assert (None, "", "") == (listed.end(id), listed.told(id), listed.replaced_by(id))
    assert ([], []) == ([*listed.all_of("")], [*unlisted.all_of("somebody")])
    assert [] == store.calls
