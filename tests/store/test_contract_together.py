"""What every store promises of several records at a time: changes that are whole, and buckets that count together."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from webapp.store.protocol import Charge, Put


def test_a_change_is_done_as_a_whole(any_shelf):
    """A sign-on ends: session and story are there, the attempt is gone; a record that is put and over is gone too."""
    store = any_shelf.store
    for key in ("attempt", "former", "over"):
        store.put(key, b"0", 60)
    store.change(
        [Put("session", b"1", 60), Put("story", b"2", 30), Put("over", b"3", 0)], ["attempt", "former", "none"]
    )
    keys = ("session", "story", "attempt", "former", "over")
    assert (b"1", b"2", None, None, None) == tuple(store.get(key) for key in keys)
    any_shelf.advance(31)
    assert (b"1", None) == (store.get("session"), store.get("story"))


def test_an_entry_of_a_change_is_put_where_it_is_free(any_shelf):
    """Of two sign-ons at the same moment one gets the entry of an index; the other hears so, and has its session."""
    store = any_shelf.store
    values = {"session 1": b"1", "session 2": b"2"}
    answers = [store.change([Put(key, value, 60)], [], Put("entry", value, 60)) for key, value in values.items()]
    assert ([True, False], b"1") == (answers, store.get("entry"))
    assert (b"1", b"2", True) == (store.get("session 1"), store.get("session 2"), store.change([], []))


def test_a_change_that_fails_changes_nothing(any_shelf):
    """Half a sign-on must not be found by anybody."""
    any_shelf.store.put("attempt", b"0", 60)
    with pytest.raises(ValueError, match="finite"):
        any_shelf.store.change([Put("session", b"1", 60), Put("story", b"2", float("nan"))], ["attempt"])
    assert (b"0", None) == (any_shelf.store.get("attempt"), any_shelf.store.get("session"))


def test_a_bucket_lets_a_burst_pass_and_then_its_rate(any_shelf):
    """Three at a cost of ten seconds fit into thirty; the next waits for what has run out, and costs nothing."""
    store, charge = any_shelf.store, Charge("bucket", 10, 30)
    assert [0.0] * 3 == [store.spend([charge]) for _ in range(3)]
    for _ in range(5):
        assert 9 < store.spend([charge]) <= 10
    any_shelf.advance(10)
    assert 0.0 == store.spend([charge])
    assert store.spend([charge]) > 9
    any_shelf.advance(1000)
    assert [0.0] * 3 == [store.spend([charge]) for _ in range(3)]
    assert store.spend([charge]) > 9


def test_of_several_buckets_all_are_charged_or_none(any_shelf):
    """Who is stopped at one bucket fills no other by trying."""
    store = any_shelf.store
    mine, everybodys = Charge("mine", 10, 10), Charge("everybodys", 1, 20)
    assert 0.0 == store.spend([mine, everybodys])
    for _ in range(30):
        assert store.spend([mine, everybodys]) > 8
    assert 0.0 == store.spend([Charge("everybodys", 18, 20)])


def test_a_posted_form_is_counted_and_looked_up_together(any_shelf):
    """One operation for both; who is stopped learns when to come again, and nothing is charged."""
    store, charge = any_shelf.store, [Charge("bucket", 10, 15)]
    store.put("attempt", b"1", 60)
    assert (0.0, None) == store.spend_and_get(charge, "none")
    wait, value = store.spend_and_get(charge, "attempt")
    assert (True, b"1") == (4 < wait <= 5, value)
    any_shelf.advance(5)
    assert (0.0, b"1") == store.spend_and_get(charge, "attempt")


def test_threads_count_together(shelf):
    """However many ask in the same moment, no more pass than fit."""
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: shelf.store.spend([Charge("bucket", 100, 1000)]), range(40)))
    assert 10 == waits.count(0.0)


def test_a_store_at_work_needs_no_advice(shelf):
    """Nothing is said where nothing is to be done."""
    assert [] == shelf.store.advice()
