"""What can be done with a session once somebody is signed on: refresh, ask, revoke, sign off."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import sleep
from typing import Any

import requests

from .oidc.checks import Check
from .oidc.client import Client
from .oidc.errors import SignOnError, TheySaid, TokenRefused, WeFound
from .oidc.id_token import Expected, check_claims
from .oidc.pkce import Token
from .oidc.provider import Provider
from .oidc.sign_off import SignOffRequest, end_held_session, sign_off_parameters, sign_off_request
from .oidc.tokens import refresh
from .oidc.userinfo import fetch_userinfo, introspect, revoke
from .pingone.cookies import header
from .relying_party import RelyingParty
from .signed_in import Keeper, SessionEnded, SignedIn
from .store.protocol import StoreUnavailable
from .store.sealed import SealedStore
from .store.traces import Traces
from .trace.story import Story

LOCK_SECONDS = 30
"""Longer than two outbound calls and the store may take, so that a lock ends only under a holder that died."""
EARLY = 60
"""Seconds before an access token's end at which it is renewed."""
GOODBYE = 2.0
"""Seconds that each call at sign-off may take: nobody should wait to be signed off."""
PATIENCE = 12
"""Seconds that a request waits for another one's refresh of the same session."""


@dataclass(frozen=True)
class Afterwards:
    party: RelyingParty
    store: SealedStore
    traces: Traces
    open_http: Callable[[Any], requests.Session]
    now: Callable[[], float]
    token: Token

    def refresh(self, seen: SignedIn, keeper: Keeper) -> SignedIn:
        """Renew the tokens, once however many ask: PingOne rotates refresh tokens, and a replay ends the session.

        `seen` is the session as the caller knows it; if another request has renewed it since, that one's is returned.
        Raises `SessionEnded` when there is nothing left to renew; any other failure leaves the session as it was.
        """
        for _ in range(PATIENCE * 20):
            key = self.store.lock("refresh", keeper.id, LOCK_SECONDS)
            stored = keeper.load()
            if stored is None or stored.access_token != seen.access_token or key is not None:
                break
            sleep(0.05)
        else:
            raise TokenRefused("another refresh of this session has not ended", status=503, retry_after=LOCK_SECONDS)
        try:
            if stored is None:
                raise SessionEnded("the session was signed off")
            return self._renew(stored, keeper) if stored.access_token == seen.access_token else stored
        finally:
            if key is not None:
                self.store.unlock("refresh", keeper.id, key)

    def _renew(self, held: SignedIn, keeper: Keeper) -> SignedIn:
        story = self._story(held)
        http = self.open_http(story.record)
        provider, client = self.party.provider.get(http), self._client(held)
        self.party.keys.get(http)  # Before the refresh token is spent: its answer is worth nothing without them.
        try:
            tokens = refresh(http, client, provider, held.refresh_token)
            claims = self._refreshed_claims(http, held, provider, client, tokens.id_token, tokens.access_token, story)
            renewed = held.with_tokens(tokens, claims, self.now())
            with self._given_back(http, client, provider, renewed):
                if not keeper.save(renewed):
                    raise SessionEnded("the session was signed off during the refresh")
            return renewed
        except TokenRefused as error:
            if not error.said or error.said.error != "invalid_grant":
                raise
            keeper.end()
            raise SessionEnded("PingOne refused the refresh token", said=error.said) from error
        except WeFound:
            keeper.end()  # Tokens about somebody else, or from somebody else: nothing of this session is safe.
            raise
        finally:
            self._keep(held, story)

    @contextlib.contextmanager
    def _given_back(self, http: requests.Session, client: Client, provider: Provider, new: SignedIn) -> Iterator[None]:
        """A sign-off that overtakes a refresh wins: tokens that found no session to live in must not outlive it."""
        try:
            yield
        except (SessionEnded, StoreUnavailable):
            self._forget(http, client, provider, new)
            raise

    def _refreshed_claims(
        self,
        http: requests.Session,
        held: SignedIn,
        provider: Provider,
        client: Client,
        id_token: str,
        access_token: str,
        story: Story,
    ) -> Mapping[str, Any] | None:
        """A refreshed ID token must be about the same person and sign-on (OpenID Connect Core 12.2)."""
        if not id_token:
            return None
        claims, signature = self.party.keys.verified_claims(id_token, http)
        expected = Expected(
            issuer=provider.issuer,
            client_id=client.client_id,
            nonce=held.nonce,
            access_token=access_token,
            subject=held.subject,
            auth_time=held.claims.get("auth_time"),
        )
        story.checked((signature, *check_claims(claims, expected, self.now())))
        return claims

    def userinfo(self, held: SignedIn, keeper: Keeper) -> tuple[dict[str, Any], Check]:
        """Ask userinfo about the signed-on person; an expired access token is renewed once."""
        held = self.fresh(held, keeper)
        try:
            return self._userinfo(held)
        except TokenRefused:
            if not held.refresh_token:
                raise
            return self._userinfo(self.refresh(held, keeper))

    def _userinfo(self, held: SignedIn) -> tuple[dict[str, Any], Check]:
        with self._told(held) as (http, story):
            claims, check = fetch_userinfo(http, self.party.provider.get(http), held.access_token, held.subject)
            story.checked((check,))
            return claims, check

    def fresh(self, held: SignedIn, keeper: Keeper) -> SignedIn:
        """Return the session with an access token that will last for a call, renewed shortly before it expires.

        While the old token lives, PingOne being down or slow is no reason to stop: the old one serves.
        """
        ends = held.access_token_expires_at
        if not held.refresh_token or ends is None or ends - self.now() > EARLY:
            return held
        try:
            return self.refresh(held, keeper)
        except TheySaid:
            if ends <= self.now():
                raise
            return held

    def introspect(self, held: SignedIn) -> dict[str, Any]:
        """Ask PingOne what it thinks of the access token."""
        with self._told(held) as (http, _):
            return introspect(http, self._client(held), self.party.provider.get(http), held.access_token)

    def revoke(self, held: SignedIn) -> None:
        """Ask PingOne to forget the refresh token, or the access token where there is none."""
        with self._told(held) as (http, _):
            provider, client = self.party.provider.get(http), self._client(held)
            if held.refresh_token:
                revoke(http, client, provider, held.refresh_token, "refresh_token")
            else:
                revoke(http, client, provider, held.access_token, "access_token")

    def sign_off(self, held: SignedIn, state: str) -> SignOffRequest:
        """Return what takes the browser to PingOne to end its session; empty when nothing is left for it to end.

        The caller has ended the local session before. Whatever fails here, it stays ended.
        """
        us = self.party.us
        with contextlib.suppress(SignOnError, StoreUnavailable), self._told(held) as (http, story):
            provider, client = self.party.provider.get(http), self._client(held)
            self._forget(http, client, provider, held)
            parameters = sign_off_parameters(held.id_token, us.post_logout_redirect_uri, state)
            request = sign_off_request(provider, parameters)
            if held.pingone_cookies and request.url:
                # Our server drove the flow, so the browser holds no ST: ending that session is up to us.
                end_held_session(http, request, header(held.pingone_cookies), GOODBYE)
                return SignOffRequest()
            story.hop("browser", "pingone", request.method, request.url, at=self.now(), body=request.form.items())
            return request
        return SignOffRequest()

    def forget(self, held: SignedIn) -> None:
        """Give tokens back that found no session to live in (the store failed after the code was redeemed)."""
        with contextlib.suppress(SignOnError):
            http = self.open_http(None)
            self._forget(http, self._client(held), self.party.provider.get(http), held)

    def _forget(self, http: requests.Session, client: Client, provider: Provider, held: SignedIn) -> None:
        if held.refresh_token and provider.revocation_endpoint:
            with contextlib.suppress(SignOnError):
                revoke(http, client, provider, held.refresh_token, "refresh_token", GOODBYE)

    def _client(self, held: SignedIn) -> Client:
        us = self.party.us
        return us.custom_client if held.client_id == us.custom_client.client_id else us.client

    @contextlib.contextmanager
    def _told(self, held: SignedIn) -> Any:
        story = self._story(held)
        try:
            yield self.open_http(story.record), story
        except SignOnError as error:
            story.checked(error.checks)
            raise
        finally:
            self._keep(held, story)

    def _story(self, held: SignedIn) -> Story:
        record = None
        with contextlib.suppress(StoreUnavailable):  # Nor does one that cannot be read stop anybody.
            record = self.traces.get(held.trace)
        story = Story.from_record(record) if record else Story.begin(held.trace, held.mode, self.now())
        for kind, value in (
            ("access_token", held.access_token),
            ("refresh_token", held.refresh_token),
            ("id_token", held.id_token),
            *held.pingone_cookies.items(),
        ):
            if value:
                story.secret(kind, value)
        return story

    def _keep(self, held: SignedIn, story: Story) -> None:
        with contextlib.suppress(StoreUnavailable):  # A story that cannot be kept undoes nothing of what it tells.
            self.traces.update(held.trace, story.to_record())
