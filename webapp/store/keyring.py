"""Keys derived from SECRET_KEY name and seal the records.

A copy of the store then shows how many records of each kind there are, how long each is and when it ends; neither
whose they are nor what they say. An old copy of a record that is put back is believed again until its own end.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# A sealed value: format (1 byte), key id (4), nonce (12), ciphertext with its tag (16).
FORMAT = b"\x01"
_KEY_ID_SIZE = 4
_NONCE_SIZE = 12
_HEADER_SIZE = len(FORMAT) + _KEY_ID_SIZE + _NONCE_SIZE


@dataclass(frozen=True)
class SealingKey:
    """What one SECRET_KEY is turned into; ``id`` is public, it says which key sealed a value."""

    id: bytes
    naming: bytes = field(repr=False)
    cipher: AESGCM = field(repr=False)

    @classmethod
    def derive(cls, secret_key: str) -> "SealingKey":
        """One key per purpose, so that none says anything about another.

        https://www.rfc-editor.org/rfc/rfc5869#section-3.2. HKDF spreads randomness, it does not make
        any: ``secret_key`` must be random, not a password.
        """
        if not secret_key:
            raise ValueError("SECRET_KEY is empty")

        def derived(purpose: str, length: int) -> bytes:
            hkdf = HKDF(hashes.SHA256(), length, salt=None, info=f"sealed store 1: {purpose}".encode())
            return hkdf.derive(secret_key.encode())

        return cls(
            id=derived("key id", _KEY_ID_SIZE),
            naming=derived("record names", 32),
            cipher=AESGCM(derived("record values", 32)),
        )


class Keyring:
    """The key that seals now, and the former ones (``fallbacks``) whose records are still read."""

    def __init__(self, secret_key: str, fallbacks: Sequence[str] = ()) -> None:
        distinct = dict.fromkeys([secret_key, *fallbacks])
        self._keys = [SealingKey.derive(secret) for secret in distinct]
        self._by_id = {key.id: key for key in self._keys}

    def names(self, kind: str, id: str) -> list[str]:
        """Where the record may be: under the present key first, then under each former one.

        Ids are bearer secrets (a session id is all that a visitor shows), so the store holds only their
        keyed hash (https://www.rfc-editor.org/rfc/rfc7693#section-2.9: made for this, and a seventh of an HMAC's cost).
        The kind is hashed with it: else one id would show the same hash in every kind, and
        a copy of the store would show which story belongs to which attempt.
        surrogatepass: an id is whatever a browser sent, and naming it must not fail.
        """
        encoded = f"{kind}\n{id}".encode("utf-8", "surrogatepass")
        return [f"{kind}:{blake2b(encoded, key=key.naming, digest_size=32).hexdigest()}" for key in self._keys]

    def seal(self, name: str, plain: bytes) -> bytes:
        """Encrypt for exactly this name: the same bytes under another name do not open.

        The nonce is random, which is safe for 2**32 values under one key (NIST SP 800-38D, section 8.3):
        about a century of one write per second.
        """
        key = self._keys[0]
        nonce = os.urandom(_NONCE_SIZE)
        return FORMAT + key.id + nonce + key.cipher.encrypt(nonce, plain, name.encode())

    def open(self, name: str, sealed: bytes) -> bytes | None:
        """The plain bytes; None if another format, an unknown key, another name, or changed on the way."""
        if len(sealed) < _HEADER_SIZE or not sealed.startswith(FORMAT):
            return None
        key_id, nonce = sealed[1 : 1 + _KEY_ID_SIZE], sealed[1 + _KEY_ID_SIZE : _HEADER_SIZE]
        key = self._by_id.get(key_id)
        if key is None:
            return None
        try:
            return key.cipher.decrypt(nonce, sealed[_HEADER_SIZE:], name.encode())
        except InvalidTag:
            return None
