"""Everything that one sign-on must remember from its beginning to its end, and what a host must do to keep it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from .checks import Check
from .errors import SignOnExpired, SignOnOtherBrowser, SignOnUnknown, StateMismatch
from .pkce import Token, new_token, new_verifier
from .request import Ask
from .response import Parameters, single

LIFETIME = 900
"""Seconds for which an attempt is kept: 15 minutes, after which providers forget an unfinished sign-on too."""
COOKIE = "so."
NEVER_EMPTY = ("id", "client_id", "issuer", "redirect_uri", "state", "nonce", "verifier", "secret")
BINDING = "https://www.rfc-editor.org/rfc/rfc9700#section-4.7"

Clock = Callable[[], float]
"""Seconds since 1970, UTC: `time.time`."""
Browser = Mapping[str, str]
"""The attempts that a browser says it began, read from its cookies: id -> secret."""


@dataclass(frozen=True)
class Attempt:
    """One sign-on that has begun. Made by `RelyingParty.begin` and its kin only; times are seconds since 1970, UTC.

    `id` is public (it is in URLs and in `state`); `secret` goes into a cookie of the browser that began, and finding
    the attempt takes both. Raises `ValueError` for an empty state, nonce, verifier or secret: an empty one would
    equal what an attacker leaves out.
    """

    id: str
    client_id: str
    issuer: str
    redirect_uri: str
    begun_at: float
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    ask: Ask = field(default_factory=Ask)
    direct: bool = False
    """The answer comes to our own server: one that a browser brings is refused."""
    held: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What the provider's part keeps between two calls (a flow and its cookies). JSON."""
    note: Mapping[str, Any] = field(default_factory=dict)
    """The host's own: where to go afterwards, say. JSON."""
    secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        members = vars(self)
        for name in NEVER_EMPTY:
            if type(members[name]) is not str or not members[name]:
                raise ValueError(f"an attempt has a {name}")

    @classmethod
    def new(
        cls,
        client_id: str,
        issuer: str,
        redirect_uri: str,
        ask: Ask,
        now: float,
        token: Token = new_token,
        id: str = "",
        **more: Any,
    ) -> Self:
        """Return an attempt with its own state, nonce, verifier and secret; `more`: `direct`, `held`, `note`.

        An `id` of the host's own begins as `new_id` does, with eight hexadecimal digits of the time, and has no dot.
        """
        id = id or new_id(now, token)
        # The state names the attempt, so that the answer finds it; the rest of it nobody can guess.
        return cls(
            id=id,
            client_id=client_id,
            issuer=issuer,
            redirect_uri=redirect_uri,
            begun_at=now,
            state=f"{id}.{token(32)}",
            nonce=token(32),
            verifier=new_verifier(token),
            ask=ask,
            secret=token(32),
            **more,
        )

    def again(self, now: float, token: Token = new_token, id: str = "", **more: Any) -> Self:
        """Return an attempt that asks the same, with every secret its own; `id` and `more` as for `new`."""
        ours = self.client_id, self.issuer, self.redirect_uri
        return type(self).new(*ours, self.ask, now, token, id, **{"note": self.note, **more})

    def cookie(self, https: bool) -> dict[str, Any]:
        """Return the arguments of `set_cookie` (Flask, Django and Starlette agree on them) for the browser's secret.

        Bound to this host by its name on https; `Lax`, so that it comes along when the provider sends the browser back.
        """
        name = f"{'__Host-' if https else ''}{COOKIE}{self.id}"
        safe = {"path": "/", "httponly": True, "samesite": "Lax", "secure": https}
        return {"key": name, "value": self.secret, "max_age": LIFETIME, **safe}

    def to_record(self) -> dict[str, Any]:
        """Return the attempt as JSON-able data, without its browser's secret: what is stored must not open itself."""
        return {**{name: value for name, value in vars(self).items() if name != "secret"}, "ask": vars(self.ask)}

    @classmethod
    def from_record(cls, record: Mapping[str, Any], secret: str) -> Self:
        """Return the attempt that `to_record` made. Raises `ValueError` for anything else."""
        try:
            return cls(**{**record, "ask": Ask(**record["ask"]), "secret": secret})
        except (TypeError, KeyError) as fault:
            raise ValueError(f"not an attempt: {fault}") from None

    def to_json(self) -> str:
        """Return `to_record` as JSON."""
        return json.dumps(self.to_record())

    @classmethod
    def from_json(cls, text: str, secret: str) -> Self:
        """Return the attempt that `to_json` wrote. Raises `ValueError` for anything else."""
        return cls.from_record(json.loads(text), secret)


class Attempts(Protocol):
    """Where attempts wait, each for `LIFETIME` seconds. Called by many threads at the same time.

    What a wrong one would cost: a `take` that gives an attempt to two callers lets a code be redeemed twice, which
    revokes the tokens of the first. One that finds an attempt by its id alone signs one person on in the browser of
    another who was sent that address. One in the memory of one process loses sign-ons that another process began.
    """

    def put(self, attempt: Attempt) -> None:
        """Keep a new attempt."""

    def get(self, id: str, secret: str) -> Attempt | None:
        """Return the attempt with this id and this browser's secret; None when there is none."""

    def replace(self, attempt: Attempt, seen: Attempt | None = None) -> bool:
        """Keep a changed attempt if it is there still, and equals `seen` where that is given; False when not.

        What was taken in the meantime must not come back, and of two callers who saw the same only one goes on.
        """
        ...

    def take(self, id: str, secret: str) -> Attempt | None:
        """Return the attempt and forget it, in one step: of two callers one gets it, the other None."""


def take(attempts: Attempts, parameters: Parameters, browser: Browser, now: float) -> Attempt:
    """Use up the attempt that the state of an answer names, before anything else of the answer is looked at.

    Raises `StateMismatch` for an answer without state, `ResponseMalformed` for one with two, and as `find` does.
    """
    state = single(parameters, "state")
    if not state:
        check = Check("state", "present", "absent", False, BINDING)
        raise StateMismatch("the answer has no state", check=check, checks=(check,))
    id = state.partition(".")[0]
    return found(attempts.take(id, browser.get(id, "")) if browser.get(id) else None, id, browser, now)


def find(attempts: Attempts, id: str, browser: Browser, now: float) -> Attempt:
    """Return an attempt of this browser without using it up.

    Raises `SignOnOtherBrowser` when this browser has no cookie for it, `SignOnExpired`, or `SignOnUnknown` when it
    was used.
    """
    return found(attempts.get(id, browser[id]) if browser.get(id) else None, id, browser, now)


def found(attempt: Attempt | None, id: str, browser: Browser, now: float) -> Attempt:
    """Return `attempt`, or raise the reason why this browser has none with this id, as `find` does."""
    if attempt is not None:
        return attempt
    if not browser.get(id):
        raise SignOnOtherBrowser("no cookie for this attempt")
    if expired(id, now):
        raise SignOnExpired("the attempt has expired")
    raise SignOnUnknown("the attempt was used before, or is not kept any more")


def browser_of(cookies: Mapping[str, str]) -> Browser:
    """Return the attempts among the cookies of a request."""
    named = ((name.removeprefix("__Host-"), value) for name, value in cookies.items())
    return {name.removeprefix(COOKIE): value for name, value in named if name.startswith(COOKIE)}


def new_id(now: float, token: Token = new_token) -> str:
    """Return a public name. The time in front says later whether an attempt that is gone had expired."""
    return f"{int(now):08x}{token(6)}"


def expired(id: str, now: float) -> bool:
    """Whether the attempt with this id began more than `LIFETIME` seconds ago; False for what is no id."""
    try:
        return now - int(id[:8], 16) >= LIFETIME
    except ValueError:
        return False
