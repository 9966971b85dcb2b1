"""The custom resource of the environment: an API with a scope, an audience and credentials of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from .applications import CLIENT_SECRET_BASIC, CUSTOM_AUDIENCE, CUSTOM_SCOPE


@dataclass(frozen=True)
class Resource:
    """What introspects the tokens that it is sent: ``introspectEndpointAuthMethod`` is PingOne's name of ``method``.

    https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/token-introspection-resource-id-and-secret.html
    """

    id: str = "6a7b1c2d-3e4f-4a5b-9c6d-7e8f9a0b1c2d"
    name: str = "orders"
    audience: str = CUSTOM_AUDIENCE
    scopes: tuple[str, ...] = (CUSTOM_SCOPE,)
    secret: str = field(default="resource-secret-0123456789-abcdefghijklmnop", repr=False)
    method: str = CLIENT_SECRET_BASIC
