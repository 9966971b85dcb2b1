"""The tokens of the adversarial provider, with the claims that PingOne puts into them."""

import time
import uuid
from typing import TYPE_CHECKING

from tests.support.provider_grants import Grant
from tests.support.provider_keys import compact, left_half_hash

if TYPE_CHECKING:
    from tests.support.provider import Provider

USERNAME = "alice"
SUBJECT = "386e547a-45b6-410f-b61f-e4f4dc177fac"
ORGANIZATION = "1a2b3c4d-0000-4000-8000-000000000001"


def tokens(provider: "Provider", grant: Grant, kind: str) -> dict[str, object]:
    """A right token answer; its ID token is tampered with as the knobs for `kind` say.

    `kind` is `id_token` after a code and `refresh_id_token` after a refresh token.
    """
    access, refresh = (provider.plant(f"planted-{name}-{uuid.uuid4()}") for name in ("access", "refresh"))
    return {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": 3600,
        "refresh_token": refresh,
        "scope": grant.params.get("scope", ""),
        "id_token": provider.plant(_id_token(provider, grant, access, kind)),
    }


def _id_token(provider: "Provider", grant: Grant, access_token: str, kind: str) -> str:
    now = int(time.time())
    claims: dict[str, object] = {
        "iss": provider.issuer,
        "sub": grant.subject,
        "aud": grant.params.get("client_id"),
        "iat": now,
        "exp": now + 3600,
        "auth_time": grant.authenticated_at,
        "acr": "Single_Factor",
        "amr": ["pwd"],
        "nonce": grant.params.get("nonce"),
        "at_hash": left_half_hash(access_token),
        "sid": grant.session,
        "env": provider.environment_id,
        "org": ORGANIZATION,
        "p1.region": "NA",
        "preferred_username": USERNAME,
    }
    if kind == "refresh_id_token":
        del claims["nonce"]
    header = {"kid": None} | provider.tampered("id_token_header", {"kid": provider.signing_key.kid})
    token = compact(
        provider.tampered(kind, claims),
        way=provider.sign,
        key=provider.signing_key,
        header=header,
        secret=provider.client.secret,
    )
    return provider.finished_id_token(token)
