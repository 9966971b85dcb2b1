"""What a finished sign-on leaves behind: the content of the session."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from ..oidc.attempt import Attempt
from ..oidc.checks import Check
from ..oidc.signed_on import SignedOn
from ..store.sessions import Sessions

VERSION = 3


@dataclass(frozen=True)
class SignedIn:
    """A signed-on person and how that came about. The secrets never leave the sealed session record."""

    on: SignedOn
    mode: str
    authenticated_at: int
    """Seconds since 1970, UTC."""
    verifier: str = field(default="", repr=False)
    """Spent: it went out once, with the code. Kept for its owner, who may want to compute the challenge of it."""
    trace: str = ""
    return_to: str = ""
    attempts: tuple[str, ...] = ()
    """The ids of attempts whose cookies are of no more use."""

    @classmethod
    def new(cls, on: SignedOn, attempt: Attempt, mode: str, attempts: tuple[str, ...]) -> Self:
        """Return the person of a sign-on that finished just now with this attempt."""
        return cls(
            on=on,
            mode=mode,
            authenticated_at=int(on.received_at),
            verifier=attempt.verifier,
            trace=str(attempt.note.get("trace", "")),
            return_to=str(attempt.note.get("return_to", "")),
            attempts=tuple(dict.fromkeys(attempts)),
        )

    @property
    def subject(self) -> str:
        return self.on.subject

    @property
    def claims(self) -> Mapping[str, Any]:
        return self.on.claims

    @property
    def checks(self) -> tuple[Check, ...]:
        return self.on.checks

    @property
    def scope(self) -> str:
        return self.on.tokens.scope

    @property
    def access_token(self) -> str:
        return self.on.tokens.access_token

    @property
    def id_token(self) -> str:
        return self.on.tokens.id_token

    @property
    def refresh_token(self) -> str:
        return self.on.tokens.refresh_token

    @property
    def access_token_expires_at(self) -> int | None:
        return self.on.expires_at

    @property
    def nonce(self) -> str:
        return self.on.nonce

    @property
    def pingone_cookies(self) -> Mapping[str, str]:
        """`ST`, where our server drove the flow: nobody else can end that PingOne session at sign-off."""
        return self.on.provider_cookies

    @property
    def pingone_session(self) -> str:
        sid = self.claims.get("sid")
        return sid if isinstance(sid, str) else ""

    @property
    def display_name(self) -> str:
        """The best name the claims have for this person."""
        full = " ".join(str(self.claims[name]) for name in ("given_name", "family_name") if self.claims.get(name))
        return str(self.claims.get("name") or full or self.claims.get("preferred_username") or self.subject)

    def to_record(self) -> dict[str, Any]:
        """Return the session as JSON-able data."""
        return {**vars(self), "on": self.on.to_record(), "version": VERSION}

    def to_session(self) -> dict[str, Any]:
        """Return the content of a new session: this, and by which names PingOne may end it."""
        names = {"sid": self.pingone_session, "subject": self.subject, "issued_at": self.claims.get("iat")}
        return {"signed_in": self.to_record(), **names}


@dataclass(frozen=True)
class SessionRecord:
    """The stored record of one session, apart from the request that happens to look at it."""

    sessions: Sessions
    id: str = field(repr=False)

    def load(self) -> SignedIn | None:
        """Return the session as it is stored now; None when it has ended."""
        record = self.sessions.load(self.id)
        return from_record(record.get("signed_in")) if record else None

    def save(self, signed_in: SignedIn) -> bool:
        """Store it if it has not ended since; False when it has."""
        return self.sessions.save(self.id, {"signed_in": signed_in.to_record()})

    def end(self) -> SignedIn | None:
        """End it. Return what it held last; None when another request was faster."""
        record = self.sessions.end(self.id)
        return from_record(record.get("signed_in")) if record else None


@dataclass
class StoredTokens:
    """The same as `RelyingParty.refreshed` wants it."""

    record: SessionRecord
    held: SignedIn | None = None

    def load(self) -> SignedOn | None:
        """See `oidc.SessionRecord`."""
        self.held = self.record.load()
        return self.held.on if self.held else None

    def save(self, renewed: SignedOn) -> bool:
        """See `oidc.SessionRecord`."""
        return self.held is not None and self.record.save(replace(self.held, on=renewed))

    def end(self) -> None:
        """See `oidc.SessionRecord`."""
        self.record.end()


def from_record(record: object) -> SignedIn | None:
    """Return the session in a record; None for one that another release wrote: its owner signs on again."""
    if not isinstance(record, Mapping) or record.get("version") != VERSION:
        return None
    members = {name: value for name, value in record.items() if name != "version"}
    try:
        on = SignedOn.from_record(members["on"])
        return SignedIn(**{**members, "on": on, "attempts": tuple(members.get("attempts", ()))})
    except (TypeError, KeyError, ValueError):
        return None
