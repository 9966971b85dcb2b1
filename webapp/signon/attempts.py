"""Attempts in the sealed store: one record each, bound to one browser, taken once.

Nothing of an attempt is in the session: there is no session before sign-on, so there is nothing to fixate, and
two tabs that sign on at the same time do not disturb each other.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from ..oidc.attempt import LIFETIME, Attempt
from ..oidc.errors import OperatorFault, SignOnUnknown
from ..oidc.pkce import Token
from ..pingone.errors import ResumeNoCookie
from ..store.sealed import Record, SealedStore
from ..store.throttle import Throttle

KIND = "attempt"
FOREIGN, CLICKED = "x", "c"
MARK = "store_mark"
MARK_LASTS = 10 * 365 * 86_400.0


class SignOnElsewhere(OperatorFault):
    """The attempt was begun by an instance that keeps its attempts in another store, or under another key."""

    code = "sign_on_elsewhere"
    status = 500


def new_id(now: float, token: Token, clicked: bool, mark: str) -> str:
    """Return the public name of an attempt: when it began (to 1/4096 s), how, in which store, and something random.

    The time says later whether an attempt that is gone had expired, and which of several is the oldest; the letter says
    which of them another site may push out of the browser's cookies: those that another site began.
    """
    return f"{int(now):08x}{int(now % 1 * 4096):03x}{CLICKED if clicked else FOREIGN}{mark}{token(3)}"


def began_here(id: str) -> bool:
    """Whether the attempt with this id began by a click in its browser."""
    return id[11:12] != FOREIGN


class SealedAttempts:
    """`oidc.Attempts` in a store. The key is made of id and browser secret.

    A link scanner or another browser that opens the callback lacks the secret: it finds nothing, and uses nothing up.
    """

    def __init__(self, store: SealedStore) -> None:
        self._store = store
        self._mark = ""

    def mark(self, token: Token) -> str:
        """Return the two characters that all instances with this store and key agree on; read once."""
        for _ in range(2):
            if not self._mark:
                kept = self._store.get(MARK, MARK) or {}
                self._mark = str(kept.get("mark", ""))
            if not self._mark:
                self._store.add(MARK, MARK, {"mark": token(3)[:2]}, MARK_LASTS)
        return self._mark

    @contextmanager
    def explained(self, ids: Iterable[str], token: Token) -> Iterator[None]:
        """Raise `SignOnElsewhere` where the newest of these attempts is missing because another store has it.

        Otherwise a balancer before two instances that share nothing looks like browsers that lose their cookies.
        """
        try:
            yield
        except (SignOnUnknown, ResumeNoCookie) as missing:
            newest = max(ids, default="")
            if len(newest) == 18 and newest[12:14] != self.mark(token):
                raise SignOnElsewhere("begun by another instance, with another store or SECRET_KEY") from missing
            raise

    def put(self, attempt: Attempt) -> None:
        """Keep a new attempt for `LIFETIME` seconds."""
        self._store.put(KIND, _key(attempt.id, attempt.secret), attempt.to_record(), LIFETIME)

    def get(self, id: str, secret: str) -> Attempt | None:
        """Look at an attempt without using it up."""
        return _attempt(self._store.get(KIND, _key(id, secret)), secret)

    def replace(self, attempt: Attempt, seen: Attempt | None = None) -> bool:
        """Keep what a step changed, for another `LIFETIME`; False when the attempt has been finished, or is not as
        it was `seen`: a look at a flow must not undo a step that PingOne answers at the same moment."""

        def changed(record: Record | None) -> Record | None:
            return attempt.to_record() if _attempt(record, attempt.secret) == seen else None

        key = _key(attempt.id, attempt.secret)
        if seen is None:
            return self._store.replace(KIND, key, attempt.to_record(), LIFETIME)
        return self._store.update(KIND, key, changed, LIFETIME)

    def take(self, id: str, secret: str) -> Attempt | None:
        """Use an attempt up: of two callers one gets it."""
        return _attempt(self._store.take(KIND, _key(id, secret)), secret)

    def counted(self, throttle: Throttle, address: str, id: str, secret: str) -> tuple[float, Attempt | None]:
        """Count a form that was posted, and look at its attempt, in one operation: the seconds to wait, the attempt."""
        wait, record = throttle.step(address, id, KIND, _key(id, secret))
        return wait, _attempt(record, secret)


def _key(id: str, secret: str) -> str:
    return f"{id}\n{secret}"


def _attempt(record: Record | None, secret: str) -> Attempt | None:
    try:
        return Attempt.from_record(record, secret) if record is not None else None
    except ValueError:
        return None  # Written by another release: the visitor begins again.
