"""What a sign-on has learned to hide, kept between its requests in a way that only the visitor's browser can open.

A password is typed in one request, and the answer to the next one may repeat it. So it has to be known again, and yet
no secret may lie in the store: what was learned is encrypted under the secret in the attempt's cookie, which is in no
store and no setting.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MOST = 20
LONGEST = 512
"""Characters of a value that is remembered: tokens are longer, and known to the attempt or the session anyway."""
_NONCE = 12


def sealed(secrets: Mapping[str, str], key: str) -> str:
    """The latest values with their kinds, as text that `opened` reads with the same key."""
    short = [pair for pair in secrets.items() if len(pair[0]) <= LONGEST]
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + _cipher(key).encrypt(nonce, json.dumps(short[-MOST:]).encode(), None)).decode()


def opened(memory: str, key: str) -> dict[str, str]:
    """The values and their kinds; nothing for another key, or for what another release wrote."""
    try:
        raw = base64.b64decode(memory)
        return dict(json.loads(_cipher(key).decrypt(raw[:_NONCE], raw[_NONCE:], None))) if memory else {}
    except (ValueError, InvalidTag):
        return {}


def _cipher(key: str) -> AESGCM:
    return AESGCM(hashlib.blake2b(key.encode(), digest_size=32, person=b"story").digest())
