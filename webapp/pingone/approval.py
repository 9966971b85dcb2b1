"""Transaction approval: a signed-on user approves one thing, with a second factor, and sees what it is.

    flow, attempt = begin_approval(http, party, Transaction("100", "EUR", "Bob"), subject, time.time)
    then find, act and finish_flow as for any flow; `same_person` before anything is done

What is approved travels in a signed request (`pi.template`), and PingOne shows it beside the passcode or in the push:
to change the amount on the way breaks the signature. Only a client with a secret or a key can ask.
https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/authorize-transaction-approval-.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from ..oidc.attempt import Attempt, Clock
from ..oidc.checks import Check, same
from ..oidc.client import Client
from ..oidc.errors import ProviderError, SubjectChanged
from ..oidc.http import HttpClient
from ..oidc.pkce import Token, new_token
from ..oidc.relying_party import RelyingParty
from ..oidc.request import Ask
from . import flows
from .flow import Flow

POLICY = "MFA_Only"
"""The sign-on policy that asks for a second factor and for no password: the person is named by our signature."""
SECONDS = 60
"""A signed request is made for one call."""


@dataclass(frozen=True)
class Transaction:
    """What is approved: `amount` as it is written (`100`, `19.90`), `currency` (`EUR`), `recipient`."""

    amount: str
    currency: str
    recipient: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} to {self.recipient}"

    def claims(self) -> dict[str, Any]:
        """PingOne's own claims of a request: its notification template with our variables."""
        variables = {"sum": self.amount, "currency": self.currency, "recipient": self.recipient}
        template = {"name": "transaction", "variables": variables}
        return {"pi.template": template, "pi.clientContext": {"purpose": str(self)}}


def may_ask(client: Client) -> bool:
    """Whether the client has something to sign with."""
    return client.method != "none"


def begin_approval(
    http: HttpClient,
    party: RelyingParty,
    transaction: Transaction,
    subject: str,
    now: Clock,
    token: Token = new_token,
    policy: str = POLICY,
    **more: Any,
) -> tuple[Flow, Attempt]:
    """Ask `subject`, a `sub` of PingOne's, for an approval: a flow to drive like any other. `more`: see `Attempt.new`.

    Raises `ValueError` for a client that cannot sign, `ProviderError` when nobody is asked, and as `begin_flow`.
    """
    attempt = party.attempt(Ask(scope="openid", acr_values=policy), now, token, direct=True, **more)
    return start(http, party, attempt, transaction, subject, now, token)


def start(
    http: HttpClient,
    party: RelyingParty,
    attempt: Attempt,
    transaction: Transaction,
    subject: str,
    now: Clock,
    token: Token = new_token,
) -> tuple[Flow, Attempt]:
    """Start the flow of an attempt that is `direct`. Raises as `begin_approval`."""
    inside = {**party.parameters(attempt, "pi.flow"), **transaction.claims(), "sub": subject}
    signed = signed_request(party.client, party.issuer, inside, now(), token)
    outside = {name: str(inside[name]) for name in ("client_id", "response_type", "scope", "response_mode")}
    request = {**outside, "request": signed, "login_hint_token": signed}
    flow, started = flows.started(http, attempt, party.url_of(http, request, now))
    if flow.finished:
        raise ProviderError("the approval was finished before anybody was asked")
    return flow, started


def signed_request(client: Client, issuer: str, claims: Mapping[str, Any], now: float, token: Token = new_token) -> str:
    """Return a request object: `claims`, signed with the client's key (RS256) or secret (HS256), for this issuer.

    https://openid.net/specs/openid-connect-core-1_0.html#SignedRequestObject
    Raises `ValueError` for a client that has neither.
    """
    if not may_ask(client):
        raise ValueError("a public client cannot sign a request")
    envelope = {"iss": client.client_id, "aud": issuer, "iat": int(now), "exp": int(now) + SECONDS, "jti": token(16)}
    key: RSAKey | OctKey = client.signing or OctKey.import_key(client.key)
    header = {"alg": "RS256" if client.signing else "HS256"}
    if client.signing and client.signing.kid:
        header["kid"] = client.signing.kid
    return jwt.encode(header, {**claims, **envelope}, key, algorithms=[header["alg"]])


def same_person(approved_by: str, subject: str) -> Check:
    """Return the check that the user who approved is the one who was asked. Raises `SubjectChanged`."""
    passed = same(approved_by, subject)
    source = "https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation"
    check = Check("approved by", "the person who was asked", "equal" if passed else "different", passed, source)
    if not passed:
        raise SubjectChanged("the approval is another person's", check=check, checks=(check,))
    return check
