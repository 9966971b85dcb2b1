"""The page of tokens: decoded, masked, and in full only when their owner asks."""

from typing import Any

from ..signed_in import SignedIn


def token_context(
    person: SignedIn,
    *,
    reveal: str = "",
    userinfo: dict[str, Any] | None = None,
    introspection: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {"tokens": [], "arithmetic": [], "introspection": introspection, "userinfo": userinfo}
