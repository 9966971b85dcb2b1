"""A relying party, whole: how a sign-on begins, what is checked in which order, how it is renewed and how it ends."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Self

from .attempt import Attempt, Clock
from .cache import Cached
from .checks import Told, nobody
from .client import Client
from .errors import ProviderError, SignOnError, StateMismatch
from .http import HttpClient
from .id_token import Expected, check_claims
from .keys import ProviderKeys, fetch_keys
from .pkce import Token, new_token
from .provider import Provider, discover
from .renewal import SessionRecord, refreshed
from .request import Ask, AuthorizationRequest, authorization_url, push
from .response import Direct, ExpectedResponse, Parameters, check_response
from .sign_off import SignOffRequest, end_held_session, sign_off_parameters, sign_off_request
from .signed_on import SignedOn
from .tokens import TokenSet, exchange_code
from .userinfo import completed, revoke

GOODBYE = 2.0
"""Seconds that each call may take that gives something back: nobody should wait to be signed off."""


@dataclass(frozen=True)
class RelyingParty:
    """One client at one provider. Shared by all threads. `http` is the caller's, `now` a clock (`time.time`)."""

    issuer: str
    client: Client
    redirect_uri: str
    provider: Cached[Provider]
    keys: ProviderKeys
    post_logout_redirect_uri: str = ""
    par: str = "auto"
    """`on`, `off`, or `auto`: push the authorization request when the provider requires it of everybody."""
    userinfo_claims: tuple[str, ...] = ()
    """Claims that are asked of userinfo where the ID token lacks them."""

    @classmethod
    def discovered(
        cls, issuer: str, client: Client, redirect_uri: str, http: HttpClient, now: Clock = time.time, **more: Any
    ) -> Self:
        """Return a relying party that fetches metadata and keys when it first needs them, and keeps them.

        `http` fetches in the background too. `more`: `post_logout_redirect_uri`, `par`, `userinfo_claims`.
        """
        provider = Cached(lambda client: discover(client, issuer), lambda: http, now)
        keys = Cached(
            lambda client: fetch_keys(client, provider.get(client).jwks_uri), lambda: http, now, ask_first=True
        )
        return cls(issuer, client, redirect_uri, provider, ProviderKeys(keys), **more)

    # -- beginning ------------------------------------------------------------------------------------------------

    def begin(
        self,
        http: HttpClient,
        ask: Ask,
        now: Clock,
        token: Token = new_token,
        note: Mapping[str, Any] | None = None,
        response_mode: str = "",
    ) -> tuple[str, Attempt]:
        """Return the URL that takes the browser to the provider, and the attempt to keep until it comes back.

        Before the redirect: keep the attempt, and give the browser a cookie with its `secret`. Raises `TokenRefused`
        (PAR), `ProviderError`, `ProviderUnreachable`, `MetadataInvalid`; `ValueError` for a scope without openid.
        """
        attempt = self.attempt(ask, now, token, note=note or {})
        return self.url(http, attempt, now, response_mode), attempt

    def attempt(self, ask: Ask, now: Clock, token: Token = new_token, **more: Any) -> Attempt:
        """Return an attempt of this client, before anything is asked; `more` as for `Attempt.new`.

        Raises `ValueError` for a scope without openid.
        """
        if "openid" not in ask.scope.split():
            raise ValueError("the scope must contain openid: without it there is no ID token to sign on with")
        return Attempt.new(self.client.client_id, self.issuer, self.redirect_uri, ask, now(), token, **more)

    def url(self, http: HttpClient, attempt: Attempt, now: Clock, response_mode: str = "") -> str:
        """Return the URL of an attempt's authorization request, pushed before where wanted. Raises as `begin`."""
        return self.url_of(http, self.parameters(attempt, response_mode), now)

    def parameters(self, attempt: Attempt, response_mode: str = "") -> dict[str, str]:
        """Return the parameters of an attempt's authorization request. Raises `ValueError` for another party's."""
        self._ours(attempt)
        names = ("client_id", "redirect_uri", "ask", "state", "nonce", "verifier")
        own = {name: getattr(attempt, name) for name in names}
        return AuthorizationRequest(**own, response_mode=response_mode).parameters()

    def url_of(self, http: HttpClient, parameters: dict[str, str], now: Clock) -> str:
        """Return the URL that asks with `parameters`, pushed before where wanted. Raises as `begin`."""
        provider = self.provider.get(http)
        if self.par == "on" or (self.par == "auto" and provider.par_required):
            parameters = push(http, self.client, provider, parameters, now())
        return authorization_url(provider, parameters)

    # -- the answer -----------------------------------------------------------------------------------------------

    def finish(
        self, http: HttpClient, attempt: Attempt, parameters: Parameters, now: Clock, told: Told = nobody
    ) -> SignedOn:
        """Check the answer, redeem the code once, check the ID token: only then is anybody signed on.

        `attempt` is what `take` returned, so that it counts once. What is expected follows from the attempt and the
        answer; keys are there before the code is redeemed; tokens that do not pass are given back. `told` is called
        with the checks that an answer passed, as soon as they are made; those of a refusal are in the error.
        Raises `StateMismatch`, `IssuerMismatch`, `ResponseMalformed`, `Refused`, `TokenRefused`, `IdTokenSignature`,
        `IdTokenClaim`, `SubjectChanged` (userinfo is about another person), `ProviderError`, `ProviderUnreachable`,
        `MetadataInvalid`; `ValueError` for an attempt that another relying party began.
        """
        self._ours(attempt)
        if attempt.direct and not isinstance(parameters, Direct):
            raise StateMismatch("the answer came by a way on which it was not asked for")
        provider = self.provider.get(http)
        accepted = check_response(parameters, ExpectedResponse(attempt.state, provider.issuer, provider.sends_iss))
        told(accepted.checks)
        self.keys.get(http)  # A code redeemed now would be lost if the keys could not be had afterwards.
        tokens = exchange_code(
            http, self.client, provider, code=accepted.code, verifier=attempt.verifier,
            redirect_uri=attempt.redirect_uri, now=now(), unusable=lambda brought: self.give_back(http, brought, now),
        )  # fmt: skip
        with self.given_back_unless_used(http, tokens, now):
            if not tokens.id_token:
                raise ProviderError("the token answer has no id_token: is openid among the scopes?")
            claims, signature = self.keys.verified_claims(tokens.id_token, http)
            at = now()  # Not earlier: a slow exchange would make a token of this moment one of the future.
            checks = check_claims(claims, self._expected(attempt, tokens, accepted.code), at, (signature,))
            told(checks)
            wanted = self.userinfo_claims
            claims, from_userinfo, more = completed(http, provider, tokens.access_token, claims, wanted)
            told(more)
        return SignedOn(
            client_id=attempt.client_id,
            issuer=attempt.issuer,
            subject=claims["sub"],
            claims=claims,
            # A scope that the answer does not mention is the one that was asked for (RFC 6749 section 5.1).
            tokens=replace(tokens, scope=tokens.scope or attempt.ask.scope),
            received_at=at,
            nonce=attempt.nonce,
            fresh=attempt.ask.wants_fresh,
            asked_acr=attempt.ask.acr_values,
            asked_scope=attempt.ask.scope,
            checks=(*accepted.checks, *checks, *more),
            from_userinfo=from_userinfo,
            provider_cookies=dict(parameters.cookies) if isinstance(parameters, Direct) else {},
        )

    def began(self, attempt: Attempt) -> bool:
        """Whether the attempt is this client's, with this redirect URI, and at this issuer: an answer of one provider
        must not be redeemed at another (RFC 9700 section 4.4)."""
        ours = (self.issuer, self.client.client_id, self.redirect_uri)
        return (attempt.issuer, attempt.client_id, attempt.redirect_uri) == ours

    def _ours(self, attempt: Attempt) -> None:
        if not self.began(attempt):
            raise ValueError("the attempt belongs to another issuer, client or redirect URI")

    def _expected(self, attempt: Attempt, tokens: TokenSet, code: str) -> Expected:
        ask = attempt.ask
        return Expected(
            issuer=attempt.issuer,
            client_id=attempt.client_id,
            nonce=attempt.nonce,
            max_age=ask.max_age,
            fresh_since=attempt.begun_at if "login" in ask.prompt.split() else None,
            acr_values=tuple(ask.acr_values.split()),
            access_token=tokens.access_token,
            code=code,
        )

    # -- afterwards -----------------------------------------------------------------------------------------------

    def refreshed(
        self, http: HttpClient, seen: SignedOn, record: SessionRecord, now: Clock,
        lock: AbstractContextManager[object] | None = None, told: Told = nobody,
    ) -> SignedOn:  # fmt: skip
        """Renew the tokens, once however many ask: providers rotate refresh tokens, and a replay revokes them all.

        `seen` is the session as the caller knows it; if another request has renewed it since, that one's is returned.
        `lock` is this session's, held by one caller at a time, in all processes, and for longer than three calls may
        take. Without one a warning says that two refreshes at the same time may end the session.
        Raises `SessionEnded` when there is nothing left to renew; `TokenRefused`, `ProviderError`,
        `ProviderUnreachable` leave the session as it was (with the new refresh token, if the old one was spent by
        then); `IdTokenSignature`, `IdTokenClaim` and `SubjectChanged` have ended it.
        """
        return refreshed(self, http, seen, record, now, lock, told)

    def sign_off(self, http: HttpClient, signed_on: SignedOn, state: str, now: Clock) -> SignOffRequest:
        """Give the tokens back and return what is left to do: where the browser goes, or nowhere.

        End the local session before. `state` comes back to `post_logout_redirect_uri`. Where our server holds the
        provider's session, because it drove the sign-on, that session is ended from here: the browser could not.
        Raises nothing: what could not be done is named in `undone`, and the local session stays ended.
        """
        try:
            provider = self.provider.get(http)
        except SignOnError:
            return SignOffRequest(undone=("revocation", "session"))
        undone = () if self._give_back(http, provider, signed_on.tokens, now, access_too=False) else ("revocation",)
        parameters = sign_off_parameters(signed_on.tokens.id_token, self.post_logout_redirect_uri, state)
        request = sign_off_request(provider, parameters)
        if not request.url:
            return SignOffRequest(undone=(*undone, "session"))
        if not signed_on.provider_cookies:
            return replace(request, undone=undone)
        ended = end_held_session(http, request, signed_on.provider_cookies, GOODBYE)
        return SignOffRequest(undone=undone if ended else (*undone, "session"))

    def give_back(self, http: HttpClient, tokens: TokenSet, now: Clock) -> None:
        """Revoke tokens that found no session to live in: the store failed after `finish`, say. Raises nothing."""
        with contextlib.suppress(SignOnError):
            self._give_back(http, self.provider.get(http), tokens, now)

    @contextlib.contextmanager
    def given_back_unless_used(self, http: HttpClient, tokens: TokenSet, now: Clock) -> Iterator[None]:
        """Give `tokens` back when the block fails, with whatever it fails."""
        try:
            yield
        except BaseException:
            self.give_back(http, tokens, now)
            raise

    def _give_back(
        self, http: HttpClient, provider: Provider, tokens: TokenSet, now: Clock, access_too: bool = True
    ) -> bool:
        """Whether there is nothing left to revoke. A refresh token takes its access tokens with it (RFC 7009)."""
        token, hint = tokens.refresh_token, "refresh_token"
        if not token and access_too:
            token, hint = tokens.access_token, "access_token"
        if not token or not provider.revocation_endpoint:
            return not token
        try:
            revoke(http, self.client, provider, token, hint, now(), GOODBYE)
        except SignOnError:
            return False
        return True
