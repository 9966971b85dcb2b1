"""A JSON Web Token opened for reading: nothing is verified here, that is the relying party's business."""

import base64
import binascii
import json
import re
from dataclasses import dataclass

# Deeper or longer texts are not tokens of ours, and reading them would cost time and stack.
LONGEST = 32_768
_SEGMENT = re.compile(r"[A-Za-z0-9_-]*")


@dataclass(frozen=True)
class OpenToken:
    """Header and payload of a token, and its signature as it was sent (base64url)."""

    header: dict[str, object]
    payload: dict[str, object]
    signature: str


def open_token(text: str) -> OpenToken | None:
    """The parts of a signed token in compact form (RFC 7515 section 7.1), None for anything else."""
    parts = text.split(".")
    if len(text) > LONGEST or len(parts) != 3:
        return None
    header, payload = _members(parts[0]), _members(parts[1])
    if header is None or payload is None:
        return None
    return OpenToken(header, payload, parts[2])


def _members(segment: str) -> dict[str, object] | None:
    """The JSON object of one base64url segment, None when it is not one."""
    if not _SEGMENT.fullmatch(segment):
        return None
    try:
        decoded = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
        json.dumps(decoded, ensure_ascii=False).encode()  # A lone surrogate is no text that could be sent to a browser.
    except (binascii.Error, ValueError, RecursionError):
        return None
    return decoded if isinstance(decoded, dict) else None
