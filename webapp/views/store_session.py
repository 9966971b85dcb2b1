"""Flask-Session on our sealed store: its session object and life cycle, none of its storage.

Changed on purpose: a record that was deleted is never written again by a slow request, both lifetimes are enforced
here and not by the browser, cookies are deleted with the attributes that browsers ask for, and pages without a
session (static files, health) do not open one.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response
from flask_session.base import ServerSideSession, ServerSideSessionInterface

from ..signed_in import SignedIn, from_record
from ..store.ended import Ended
from ..store.protocol import StoreUnavailable
from ..store.sealed import SealedStore

KIND = "session"
LONGEST_ID = 100
REPLACED = "replaced"
"""Kind of the records that remember, for a minute, session ids whose owners have signed on anew."""
WITHOUT = ("/static/", "/healthz", "/readyz", "/favicon.ico")


class StoreSession(ServerSideSession):  # type: ignore[misc]  # Flask-Session ships no types
    """The session of one request."""

    stored = False
    """There is a record of this id in the store."""
    written: Mapping[str, Any] | None = None
    """What this request has stored already."""
    dead_cookie = False
    """The browser sent an id that the store does not know."""
    wanted = True
    """False where the page is the same for everybody, so that caches may keep it."""
    unavailable: StoreUnavailable | None = None
    """The store could not be asked: whoever this is, it is not known to be nobody."""

    def empty(self) -> None:
        """Forget the content. `clear` of Flask-Session would leave a member behind."""
        dict.clear(self)
        self.modified = self.accessed = True


class StoreSessions(ServerSideSessionInterface):  # type: ignore[misc]
    session_class = StoreSession

    def __init__(
        self,
        app: Flask,
        store: SealedStore,
        now: Callable[[], float],
        idle_seconds: int,
        absolute_seconds: int,
        ended: Ended | None = None,
    ) -> None:
        """`ended` knows what PingOne has signed off by itself; None when it is not asked to tell us."""
        super().__init__(app, key_prefix="", use_signer=False, permanent=False, sid_length=32)
        self.store, self.now, self.ended = store, now, ended
        self.idle_seconds, self.absolute_seconds = idle_seconds, absolute_seconds

    # -- opening --------------------------------------------------------------------------------------------------

    def open_session(self, app: Flask, request: Request) -> StoreSession:
        if request.path.startswith(WITHOUT):
            nobody = StoreSession(sid="")
            nobody.wanted = False
            return nobody
        offered = request.cookies.get(app.config["SESSION_COOKIE_NAME"], "")
        try:
            session: StoreSession = super().open_session(app, request)
        except StoreUnavailable as error:
            session = StoreSession(sid=self._generate_sid(self.sid_length))
            session.unavailable = error
            return session
        session.stored = bool(offered) and session.sid == offered
        session.dead_cookie = bool(offered) and not session.stored and not self._replaced(offered)
        return session

    def _replaced(self, offered: str) -> bool:
        """Whether this id gave way to a newer one of the same browser a moment ago.

        A request that another tab sent with the old cookie must not delete the new one: a deletion names no value.
        """
        try:
            return len(offered) <= LONGEST_ID and self.store.get(REPLACED, offered) is not None
        except StoreUnavailable:
            return True

    def _retrieve_session_data(self, store_id: str) -> dict[str, Any] | None:
        if len(store_id) > LONGEST_ID:
            return None
        record = self.store.get(KIND, store_id)
        if record is None:
            return None
        left = 0.0 if self._ended_by_pingone(record) else self.left(record)
        # Pushing the record's own expiry is all that activity does: writing the record back would undo what
        # another request of the same session has stored meanwhile.
        if left <= 0 or not self.store.touch(KIND, store_id, min(left, self.idle_seconds)):
            self.store.drop(KIND, store_id)
            return None
        return record

    def _ended_by_pingone(self, record: Mapping[str, Any]) -> bool:
        person = from_record(record.get("signed_in")) if self.ended else None
        if self.ended is None or person is None:
            return False
        return self.ended.covers(person.pingone_session, person.subject, float(record.get("established_at", 0)))

    def left(self, record: Mapping[str, Any]) -> float:
        """Return the seconds until the session ends in any case."""
        begun = record.get("established_at")
        age = self.now() - begun if isinstance(begun, int | float) else float("inf")
        return self.absolute_seconds - max(age, 0)

    # -- beginning and ending -------------------------------------------------------------------------------------

    def establish(self, session: StoreSession, signed_in: SignedIn) -> None:
        """Begin the session of a finished sign-on under a new id, and store it now: a store that fails must fail
        while the tokens can still be given back."""
        if session.stored:
            self.store.drop(KIND, session.sid)
            self.store.put(REPLACED, session.sid, {}, 60)
        session.sid = self._generate_sid(self.sid_length)
        session.stored = session.dead_cookie = False
        session.empty()
        # Filled only when it is stored: otherwise the error page would hand out a cookie that opens nothing.
        session.written = {"signed_in": signed_in.to_record(), "established_at": self.now()}
        self.store.put(KIND, session.sid, session.written, min(self.idle_seconds, self.absolute_seconds))
        session.update(session.written)
        session.stored = True

    def end(self, session: StoreSession) -> SignedIn | None:
        """End the session now, before anything else that sign-off may take time for.

        Return who was signed on by the record that was removed; None when another request was faster.
        """
        last = self.store.take(KIND, session.sid) if session.stored else None
        session.empty()
        session.stored, session.dead_cookie = False, True
        return from_record(last.get("signed_in")) if last else None

    def keeper(self, session: StoreSession) -> "SessionKeeper":
        return SessionKeeper(self, session.sid)

    # -- saving ---------------------------------------------------------------------------------------------------

    def _upsert_session(self, session_lifetime: timedelta, session: StoreSession, store_id: str) -> None:
        ttl = min(self.left(session), self.idle_seconds)
        if session.stored and session.written != dict(session):
            self.store.replace(KIND, store_id, dict(session), ttl)

    def _delete_session(self, store_id: str) -> None:
        self.store.drop(KIND, store_id)

    def save_session(self, app: Flask, session: StoreSession, response: Response) -> None:
        if session.unavailable is not None or not session.wanted:
            return
        if session.accessed:
            response.vary.add("Cookie")
        if session:
            super().save_session(app, session, response)
        elif session.dead_cookie or session.modified:
            response.delete_cookie(
                self.get_cookie_name(app),
                path="/",
                secure=self.get_cookie_secure(app),
                httponly=True,
                samesite=self.get_cookie_samesite(app),
            )


class SessionKeeper:
    """The stored record of one session, apart from the request that happens to look at it."""

    def __init__(self, sessions: StoreSessions, sid: str) -> None:
        self._sessions, self.id = sessions, sid

    def load(self) -> SignedIn | None:
        record = self._sessions.store.get(KIND, self.id)
        return from_record(record.get("signed_in")) if record else None

    def save(self, signed_in: SignedIn) -> bool:
        record = self._sessions.store.get(KIND, self.id)
        if record is None:
            return False
        record["signed_in"] = signed_in.to_record()
        ttl = min(self._sessions.left(record), self._sessions.idle_seconds)
        return self._sessions.store.replace(KIND, self.id, record, ttl)

    def end(self) -> None:
        self._sessions.store.drop(KIND, self.id)
