"""Signing keys: one signs, retired ones stay published for a while, as PingOne's key rotation policy does."""

from __future__ import annotations

import base64
import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc.jwk import KeyParameters, RSAKey

#: Seconds for which a retired key is still published, so that tokens it signed can be verified.
RETIRED_KEY_SECONDS = 3_600.0
#: Keys that are kept at all, however often a visitor rotates them.
MOST_KEYS = 8


def new_rsa_key() -> RSAKey:
    """A fresh 2048 bit RSA key."""
    return RSAKey.generate_key(2048, private=True, auto_kid=False)


def private_pem(key: RSAKey) -> str:
    """The private key as PKCS#8 PEM, for the application that a visitor may try."""
    return _private(key).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")


def public_jwk(key: RSAKey) -> RSAKey:
    """The public half, which is all that PingOne knows of an application's key."""
    parameters: KeyParameters = {"use": "sig"}
    return RSAKey.import_key(key.as_dict(private=False), parameters)


def _private(key: RSAKey) -> rsa.RSAPrivateKey:
    private = key.private_key
    assert private is not None  # noqa: S101  (every key here was generated with its private half)
    return private


@dataclass(frozen=True, repr=False)
class SigningKey:
    """A key with the id under which it is published."""

    kid: str
    key: RSAKey
    certificate: bytes
    retired_at: float | None = None

    def to_jwk(self) -> dict[str, Any]:
        """The public members that PingOne publishes; ``alg`` is not among them."""
        public = self.key.as_dict(private=False)
        return {
            "kty": "RSA",
            "e": public["e"],
            "use": "sig",
            "kid": self.kid,
            "x5t": base64.urlsafe_b64encode(hashlib.sha1(self.certificate).digest()).rstrip(b"=").decode(),  # noqa: S324  (RFC 7517, section 4.8 says SHA-1)
            "x5c": [base64.b64encode(self.certificate).decode()],
            "n": public["n"],
        }


class SigningKeys:
    """The environment's keys, newest first.

    The first is made at once: RSA keys take a while, which must not count against somebody's first token request.
    """

    def __init__(
        self, now: Callable[[], float], first: SigningKey | None = None, make: Callable[[], SigningKey] | None = None,
        make_default: Callable[[], SigningKey] | None = None,
    ) -> None:
        """``first`` signs until the first rotation, ``make`` gives the keys after it; they are generated otherwise.

        ``make_default`` gives the key beside them that no policy rotates.
        """
        self._now = now
        self._make = make or (lambda: new_signing_key(now()))
        self._make_default = make_default or (lambda: replace(new_signing_key(now()), kid="default"))
        self._keys = [first or self._make()]
        self._default: SigningKey | None = None

    @property
    def current(self) -> SigningKey:
        """The key that signs."""
        return self._keys[0]

    @property
    def default(self) -> SigningKey:
        """The environment's default key, which no policy rotates; published from its first use on."""
        if self._default is None:
            self._default = self._make_default()
        return self._default

    def rotate(self) -> SigningKey:
        """Sign with a new key from now on; the old one stays published for an hour, or until many came after it."""
        old = self.current
        retired = SigningKey(old.kid, old.key, old.certificate, self._now())
        self._keys = [self._make(), retired, *self._keys[1:]][:MOST_KEYS]
        return self.current

    def published(self) -> list[SigningKey]:
        """The keys in the key set, newest first."""
        horizon = self._now() - RETIRED_KEY_SECONDS
        self._keys = [key for key in self._keys if key.retired_at is None or key.retired_at > horizon]
        return list(self._keys)

    def jwks(self) -> dict[str, Any]:
        """The key set document of the rotation policy's keys."""
        return {"keys": [key.to_jwk() for key in self.published()]}

    def known(self) -> list[SigningKey]:
        """Every key whose signatures count, the default one too."""
        return [*self.published(), *([self._default] if self._default is not None else [])]


def new_signing_key(moment: float) -> SigningKey:
    """A key with a certificate for a year from ``moment``, in seconds since 1970."""
    key = new_rsa_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PingOne simulator")])
    start = datetime.datetime.fromtimestamp(moment, datetime.UTC)
    private = _private(key)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=365))
        .sign(private, hashes.SHA256())
    )
    return SigningKey(str(uuid4()), key, certificate.public_bytes(serialization.Encoding.DER))
