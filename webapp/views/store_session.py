"""Flask-Session's session object and life cycle over `store/sessions.py`, which has the rules.

Changed on purpose: nothing but the end of a sign-on writes a session, cookies are deleted with the attributes that
browsers ask for, and pages without a session (static files, health) do not open one.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response
from flask_session.base import ServerSideSession, ServerSideSessionInterface

from ..signon.signed_in import SignedIn
from ..store.protocol import StoreUnavailable
from ..store.sessions import Begun, Opened, Sessions

WITHOUT = ("/static/", "/healthz", "/readyz", "/favicon.ico", "/robots.txt")
WATCHED = "/traces/watch"


class StoreSession(ServerSideSession):  # type: ignore[misc]  # Flask-Session ships no types
    """The session of one request."""

    offered = ""
    """The id that the browser sent, whether or not there is such a session."""
    stored = False
    """There is a record of this id in the store."""
    dead_cookie = False
    """The browser sent an id that the store does not know, or is to forget the one it has."""
    wanted = True
    """False where the page is the same for everybody, so that caches may keep it."""
    over: Mapping[str, Any] | None = None
    """The record that the browser's id opened, and that was found to be over."""
    read: tuple[object, SignedIn | None] | None = None
    """The record that was read last, and the person in it."""
    unavailable: StoreUnavailable | None = None
    """The store could not be asked: the visitor may or may not be signed on."""

    def fill(self, begun: Begun) -> None:
        """Become the session of a sign-on that has just finished, under its own new id."""
        self.sid, self.offered, self.stored, self.dead_cookie = begun.id, begun.id, True, False
        self.update(begun.record)

    def forget(self) -> None:
        """Forget the content, and have the browser forget its cookie."""
        dict.clear(self)  # `clear` of Flask-Session would leave a member behind.
        self.stored, self.dead_cookie, self.accessed = False, True, True


class StoreSessions(ServerSideSessionInterface):  # type: ignore[misc]
    session_class = StoreSession

    def __init__(self, app: Flask, sessions: Sessions, settle: Callable[[Mapping[str, Any], Response], None]) -> None:
        """`settle` receives the record of a session that was found to be over, and the answer to that request."""
        super().__init__(app, key_prefix="", use_signer=False, permanent=False, sid_length=32)
        self.sessions, self.settle = sessions, settle

    def open_session(self, app: Flask, request: Request) -> StoreSession:
        session = StoreSession(sid="")
        session.wanted = not request.path.startswith(WITHOUT)
        if session.wanted:
            session.offered = request.cookies.get(app.config["SESSION_COOKIE_NAME"], "")
        if not session.offered:
            return session
        try:
            # A page that asks by itself must not keep a session alive that nobody uses.
            watched = request.path == WATCHED
            found = Opened(self.sessions.load(session.offered)) if watched else self.sessions.open(session.offered)
            if found.record is not None:
                session = StoreSession(found.record, sid=session.offered)
                session.offered, session.stored = session.sid, True
            else:
                session.over, session.dead_cookie = found.over, not watched and not self.replaced(session.offered)
        except StoreUnavailable as error:
            session.unavailable = error
        return session

    def replaced(self, id: str) -> bool:
        """Whether this id gave way to a newer one of the same browser a moment ago.

        A request that another tab sent with the old cookie must not delete the new one: a deletion names no value.
        """
        try:
            return bool(self.sessions.replaced_by(id))
        except StoreUnavailable:
            return True

    def save_session(self, app: Flask, session: StoreSession, response: Response) -> None:
        if not session.wanted:
            return
        if session.accessed:
            response.headers["Vary"] = "Cookie"
        if session.over is not None:
            self.settle(session.over, response)
        # A request that shows no cookie deletes none: another site's form comes without it, and would sign people off.
        if session.dead_cookie and session.offered:
            response.delete_cookie(
                self.get_cookie_name(app),
                path="/",
                secure=self.get_cookie_secure(app),
                httponly=True,
                samesite=self.get_cookie_samesite(app),
            )
        elif session and session.modified:
            super().save_session(app, session, response)

    # What Flask-Session would do with a storage of its own. `Sessions` has written what is to be written.

    def _retrieve_session_data(self, store_id: str) -> None:
        raise NotImplementedError

    def _delete_session(self, store_id: str) -> None:
        raise NotImplementedError

    def _upsert_session(self, session_lifetime: timedelta, session: StoreSession, store_id: str) -> None:
        """Nothing: the record was written when the sign-on finished."""
