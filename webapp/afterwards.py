"""What can be done with a session once somebody is signed on: begin it, refresh, ask, revoke."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import sleep
from typing import Any

import requests

from .oidc.checks import Check
from .oidc.client import Client
from .oidc.errors import SessionEnded, TheySaid, TokenRefused, WeFound
from .oidc.id_token import Expected, check_claims
from .oidc.provider import Provider
from .oidc.tokens import TokenSet, refresh
from .oidc.userinfo import fetch_userinfo, introspect, revoke
from .recorded import Recorded
from .relying_party import GOODBYE, RelyingParty
from .sign_offs import SignOffs
from .signed_in import SessionRecord, SignedIn
from .store.sealed import SealedStore
from .store.sessions import Begun, Sessions
from .trace.story import Story

EARLY = 60
"""Seconds before an access token's end at which it is renewed."""
PATIENCE = 12
"""Seconds that a request waits for another one's refresh of the same session."""
STORE_SECONDS = 30
"""What the store may take, at its slowest, for all calls under the lock of a refresh."""


@dataclass(frozen=True)
class Afterwards:
    party: RelyingParty
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

    def begin(self, person: SignedIn, over: str = "") -> Begun:
        """Begin the session of a finished sign-on and end the one that it replaces, whose id is `over`.

        Whatever fails, the tokens that found no session are given back. Raises `SessionEnded` when PingOne ended the
        session while it was being made, and `StoreUnavailable`.
        """
        try:
            begun = self.sessions.begin(person.to_session(), over)
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
        http = self.recorded.open_http(None)
        # Before the lock, which must not be held through a slow fetch, and before the refresh token is spent: its
        # answer is worth nothing without the keys.
        self.party.provider.get(http)
        self.party.keys.get(http)
        for _ in range(PATIENCE * 20):
            key = self.store.lock("refresh", record.id, self.lock_seconds)
            stored = record.load()
            if stored is None or stored.access_token != seen.access_token or key is not None:
                break
            self.wait(0.05)
        else:
            raise TokenRefused("another refresh of this session has not ended", status=503, retry_after=PATIENCE)
        try:
            if stored is None:
                raise SessionEnded("the session was signed off")
            return self._renew(stored, record) if stored.access_token == seen.access_token else stored
        finally:
            if key is not None:
                self.store.unlock("refresh", record.id, key)

    def _renew(self, held: SignedIn, record: SessionRecord) -> SignedIn:
        with self.recorded.story(held) as (http, story):
            provider, client = self.party.provider.get(http), self.party.us.client_with(held.client_id)
            try:
                tokens = refresh(http, client, provider, held.refresh_token, self.now())
            except TokenRefused as error:
                if not error.said or error.said.error != "invalid_grant":
                    raise
                stored = record.load()
                if stored is not None and stored.refresh_token != held.refresh_token:
                    return stored  # Renewed meanwhile: what was refused is not what the session holds.
                record.end()
                raise SessionEnded("PingOne refused the refresh token", said=error.said) from error
            failure: TheySaid | None = None
            newest = tokens.refresh_token or held.refresh_token
            with self.party.given_back(http, client, provider, newest):
                try:
                    claims = self._refreshed_claims(http, held, provider, client, tokens, story)
                    renewed = held.with_tokens(tokens, claims, self.now())
                except WeFound:
                    record.end()  # Tokens about somebody else, or from somebody else: nothing of this session is safe.
                    raise
                except TheySaid as error:
                    # The new keys cannot be had now. The session stays as it was, but its refresh token is spent.
                    failure, renewed = error, replace(held, refresh_token=newest)
                if not record.save(renewed):
                    raise SessionEnded("the session was signed off during the refresh")
            if failure is not None:
                raise failure
            return renewed

    def _refreshed_claims(
        self,
        http: requests.Session,
        held: SignedIn,
        provider: Provider,
        client: Client,
        tokens: TokenSet,
        story: Story,
    ) -> Mapping[str, Any] | None:
        """A refreshed ID token must be about the same person and sign-on (OpenID Connect Core 12.2)."""
        if not tokens.id_token:
            return None
        claims, signature = self.party.keys.verified_claims(tokens.id_token, http)
        expected = Expected(
            issuer=provider.issuer,
            client_id=client.client_id,
            nonce=held.nonce,
            access_token=tokens.access_token,
            subject=held.subject,
            auth_time=held.claims.get("auth_time"),
        )
        story.checked((signature, *check_claims(claims, expected, self.now())))
        return claims

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
            claims, check = fetch_userinfo(http, self.party.provider.get(http), held.access_token, held.subject)
            story.checked((check,))
            return claims, check

    def fresh(self, held: SignedIn, record: SessionRecord) -> SignedIn:
        """Return the session with an access token that will last for a call, renewed shortly before it expires.

        While the old token lives, PingOne being down or slow is no reason to stop: the old one serves.
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
            return introspect(
                http,
                self.party.us.client_with(held.client_id),
                self.party.provider.get(http),
                held.access_token,
                self.now(),
            )

    def revoke(self, held: SignedIn) -> None:
        """Ask PingOne to forget the refresh token, or the access token where there is none."""
        with self.recorded.story(held) as (http, _):
            provider, client = self.party.provider.get(http), self.party.us.client_with(held.client_id)
            if held.refresh_token:
                revoke(http, client, provider, held.refresh_token, "refresh_token", self.now())
            else:
                revoke(http, client, provider, held.access_token, "access_token", self.now())
