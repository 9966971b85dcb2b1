"""What can be done with a session once somebody is signed on: begin it, refresh, ask, revoke."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import sleep
from typing import Any

from ..oidc.checks import Check
from ..oidc.errors import SessionEnded, TheySaid, TokenRefused
from ..oidc.relying_party import GOODBYE
from ..oidc.userinfo import fetch_userinfo, introspect, revoke
from ..store.sealed import SealedStore
from ..store.sessions import Begun, Sessions
from ..store.traces import with_session
from .parties import Parties
from .recorded import Pen, Recorded
from .refresh_lock import RefreshLock
from .sign_offs import SignOffs
from .signed_in import SessionRecord, SignedIn, StoredTokens

EARLY = 60
"""Seconds before an access token's end at which it is renewed."""
STORE_SECONDS = 30
"""What the store may take, at its slowest, for all calls under the lock of a refresh."""


@dataclass(frozen=True)
class SessionUse:
    """The use cases of a signed-on person. `wait` is for tests of waiting."""

    parties: Parties
    store: SealedStore
    sessions: Sessions
    recorded: Recorded
    sign_offs: SignOffs
    now: Callable[[], float]
    deadline: float
    """Seconds that one call to PingOne may take, whatever happens in it."""
    wait: Callable[[float], None] = sleep

    @property
    def lock_seconds(self) -> float:
        """How long the lock of a refresh lasts: it must not end under a holder that is still at work.

        Under it are, at the slowest: the token call, keys and metadata fetched once more because the new ID token names
        a key that is not known yet, the tokens given back because something was wrong, and the store.
        """
        return 3 * self.deadline + GOODBYE + STORE_SECONDS

    def begin(
        self, person: SignedIn, over: str = "", story: Mapping[str, Any] | None = None, where: str = ""
    ) -> Begun:
        """Begin the session of a finished sign-on and end the one that it replaces, whose id is `over`.

        `where` says in plain words from where the person signed on. Session and `story` are written in one transaction.
        Whatever fails, the tokens that found no session are given back. Raises `SessionEnded` when PingOne ended the
        session while it was being made, and `StoreUnavailable`.
        """
        try:
            beside = with_session(person.trace, story) if story is not None else ((), ())
            begun = self.sessions.begin({**person.to_session(), "where": where}, over, *beside)
            if begun is None:
                raise SessionEnded("PingOne ended the session while it was being made")
        except BaseException:
            self.sign_offs.give_back(person)
            raise
        self.sign_offs.give_back_record(begun.former)
        return begun

    def refresh(self, seen: SignedIn, record: SessionRecord) -> SignedIn:
        """Renew the tokens, once however many ask: PingOne rotates refresh tokens, and a replay ends the session.

        `seen` is the session as the caller knows it; if another request has renewed it since, that one's is returned.
        Raises `SessionEnded` when there is nothing left to renew. After a refusal of PingOne's (`TheySaid`) the session
        is as it was; where its refresh token was spent, it holds the next one.
        """
        pen = Pen()
        http, party = self.recorded.open_http(pen.record), self.parties.of_client(seen.on.client_id)
        stored = StoredTokens(record)
        renewed = party.refreshed(http, seen.on, stored, self.now, self._locked(seen, record, pen), pen.checked)
        return replace(stored.held or seen, on=renewed)

    @contextmanager
    def _locked(self, seen: SignedIn, record: SessionRecord, pen: Pen) -> Iterator[None]:
        """The story too is one holder's at a time: who waited would write back what it was before."""
        with (
            RefreshLock(self.store, record, seen, self.lock_seconds, self.wait),
            self.recorded.story(seen) as (_, pen.story),
        ):
            yield

    def userinfo(self, held: SignedIn, record: SessionRecord) -> tuple[dict[str, Any], Check]:
        """Ask userinfo about the signed-on person; an expired access token is renewed once."""
        held = self.fresh(held, record)
        try:
            return self._userinfo(held)
        except TokenRefused:
            if not held.refresh_token:
                raise
            return self._userinfo(self.refresh(held, record))

    def _userinfo(self, held: SignedIn) -> tuple[dict[str, Any], Check]:
        with self.recorded.story(held) as (http, story):
            provider = self.parties.main.provider.get(http)
            claims, check = fetch_userinfo(http, provider, held.access_token, held.subject)
            story.checked((check,))
            return claims, check

    def fresh(self, held: SignedIn, record: SessionRecord) -> SignedIn:
        """Return the session with an access token that will last for a call, renewed shortly before it expires.

        Until the old token expires, the session goes on, even if PingOne is down or slow.
        """
        ends = held.access_token_expires_at
        if not held.refresh_token or ends is None or ends - self.now() > EARLY:
            return held
        try:
            return self.refresh(held, record)
        except TheySaid:
            if ends <= self.now():
                raise
            return held

    def introspect(self, held: SignedIn) -> dict[str, Any]:
        """Ask PingOne what it thinks of the access token."""
        with self.recorded.story(held) as (http, _):
            party = self.parties.of_client(held.on.client_id)
            return introspect(http, party.client, party.provider.get(http), held.access_token, self.now())

    def revoke(self, held: SignedIn) -> None:
        """Ask PingOne to forget the refresh token, or the access token where there is none."""
        with self.recorded.story(held) as (http, _):
            party = self.parties.of_client(held.on.client_id)
            hint = "refresh_token" if held.refresh_token else "access_token"
            token = held.refresh_token or held.access_token
            revoke(http, party.client, party.provider.get(http), token, hint, self.now())
