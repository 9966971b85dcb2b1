"""This application as an OpenID Connect relying party: what it asks PingOne for, and what it makes of the answer."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import requests

from .oidc.cache import Cached
from .oidc.client import Client
from .oidc.errors import ProviderError, SignOnError, StateMismatch
from .oidc.id_token import Expected, check_claims
from .oidc.keys import ProviderKeys
from .oidc.pkce import challenge
from .oidc.provider import Provider
from .oidc.request import Ask, AuthorizationRequest, push
from .oidc.response import ExpectedResponse, Parameters, check_response
from .oidc.tokens import TokenSet, exchange_code
from .oidc.userinfo import revoke
from .signed_in import SignedIn, expiry
from .store.pending import PendingSignOn
from .trace.mask import mask
from .trace.story import Story

GOODBYE = 2.0
"""Seconds that each call at the end of a session may take: nobody should wait to be signed off."""


@dataclass(frozen=True)
class Registration:
    """What is entered at PingOne for this application."""

    client: Client
    custom_client: Client
    """The application whose Signon URL is our page; the same one where the tenant has only one."""
    redirect_uri: str
    post_logout_redirect_uri: str
    environment_id: str = ""
    par: str = "auto"
    """`on`, `off`, or `auto`: push the authorization request when PingOne requires it."""
    response_mode: str = ""
    """`form_post`, or empty for the query: how the answer to hosted and custom page mode comes."""

    def client_for(self, mode: str) -> Client:
        return self.custom_client if mode == "custom" else self.client

    def client_with(self, client_id: str) -> Client:
        """Return the application to which tokens were issued."""
        return self.custom_client if client_id == self.custom_client.client_id else self.client


@dataclass(frozen=True)
class RelyingParty:
    us: Registration
    provider: Cached[Provider]
    keys: ProviderKeys

    def request(self, attempt: PendingSignOn, response_mode: str) -> AuthorizationRequest:
        """Return the authorization request of an attempt."""
        return AuthorizationRequest(
            client_id=self.us.client_for(attempt.mode).client_id,
            redirect_uri=self.us.redirect_uri,
            ask=Ask(**attempt.ask),
            state=attempt.state,
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            response_mode=response_mode,
        )

    def parameters(self, http: requests.Session, attempt: PendingSignOn, response_mode: str) -> dict[str, str]:
        """Return what goes to the authorization endpoint: the request, or the reference to the pushed one."""
        provider = self.provider.get(http)
        parameters = self.request(attempt, response_mode).parameters()
        if self.us.par == "on" or (self.us.par == "auto" and provider.par_required):
            return push(http, self.us.client_for(attempt.mode), provider, parameters, time.time())
        return parameters

    def finish(
        self,
        http: requests.Session,
        story: Story,
        attempt: PendingSignOn,
        params: Parameters,
        driven: PendingSignOn | None,
        clock: Callable[[], float],
    ) -> SignedIn:
        """Check the response, redeem the code once, check the ID token; only then is anybody signed in.

        `driven` is the record of the flow when our server drove it, None when the answer came through the browser.
        """
        if (attempt.mode == "redirectless") != (driven is not None and driven.mode == "redirectless"):
            raise StateMismatch("the answer came by a way on which it was not asked for")
        provider, client = self.provider.get(http), self.us.client_for(attempt.mode)
        accepted = check_response(params, ExpectedResponse(attempt.state, provider.issuer, provider.sends_iss))
        story.checked(accepted.checks)
        # Before the code is redeemed: tokens that cannot be checked would have to be given back.
        self.keys.get(http)
        tokens = exchange_code(
            http,
            client,
            provider,
            code=accepted.code,
            verifier=attempt.verifier,
            redirect_uri=self.us.redirect_uri,
            now=clock(),
        )
        with self.given_back(http, client, provider, tokens.refresh_token):
            if not tokens.id_token:
                raise ProviderError("the token answer has no id_token: is openid among the scopes?")
            claims, signature = self.keys.verified_claims(tokens.id_token, http)
            now = clock()  # Not earlier: a slow exchange would make a token of this moment one of the future.
            checks = (signature, *check_claims(claims, expected(attempt, client, provider, tokens, accepted.code), now))
            story.checked(checks, step="token")
            story.end("signed_on", at=now)
            return SignedIn(
                subject=claims["sub"],
                mode=driven.mode if driven else attempt.mode,
                claims=claims,
                scope=tokens.scope or str(attempt.ask.get("scope", "")),
                authenticated_at=int(now),
                access_token=tokens.access_token,
                id_token=tokens.id_token,
                refresh_token=tokens.refresh_token,
                access_token_expires_at=expiry(tokens, now),
                nonce=attempt.nonce,
                # ST, where our server drove the flow: nobody else can end that PingOne session at sign-off.
                pingone_cookies=dict(driven.cookies) if driven else {},
                client_id=client.client_id,
                verifier_mask=mask("code_verifier", attempt.verifier),
                challenge=challenge(attempt.verifier),
                trace=attempt.trace,
                checks=(*accepted.checks, *checks),
                return_to=attempt.return_to,
                attempts=tuple({attempt.handle, driven.handle if driven else attempt.handle}),
            )

    @contextmanager
    def given_back(self, http: requests.Session, client: Client, provider: Provider, token: str) -> Iterator[None]:
        """Tokens that find no session must not outlive the failure, whatever it was: the refresh token is revoked."""
        try:
            yield
        except BaseException:
            self.give_back(http, client, provider, token)
            raise

    def give_back(self, http: requests.Session, client: Client, provider: Provider, token: str) -> None:
        """Revoke a refresh token, in `GOODBYE` seconds or not at all. Nothing to do where there is none."""
        if token and provider.revocation_endpoint:
            with suppress(SignOnError):
                revoke(http, client, provider, token, "refresh_token", time.time(), GOODBYE)


def expected(attempt: PendingSignOn, client: Client, provider: Provider, tokens: TokenSet, code: str) -> Expected:
    """Return what the ID token of this attempt must say."""
    ask = Ask(**attempt.ask)
    return Expected(
        issuer=provider.issuer,
        client_id=client.client_id,
        nonce=attempt.nonce,
        max_age=ask.max_age,
        fresh_since=attempt.begun_at if ask.prompt == "login" else None,
        acr_values=tuple(ask.acr_values.split()),
        access_token=tokens.access_token,
        code=code,
    )
