"""A probe is for machines that ask often and wait briefly."""

import threading

import pytest

from webapp.store import StoreUnavailable
from webapp.store.probing import Probing


def test_a_store_that_hangs_costs_one_thread_and_no_asker_waits_for_it():
    """Whoever asks while a probe hangs is told so in time and starts no other; the next begins when it is over."""
    begun, go_on = [], threading.Event()

    def hang() -> None:
        begun.append(threading.current_thread())
        go_on.wait(10)

    probing = Probing(hang, seconds=0.05)
    for _ in range(3):
        with pytest.raises(StoreUnavailable, match=r"no answer within 0\.05 s"):
            probing()
    assert 1 == len(begun)
    go_on.set()
    begun[0].join(10)
    probing()
    assert 2 == len(begun)


def test_what_the_store_says_is_passed_on():
    """The sentence of its fault, for the log."""

    def fail() -> None:
        raise StoreUnavailable("The disk is full.")

    with pytest.raises(StoreUnavailable, match="The disk is full"):
        Probing(fail)()
