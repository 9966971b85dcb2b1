"""What only memory must do: stay small."""

from tests.store.conftest import Clock, Watched
from webapp.store.protocol import Put


def test_expired_records_make_room_first():
    """At the limit nobody who is still signed in is lost while there is something dead to remove."""
    clock = Clock()
    store = Watched(clock, max_entries=3)
    store.put("session", b"1", 3600)
    store.put("dead 1", b"1", 1)
    store.put("dead 2", b"1", 1)
    clock.advance(2)
    store.put("attempt", b"1", 900)
    assert ["session", "attempt"] == store.names()


def test_anonymous_traffic_does_not_push_out_sessions():
    """Of live records those nearest to their end go: unfinished sign-ons, not the people who are signed in."""
    store = Watched(Clock(), max_entries=10)
    for number in range(5):
        store.put(f"session {number}", b"1", 3600)
    for number in range(1000):
        store.put(f"attempt {number}", b"1", 900)
    assert 10 == len(store.names())
    assert all(store.get(f"session {number}") for number in range(5))


def test_writing_a_present_record_pushes_nobody_out():
    """A full store still saves the records that it has."""
    store = Watched(Clock(), max_entries=2)
    store.put("a", b"1", 60)
    store.put("b", b"1", 60)
    store.put("b", b"2", 60)
    assert store.replace("a", b"2", 60)
    assert (b"2", b"2") == (store.get("a"), store.get("b"))


def test_close_forgets_everything():
    """Nothing stays in memory after the application has ended its use."""
    store = Watched(Clock())
    store.put("a", b"1", 60)
    store.close()
    assert [] == store.names()


def test_what_is_over_already_takes_no_place():
    """It could push out what lives."""
    store = Watched(Clock())
    store.put("key", b"1", 0)
    store.change([Put("one", b"1", 60), Put("other", b"1", -1)])
    assert {"one": 1} == store.census()
