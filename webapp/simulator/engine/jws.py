"""Writing a compact JSON Web Signature."""

from __future__ import annotations

import json
from typing import Any

from joserfc import jws
from joserfc.jwk import OctKey, RSAKey


def serialize(header: dict[str, Any], claims: dict[str, Any], key: RSAKey | OctKey) -> str:
    """Exactly this header: PingOne writes no ``typ``, and a library would add one."""
    payload = json.dumps(claims, separators=(",", ":")).encode()
    return jws.serialize_compact(header, payload, key, algorithms=["RS256", "HS256"])
