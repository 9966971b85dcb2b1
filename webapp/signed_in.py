"""What a finished sign-on leaves behind: the content of the session."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .oidc.checks import Check
from .oidc.tokens import TokenSet
from .store.sessions import Sessions

VERSION = 1


@dataclass(frozen=True)
class SignedIn:
    """A signed-on person. Times are seconds since 1970, UTC. The secrets never leave the sealed session record."""

    subject: str
    mode: str
    claims: Mapping[str, Any]
    scope: str
    authenticated_at: int
    access_token: str = field(repr=False)
    id_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    access_token_expires_at: int | None = None
    nonce: str = field(default="", repr=False)
    pingone_cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    """`ST`, where our server drove the flow: nobody else can end that PingOne session at sign-off."""
    client_id: str = ""
    verifier_mask: str = ""
    """The tag of the spent verifier, for people who want to follow it; not the verifier."""
    challenge: str = ""
    trace: str = ""
    checks: tuple[Check, ...] = ()
    return_to: str = ""
    attempts: tuple[str, ...] = ()
    """The handles whose cookies are of no more use."""

    @property
    def pingone_session(self) -> str:
        sid = self.claims.get("sid")
        return sid if isinstance(sid, str) else ""

    @property
    def display_name(self) -> str:
        """The best name the claims have for this person."""
        full = " ".join(str(self.claims[name]) for name in ("given_name", "family_name") if self.claims.get(name))
        return str(self.claims.get("name") or full or self.claims.get("preferred_username") or self.subject)

    def with_tokens(self, tokens: TokenSet, claims: Mapping[str, Any] | None, now: float) -> "SignedIn":
        """Return this session after a refresh: what the answer does not bring anew stays as it was."""
        return replace(
            self,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token or self.refresh_token,
            id_token=tokens.id_token or self.id_token,
            scope=tokens.scope or self.scope,
            claims=claims or self.claims,
            access_token_expires_at=expiry(tokens, now),
        )

    def to_record(self) -> dict[str, Any]:
        """Return the session as JSON-able data. Shallow: `asdict` copies every claim, for nobody."""
        return {**vars(self), "checks": [vars(check) for check in self.checks], "version": VERSION}

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
        """Store it if it has not ended meanwhile; False when it has."""
        return self.sessions.save(self.id, {"signed_in": signed_in.to_record()})

    def end(self) -> SignedIn | None:
        """End it. Return what it held last; None when another request was faster."""
        record = self.sessions.end(self.id)
        return from_record(record.get("signed_in")) if record else None


def from_record(record: object) -> SignedIn | None:
    """Return the session in a record; None for one that another release wrote: its owner signs on again."""
    if not isinstance(record, Mapping) or record.get("version") != VERSION:
        return None
    members = {name: value for name, value in record.items() if name != "version"}
    try:
        checks = tuple(Check(**check) for check in members.pop("checks", ()))
        return SignedIn(**{**members, "checks": checks, "attempts": tuple(members.get("attempts", ()))})
    except TypeError:
        return None


def expiry(tokens: TokenSet, now: float) -> int | None:
    return None if tokens.expires_in is None else int(now) + tokens.expires_in
