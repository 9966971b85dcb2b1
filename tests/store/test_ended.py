"""Marks of what PingOne has ended, written by several requests at the same moment."""

import pytest

from tests.store.conftest import SECRET
from tests.support.counting_store import CountingStore, nothing
from webapp.store.ended import Ended
from webapp.store.memory import MemoryStore
from webapp.store.sealed import SealedStore


@pytest.mark.parametrize("fallbacks", [(), ("the secret key that was used before",)], ids=["one key", "key changed"])
@pytest.mark.parametrize("marked_before", [True, False])
@pytest.mark.parametrize(("first", "second"), [(100, 200), (200, 100)])
def test_of_two_logout_tokens_for_one_person_the_younger_counts(first, second, marked_before, fallbacks):
    """The second one is carried out between the look and the writing of the first, as another process may do it."""
    store = CountingStore(MemoryStore())
    ended = Ended(SealedStore(store, SECRET, fallbacks), 600)
    if marked_before:
        ended.mark_subject("alice", 50)

    def in_between(call: str) -> None:
        if call.split()[0] != "get":
            store.before = nothing
            ended.mark_subject("alice", second)

    store.before = in_between
    ended.mark_subject("alice", first)
    assert store.before is nothing
    assert [True, False] == [ended.covers("", "alice", at) for at in (200, 201)]
