"""Calling an API for the visitor, with an access token that never leaves our server."""

from dataclasses import dataclass
from typing import Any

from ..oidc.errors import ProviderError, ProviderUnreachable
from ..oidc.resource_server import TokenNotAccepted
from ..oidc.wire import send
from .session_use import SessionUse
from .signed_in import SessionRecord, SignedIn

READ = "orders:read"


class ApiSilent(Exception):
    """The API gave no answer that can be used; nothing is wrong with the session."""


@dataclass(frozen=True)
class ApiCalls:
    """One API, called with the tokens of the user who is signed on."""

    use: SessionUse
    url: str

    def get(self, held: SignedIn, record: SessionRecord, path: str) -> dict[str, Any]:
        """Return the JSON object at a path of the API.

        The token is renewed shortly before it ends, and once after a 401: of many calls at the same time, in several
        processes, one renews it and the others use what came. A second refusal is final: a loop would spend one refresh
        token after another. Raises `TokenNotAccepted` (`wanted` says what would help), `ApiSilent`, and as `refresh`.
        """
        held = self.use.fresh(held, record)
        body = self._get(held, path, final=not held.refresh_token)
        return self._get(self.use.refresh(held, record), path, final=True) or {} if body is None else body

    def _get(self, held: SignedIn, path: str, final: bool) -> dict[str, Any] | None:
        """Return what the API answers; None for a refusal after which a new token may help, unless it is final."""
        with self.use.recorded.story(held) as (_, story):
            http = self.use.recorded.open_http(lambda exchange: story.record(exchange, "api"))
            bearer = {"Authorization": f"Bearer {held.access_token}"}
            try:
                answer = send(http, "GET", f"{self.url}{path}", headers=bearer)
                if answer.status in (401, 403):
                    refused = TokenNotAccepted.read(answer.status, answer.header("WWW-Authenticate"))
                    if refused.error == "invalid_token" and not final:
                        return None
                    raise refused
                if answer.status != 200:
                    raise ApiSilent(f"the API answered {answer.status}")
                return answer.object()
            except (ProviderError, ProviderUnreachable) as failure:
                raise ApiSilent(failure.detail) from failure
