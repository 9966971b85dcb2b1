"""An OpenID Connect relying party for the authorization code flow with PKCE, to be copied as it is.

Knows no provider by name, no web framework and no storage: HTTP, the clock and randomness are arguments.

    party = RelyingParty.discovered(issuer, Client(id, method, key), redirect_uri, http)      once, for all threads
    url, attempt = party.begin(http, Ask(scope="openid"), time.time)                          start
    attempts.put(attempt); a cookie for the browser: **attempt.cookie(https); redirect to url
    attempt = take(attempts, parameters, browser_of(cookies), time.time())                    redirect_uri
    signed_on = party.finish(http, attempt, parameters, time.time); a session under a new id, kept on the server
    signed_on = party.refreshed(http, signed_on, record, time.time, lock)                     later, before it expires
    left = party.sign_off(http, signed_on, state, time.time); redirect to left.url if any     the local session first

`parameters` are the pairs of the query in order, repeated names kept. `http` is one plain `requests.Session` for all,
or anything with `exchange` (see `Http`). Attempts are kept for `LIFETIME` seconds, sessions as long as the host likes.
`Attempts`, `SessionRecord` and the lock are the host's; `memory` has them for one process. Whatever is wrong is a
`SignOnError` with a `code`; wrong use is a `ValueError`.
"""

from .access import AccessRefused, Wanted, examined, refuse, step_up
from .attempt import LIFETIME, Attempt, Attempts, Browser, browser_of, find, take
from .client import Client
from .errors import (
    ProviderUnreachable,
    Refused,
    SessionEnded,
    SignOnError,
    SignOnExpired,
    SignOnOtherBrowser,
    SignOnUnknown,
    TokenRefused,
)
from .http import Answer, Http, Request, RequestsHttp
from .memory import MemoryAttempts, MemorySessions
from .relying_party import RelyingParty
from .renewal import SessionRecord
from .request import Ask
from .resource_server import ResourceServer, TokenNotAccepted
from .signed_on import SignedOn

__all__ = [
    "LIFETIME",
    "AccessRefused",
    "Answer",
    "Ask",
    "Attempt",
    "Attempts",
    "Browser",
    "Client",
    "Http",
    "MemoryAttempts",
    "MemorySessions",
    "ProviderUnreachable",
    "Refused",
    "RelyingParty",
    "Request",
    "RequestsHttp",
    "ResourceServer",
    "SessionEnded",
    "SessionRecord",
    "SignOnError",
    "SignOnExpired",
    "SignOnOtherBrowser",
    "SignOnUnknown",
    "SignedOn",
    "TokenNotAccepted",
    "TokenRefused",
    "Wanted",
    "browser_of",
    "examined",
    "find",
    "refuse",
    "step_up",
    "take",
]
