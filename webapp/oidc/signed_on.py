"""What a finished sign-on leaves behind."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from .checks import Check
from .tokens import TokenSet


@dataclass(frozen=True)
class SignedOn:
    """A signed-on person, for the host's session. Times are seconds since 1970, UTC.

    Keep it on the server: the tokens and cookies in it are worth a session at the provider.
    """

    client_id: str
    issuer: str
    subject: str
    claims: Mapping[str, Any] = field(repr=False)
    tokens: TokenSet = field(repr=False)
    received_at: float
    nonce: str = field(repr=False)
    fresh: bool = False
    """Whether a fresh sign-on was asked for (`max_age`, `prompt=login`)."""
    asked_acr: str = ""
    """The policies that were asked for, separated by spaces: an `acr` beside them was compared with nothing."""
    asked_scope: str = ""
    """The scopes that were asked for; `tokens.scope` has those that were granted."""
    from_userinfo: tuple[str, ...] = ()
    """The names of the claims that userinfo gave, as the ID token lacked them."""
    checks: tuple[Check, ...] = field(default=(), repr=False)
    provider_cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The provider's session where our server drove the sign-on: nobody else can end it at sign-off."""

    @property
    def expires_at(self) -> int | None:
        """When the access token ends; None when the provider did not say."""
        seconds = self.tokens.expires_in
        return None if seconds is None else int(self.received_at) + seconds

    def renewed(self, tokens: TokenSet, claims: Mapping[str, Any], checks: tuple[Check, ...], now: float) -> Self:
        """Return this session after a refresh: what the answer does not bring stays as it was."""
        old = self.tokens
        merged = replace(
            tokens,
            refresh_token=tokens.refresh_token or old.refresh_token,
            id_token=tokens.id_token or old.id_token,
            scope=tokens.scope or old.scope,
        )
        # A refreshed ID token lacks what the first one lacked.
        kept = {name: self.claims[name] for name in self.from_userinfo}
        return replace(self, tokens=merged, claims={**kept, **claims}, checks=checks, received_at=now)

    def to_record(self) -> dict[str, Any]:
        """Return everything as JSON-able data, secrets included. Shallow: `asdict` copies every claim, for nobody."""
        return {**vars(self), "tokens": vars(self.tokens), "checks": [vars(check) for check in self.checks]}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Return what `to_record` made. Raises `ValueError` for anything else."""
        try:
            tokens = TokenSet(**record["tokens"])
            checks = tuple(Check(**check) for check in record["checks"])
            more = {"tokens": tokens, "checks": checks, "from_userinfo": tuple(record.get("from_userinfo", ()))}
            return cls(**{**record, **more})
        except (TypeError, KeyError) as fault:
            raise ValueError(f"not a signed-on person: {fault}") from None

    def to_json(self) -> str:
        """Return `to_record` as JSON."""
        return json.dumps(self.to_record())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what `to_json` wrote. Raises `ValueError` for anything else."""
        return cls.from_record(json.loads(text))
