"""Authorization codes, and what was granted: the tokens of one sign-on live and die together."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from .pkce import Challenge
from .tables import Table
from .users import User

#: Seconds within which a code must be redeemed: https://docs.pingidentity.com/pingone/applications/p1_grant_types.html
CODE_SECONDS = 600.0
ACCESS_TOKEN_SECONDS = 3_600
REFRESH_TOKEN_SECONDS = 2_592_000


@dataclass
class Grant:
    """What one sign-on allows one application."""

    client_id: str
    user: User
    session_id: str
    scope: tuple[str, ...]
    acr: str
    methods: tuple[str, ...]
    auth_time: int
    nonce: str | None
    redirect_uri: str
    challenge: Challenge | None
    fault: str = ""
    revoked: bool = False
    #: When the first refresh token was issued, seconds since 1970: what a rolling duration counts from.
    first_refresh: float | None = None


@dataclass
class CodeRow:
    """An authorization code that was issued, kept after use so that a second use is noticed."""

    grant: Grant
    expires_at: float
    used: bool = False


@dataclass
class RefreshRow:
    """A refresh token; ``current`` is False after it was exchanged for the next one."""

    grant: Grant
    current: bool = True


@dataclass(frozen=True)
class AccessRow:
    """An access token by its ``jti``. ``revocable``: it belongs to a custom resource."""

    grant: Grant
    scope: tuple[str, ...]
    revocable: bool
    revoked: list[bool] = field(default_factory=list)


class Grants:
    """Codes and tokens that are not self-contained."""

    def __init__(self, now: Callable[[], float], rows: int = 10_000) -> None:
        self._now = now
        # Kept for as long again after its end, so that a second use is noticed.
        self._codes: Table[CodeRow] = Table(now, lifetime=2 * CODE_SECONDS, capacity=rows)
        self._refresh: Table[RefreshRow] = Table(now, lifetime=REFRESH_TOKEN_SECONDS, capacity=rows)
        # Kept for as long again after its end, so that an expired token is told from one that never was.
        self.access: Table[AccessRow] = Table(now, lifetime=2 * ACCESS_TOKEN_SECONDS, capacity=2 * rows)

    def __contains__(self, name: str) -> bool:
        """Whether ``name`` is a code, a refresh token or the ``jti`` of an access token."""
        return name in self._codes or name in self._refresh or name in self.access

    def new_code(self, grant: Grant) -> str:
        """A code for a grant: a UUID, as PingOne's are."""
        code = str(uuid4())
        self._codes.put(code, CodeRow(grant, self._now() + CODE_SECONDS))
        return code

    def find_code(self, code: str) -> CodeRow | None:
        """A code that was issued a while ago, usable or not."""
        return self._codes.get(code)

    def new_refresh_token(self, grant: Grant, token: str = "") -> str:
        """A refresh token: an opaque one unless it is given."""
        token = token or secrets.token_urlsafe(48)
        grant.first_refresh = grant.first_refresh or self._now()
        self._refresh.put(token, RefreshRow(grant))
        return token

    def find_refresh_token(self, token: str) -> RefreshRow | None:
        """A refresh token that was issued, current or already exchanged."""
        return self._refresh.get(token)
