"""The authorization request: what the browser, or our server, takes to the provider."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .client import Client, post_form
from .errors import ProviderError, TokenRefused
from .http import HttpClient
from .pkce import challenge
from .provider import Provider
from .wire import encoded, said


@dataclass(frozen=True)
class Ask:
    """What a sign-on may ask for. Nothing else of a visitor's reaches the provider.

    `scope` and `acr_values` are separated by spaces, `max_age` is seconds.
    https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest
    """

    scope: str = ""
    prompt: str = ""
    max_age: int | None = None
    login_hint: str = ""
    acr_values: str = ""

    @property
    def wants_fresh(self) -> bool:
        """Whether the person must sign on now, however recent an earlier sign-on is."""
        return self.max_age is not None or "login" in self.prompt.split()


@dataclass(frozen=True)
class AuthorizationRequest:
    """One request for one sign-on (RFC 6749 section 4.1.1, RFC 7636 section 4.3, Core 3.1.2.1)."""

    client_id: str
    redirect_uri: str
    ask: Ask
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    response_mode: str = ""

    def parameters(self) -> dict[str, str]:
        """Return the parameters in the order in which a reader wants to see them; the verifier is not among them."""
        members = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.ask.scope,
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": challenge(self.verifier),
            "code_challenge_method": "S256",
            "response_mode": self.response_mode,
            "prompt": self.ask.prompt,
            "max_age": "" if self.ask.max_age is None else str(self.ask.max_age),
            "login_hint": self.ask.login_hint,
            "acr_values": self.ask.acr_values,
        }
        return {name: value for name, value in members.items() if value}


def authorization_url(provider: Provider, parameters: dict[str, str]) -> str:
    """Return the URL to visit. The endpoint's own query parameters are kept (RFC 6749 section 3.1)."""
    joiner = "&" if urlsplit(provider.authorization_endpoint).query else "?"
    return f"{provider.authorization_endpoint}{joiner}{encoded(parameters)}"


def push(
    http: HttpClient, client: Client, provider: Provider, parameters: dict[str, str], now: float
) -> dict[str, str]:
    """Push the request (RFC 9126) and return the two parameters that stand for it: client_id and request_uri.

    There is no fallback to a plain request: that would expose in the browser what was meant to be protected.
    `now`: seconds since 1970, UTC. Raises `TokenRefused`, `ProviderError`, `ProviderUnreachable`.
    """
    if not provider.par_endpoint:
        raise ProviderError("pushed authorization requests are switched on, but the provider has no endpoint for them")
    answer = post_form(http, client, provider, provider.par_endpoint, parameters, now)
    if 400 <= answer.status < 500:
        words = said(answer)
        raise TokenRefused(f"PAR {answer.status} {words.error}", said=words)
    if answer.status != 201:
        raise ProviderError(f"the pushed authorization request endpoint answered {answer.status}")
    request_uri = answer.object().get("request_uri")
    if not isinstance(request_uri, str) or not request_uri.startswith("urn:ietf:params:oauth:request_uri:"):
        raise ProviderError("the pushed authorization request was answered without a request_uri")
    return {"client_id": client.client_id, "request_uri": request_uri}
