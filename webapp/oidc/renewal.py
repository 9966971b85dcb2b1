"""New tokens for a session, once however many ask: the lock, the second look under it, and whom a refusal ends."""

import contextlib
import warnings
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from .attempt import Clock
from .checks import Told
from .errors import SessionEnded, TheySaid, TokenRefused, WeFound
from .http import HttpClient
from .id_token import Expected, check_claims
from .signed_on import SignedOn
from .tokens import TokenSet, refresh

if TYPE_CHECKING:
    from .relying_party import RelyingParty


class SessionRecord(Protocol):
    """One session where it is stored, apart from the request that happens to look at it.

    What a wrong one would cost: a `load` that answers from the request's own copy spends a refresh token that another
    request has spent already, and the provider then revokes all tokens. A `save` that writes back what has ended
    signs somebody on again who has signed off.
    """

    def load(self) -> SignedOn | None:
        """Return the session as it is stored now; None when it has ended."""

    def save(self, renewed: SignedOn) -> bool:
        """Store it if it has not ended since; False when it has."""
        ...

    def end(self) -> None:
        """End it."""


def refreshed(
    party: "RelyingParty",
    http: HttpClient,
    seen: SignedOn,
    record: SessionRecord,
    now: Clock,
    lock: AbstractContextManager[object] | None,
    told: Told,
) -> SignedOn:
    """See `RelyingParty.refreshed`."""
    if lock is None:
        warnings.warn("a refresh without a lock: two at the same time end the session", RuntimeWarning, stacklevel=3)
    provider = party.provider.get(http)  # Fetched before locking: nobody waits for a lock longer than for a call,
    party.keys.get(http)  # and the answer to a spent refresh token is worth nothing without keys.
    with lock or contextlib.nullcontext():
        stored = record.load()
        if stored is None:
            raise SessionEnded("the session was signed off")
        if stored.tokens.access_token != seen.tokens.access_token:
            return stored

        def unusable(brought: TokenSet) -> None:
            newest = replace(stored, tokens=replace(stored.tokens, refresh_token=brought.refresh_token))
            if not brought.refresh_token or not record.save(newest):
                party.give_back(http, brought, now)

        try:
            tokens = refresh(http, party.client, provider, stored.tokens.refresh_token, now(), unusable)
        except TokenRefused as error:
            if not error.said or error.said.error != "invalid_grant":
                raise
            return _refused(stored, record, error)
        with party.given_back_unless_used(http, tokens, now):
            renewed, failure = _renewed(party, http, stored, record, tokens, now, told)
        if failure is not None:
            raise failure
        return renewed


def _refused(spent: SignedOn, record: SessionRecord, error: TokenRefused) -> SignedOn:
    """End the session, unless somebody whose lock came after ours has renewed it: that one's tokens are good."""
    stored = record.load()
    if stored is not None and stored.tokens.refresh_token != spent.tokens.refresh_token:
        return stored
    record.end()
    raise SessionEnded("the provider refused the refresh token", said=error.said) from error


def _renewed(
    party: "RelyingParty",
    http: HttpClient,
    held: SignedOn,
    record: SessionRecord,
    tokens: TokenSet,
    now: Clock,
    told: Told,
) -> tuple[SignedOn, TheySaid | None]:
    """Keep what came, and return it with the reason why it is only half of it, if so.

    A refreshed ID token must be about the same person and sign-on (OpenID Connect Core 12.2).
    """
    claims, checks, failure = held.claims, held.checks, None
    try:
        if tokens.id_token:
            claims, signature = party.keys.verified_claims(tokens.id_token, http)
            expected = Expected(
                issuer=held.issuer,
                client_id=held.client_id,
                nonce=held.nonce,
                access_token=tokens.access_token,
                subject=held.subject,
                auth_time=held.claims.get("auth_time"),
                fresh=held.fresh,
            )
            checks = check_claims(claims, expected, now(), (signature,))
            told(checks)
        renewed = held.renewed(tokens, claims, checks, now())
    except WeFound:
        record.end()  # Tokens about another user, or from another issuer: nothing of this session is safe.
        raise
    except TheySaid as error:
        # The new keys cannot be had now. The session stays as it was, but its refresh token is spent.
        newest = tokens.refresh_token or held.tokens.refresh_token
        failure, renewed = error, replace(held, tokens=replace(held.tokens, refresh_token=newest))
    if not record.save(renewed):
        raise SessionEnded("the session was signed off during the refresh")  # Who signs off wins.
    return renewed, failure
