"""Changing SECRET_KEY while people are signed in: nobody notices, and nothing comes back from the dead."""

import pytest

from tests.store.conftest import Clock, Watched
from webapp.store.keyring import Keyring
from webapp.store.sealed import SealedStore

OLD, NEW = "the old secret key, long enough to use", "the new secret key, long enough to use"


@pytest.fixture
def store() -> Watched:
    return Watched(Clock())


@pytest.fixture
def before(store: Watched) -> SealedStore:
    """The application as it was, already told of the key to come."""
    return SealedStore(store, OLD, [NEW])


@pytest.fixture
def after(store: Watched) -> SealedStore:
    """The application with the new key."""
    return SealedStore(store, NEW, [OLD])


def test_nobody_is_signed_off(before, after):
    """A session from before the change is read, saved, taken and dropped after it."""
    for id in ("read", "saved", "touched", "taken", "dropped"):
        before.put("session", id, {"id": id}, 60)
    assert {"id": "read"} == after.get("session", "read")
    assert after.replace("session", "saved", {"id": "changed"}, 60)
    assert {"id": "changed"} == after.get("session", "saved")
    assert after.touch("session", "touched", 90)
    assert {"id": "taken"} == after.take("session", "taken")
    assert after.take("session", "taken") is None
    assert after.drop("session", "dropped")
    assert after.get("session", "dropped") is None


def test_both_keys_work_while_the_change_is_rolled_out(before, after):
    """Two processes, one changed and one not yet, serve the same visitor."""
    after.put("session", "id", {"count": 1}, 60)
    assert {"count": 1} == before.get("session", "id")
    assert before.replace("session", "id", {"count": 2}, 60)
    assert {"count": 2} == after.get("session", "id")
    assert before.drop("session", "id")
    assert not after.replace("session", "id", {"count": 3}, 60)
    assert after.get("session", "id") is None


def test_put_leaves_no_older_record_behind(before, after):
    """What was put before the change must not reappear when the newer record is taken."""
    before.put("session", "id", {"count": 1}, 60)
    after.put("session", "id", {"count": 2}, 60)
    assert {"count": 2} == after.take("session", "id")
    assert after.get("session", "id") is None
    assert before.get("session", "id") is None


def test_add_sees_what_was_added_under_the_other_key(before, after):
    """An id that is in use is in use under both keys, and the attempt to add leaves nothing."""
    assert before.add("session", "id", {"count": 1}, 60)
    assert not after.add("session", "id", {"count": 2}, 60)
    assert {"count": 1} == after.take("session", "id")
    assert after.get("session", "id") is None
    assert after.add("session", "id", {"count": 3}, 60)


def test_locks_hold_under_both_keys(before, after):
    """A refresh that began before the change is not begun a second time after it."""
    token = before.lock("session", "id", 30)
    assert after.lock("session", "id", 30) is None
    assert after.unlock("session", "id", token)
    assert after.lock("session", "id", 30)
    assert before.lock("session", "id", 30) is None


def test_records_move_to_the_new_key_as_they_are_saved(store, before, after):
    """What is saved after the change is sealed with the new key, under whichever name it is found."""
    before.put("session", "id", {"count": 1}, 60)
    after.replace("session", "id", {"count": 2}, 60)
    (name,) = store.names()
    assert b'{"count":2}' == Keyring(NEW).open(name, store.get(name))


def test_a_key_that_is_no_longer_a_fallback_is_forgotten(store, before):
    """Removing a key from the fallbacks ends what it sealed; that is how a leaked key is taken out of use."""
    before.put("session", "id", {"count": 1}, 60)
    assert SealedStore(store, NEW).get("session", "id") is None


def test_without_fallbacks_every_call_is_one_round_trip():
    """What the change costs is paid only while it lasts."""

    class Counting(Watched):
        calls = 0

        def get(self, key: str) -> bytes | None:
            self.calls += 1
            return super().get(key)

    store = Counting(Clock())
    SealedStore(store, NEW, [NEW]).add("session", "id", {}, 60)
    assert 0 == store.calls
    assert {} == SealedStore(store, NEW).get("session", "id")
    assert 1 == store.calls


def test_an_entry_that_is_there_under_the_old_key_is_not_free(before, after):
    """Two sessions must not share a place in a list while the key is changed; the rest is done all the same."""
    assert before.change([], entry=("slot", "id", {"of": "the first"}, 60))
    assert not after.change([("session", "second", {"id": 2}, 60)], entry=("slot", "id", {"of": "the second"}, 60))
    assert {"of": "the first"} == after.get("slot", "id")
    assert {"id": 2} == after.get("session", "second")
