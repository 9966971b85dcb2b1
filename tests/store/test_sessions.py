"""The rules of sessions, without a browser."""

import time

from webapp.store.memory import MemoryStore
from webapp.store.sealed import SealedStore
from webapp.store.sessions import Sessions


def test_a_session_that_has_ended_is_not_saved() -> None:
    """A slow request may not bring back what a sign-off has removed: it is told so."""
    sealed = SealedStore(MemoryStore(), "the secret of the rules of sessions 0123456789")
    sessions = Sessions(sealed, time.time, 3600, 28_800)
    begun = sessions.begin({"subject": "somebody"})
    assert begun is not None
    assert sessions.save(begun.id, {"seen": 1})
    sessions.end(begun.id)
    assert not sessions.save(begun.id, {"seen": 2})
    assert sessions.load(begun.id) is None
