"""Authorization requests that nobody answers: what PingOne makes of one says how the application is set up.

Each is asked without a browser and left alone: a flow that it starts ends by itself after 15 minutes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from config import Settings

from ..console import resource_of
from ..oidc.client import Client
from ..oidc.errors import Said, TokenRefused
from ..oidc.http import HttpClient
from ..oidc.pkce import new_token, new_verifier
from ..oidc.provider import Provider
from ..oidc.request import Ask, AuthorizationRequest, authorization_url, push
from ..oidc.strict_json import parse_object
from ..oidc.wire import send
from ..pingone.platform_error import problem_of


@dataclass(frozen=True)
class Outcome:
    """Where a browser would be sent. `place` is a URL without its query, '' when the request was refused."""

    place: str = ""
    said: Said = field(default=Said(""))
    target: str = ""
    """The parameter at fault, where PingOne names it."""
    ours: bool = False
    """Whether the refusal comes to us, at the redirect URI or the PAR endpoint, and not to PingOne's own page."""

    @property
    def started(self) -> bool:
        """A sign-on began: nothing in the request was refused."""
        return not self.said.error


@dataclass(frozen=True)
class Asking:
    """One application, asked again and again. `pushes`: each request goes through the PAR endpoint first."""

    settings: Settings
    http: HttpClient
    provider: Provider
    client: Client
    now: float
    pushes: bool = False

    @property
    def scope(self) -> str:
        """The scopes of the settings, as far as one request may ask for them: a mix is a finding of its own."""
        scopes = self.settings.scopes.split()
        mixed = {"PINGONE_API", "CUSTOM"} <= {resource_of(scope) for scope in scopes}
        return " ".join(scope for scope in scopes if not mixed or resource_of(scope) != "CUSTOM")

    def ask(self, changes: Mapping[str, str] | None = None) -> Outcome:
        """Ask for a sign-on with `changes` to the usual request, '' leaving a parameter out.

        Raises `ProviderError`, `ProviderUnreachable`.
        """
        try:
            url = self.url(changes or {})
        except TokenRefused as refused:
            return Outcome(said=refused.said or Said("refused"), ours=True)
        return self._outcome(send(self.http, "GET", url).header("Location"))

    def url(self, changes: Mapping[str, str]) -> str:
        """Return where a browser would go to ask. Raises `TokenRefused` and what `ask` raises."""
        request = AuthorizationRequest(
            client_id=self.client.client_id,
            redirect_uri=self.settings.redirect_uri,
            ask=Ask(scope=self.scope),
            state=new_token(16),
            nonce=new_token(16),
            verifier=new_verifier(),
        )
        parameters = {name: value for name, value in {**request.parameters(), **changes}.items() if value}
        if self.pushes:
            parameters = push(self.http, self.client, self.provider, parameters, self.now)
        return authorization_url(self.provider, parameters)

    def _outcome(self, location: str) -> Outcome:
        place, _, query = location.partition("?")
        found = {name: values[0] for name, values in parse_qs(query).items()}
        error = found.get("error", "")
        if place == self.settings.redirect_uri:
            return Outcome(place, Said(error[:200], found.get("error_description", "")[:500]), ours=True)
        if not place:
            return Outcome(said=Said("no redirect"))
        try:
            problem = problem_of(parse_object(error), "refused") if error else None
        except ValueError:
            return Outcome(place, Said(error[:200]))
        if problem is None:
            return Outcome(place)
        # For an unknown application or redirect URI PingOne has a page of its own, with JSON in its query.
        first = problem.details[0] if problem.details else None
        said = Said(problem.first_code, first.message if first else problem.message)
        return Outcome(place, said, first.target if first else "")
