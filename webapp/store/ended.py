"""PingOne sessions that PingOne has ended: marks that outlive every session they could concern.

A mark, not a list of our sessions to delete: it also catches a session that another process is just making or renewing.
For that to hold, each side writes before it reads. The one that marks writes the mark, then looks for a session with
that `sid`; the one that begins or renews a session writes it, then looks for marks. One of the two sees the other.
"""

from .sealed import Record, SealedStore

WHILE_BEGINNING = 300
"""Seconds that a mark lives for a `sid` that no session has: longer than a session takes to be made after its code was
redeemed, and short, as anybody may invent a `sid`."""


class Ended:
    """Marks by PingOne session id (`sid`) or subject (`sub`). `lifetime`: seconds that a session may live at most."""

    def __init__(self, store: SealedStore, lifetime: float) -> None:
        self._store, self._lifetime = store, lifetime

    def expect(self, sid: str) -> None:
        """Note that a session has this `sid`, before it is written: from now on marks for it are kept."""
        if sid:
            self._store.put("pingone-session", sid, {}, self._lifetime)

    def mark_session(self, sid: str) -> None:
        """Every session with this `sid` has ended, whenever it began: PingOne gives no `sid` twice.

        No time is compared: the mark may arrive while the session is being made, or from a machine whose clock is late.
        """
        self._store.put("ended-sid", sid, {}, WHILE_BEGINNING)
        if self._store.get("pingone-session", sid) is not None:
            self._store.put("ended-sid", sid, {}, self._lifetime)

    def mark_subject(self, subject: str, issued_at: float) -> None:
        """Every session of this person has ended whose ID token is not younger than the logout token.

        `issued_at` is the logout token's `iat`, seconds: PingOne's clock against PingOne's, never ours. Of two that
        arrive together the younger one counts, whichever is written last.
        """

        def newest(mark: Record | None) -> Record:
            return {"at": max(issued_at, float(mark["at"])) if mark else issued_at}

        self._store.update("ended-sub", subject, newest, self._lifetime)

    def covers(self, sid: str, subject: str, issued_at: float) -> bool:
        """Return whether PingOne ended this session; `issued_at` is the `iat` of the ID token that began it."""
        if sid and self._store.get("ended-sid", sid) is not None:
            return True
        mark = self._store.get("ended-sub", subject)
        return mark is not None and issued_at <= float(mark["at"])

    def heard(self, jti: str) -> bool:
        """Return whether this logout token was carried out before."""
        return self._store.get("logout-token", jti) is not None

    def remember(self, jti: str, lifetime: float) -> None:
        """Remember a logout token for `lifetime` seconds, once its marks are written and not earlier."""
        self._store.put("logout-token", jti, {}, lifetime)
