"""Single sign-on sessions, each reached by the secret in the ``ST`` cookie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from .tables import Table
from .users import User

#: The Max-Age of the ST cookie, seconds.
COOKIE_SECONDS = 2_592_000


@dataclass
class Session:
    """Who signed on and how. ``authenticated_at`` is None until a flow has completed."""

    id: str
    user: User
    cookie: str = field(repr=False)
    authenticated_at: float | None = None
    methods: tuple[str, ...] = ()
    done: set[str] = field(default_factory=set)
    applications: set[str] = field(default_factory=set)
    """The client ids of whoever got a code in this session."""


class Sessions:
    """The living sessions.

    The value of the cookie is a secret of its own, apart from the session id: the id is printed in tokens (``sid``)
    and flows, and must not let anybody in.
    """

    def __init__(self, now: Callable[[], float], rows: int = 5_000) -> None:
        self._by_id: Table[Session] = Table(now, lifetime=COOKIE_SECONDS, capacity=rows)
        self._ids: Table[str] = Table(now, lifetime=COOKIE_SECONDS, capacity=rows)

    def __contains__(self, name: str) -> bool:
        """Whether ``name`` is the id or the cookie of a session."""
        return name in self._by_id or name in self._ids

    def begin(self, user: User, before: Session | None) -> Session:
        """A session after a successful credential check, under a fresh cookie value.

        A user who signs on again keeps the session and its id; another user never gets it. The new cookie
        value makes one that was planted in the browser worthless (session fixation).
        """
        cookie = str(uuid4())
        if before is not None and before.user is user:
            self._ids.drop(before.cookie)
            before.cookie = cookie
            session = before
        else:
            session = Session(str(uuid4()), user, cookie)
        self._ids.put(cookie, session.id)
        self._by_id.put(session.id, session)
        return session

    def by_cookie(self, cookie: str) -> Session | None:
        """The session of an ST cookie."""
        return self.by_id(self._ids.get(cookie) or "") if cookie else None

    def by_id(self, session_id: str) -> Session | None:
        """The session of a ``sid``."""
        return self._by_id.get(session_id)

    def end(self, session: Session) -> None:
        """Sign off: the cookie opens nothing any more, and refresh tokens of the session die with it."""
        self._ids.drop(session.cookie)
        self._by_id.drop(session.id)
