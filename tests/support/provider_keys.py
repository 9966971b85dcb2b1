"""Signing for the adversarial provider, by hand over `cryptography`.

On purpose without a JOSE library: the application verifies with one, and a test provider must be able to make
what such a library refuses to make (unsigned tokens, a public key used as a secret, a header that lies).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


def base64url(data: bytes) -> str:
    """RFC 4648 section 5, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64url(text: str) -> bytes:
    """The reverse of `base64url`."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class Key:
    """An RSA key (and an elliptic curve key of the same `kid` for ES256 attacks)."""

    kid: str
    rsa_key: rsa.RSAPrivateKey
    ec_key: ec.EllipticCurvePrivateKey

    def public(self, *, kid: bool = True) -> dict[str, str]:
        """The RSA key as PingOne lists it: no `alg`, with `use`."""
        numbers = self.rsa_key.public_key().public_numbers()
        jwk = {"kty": "RSA", "e": _number(numbers.e), "use": "sig", "kid": self.kid, "n": _number(numbers.n)}
        return jwk if kid else {name: value for name, value in jwk.items() if name != "kid"}

    def public_ec(self, *, kid: bool = True) -> dict[str, str]:
        """The P-256 key as a JWK."""
        numbers = self.ec_key.public_key().public_numbers()
        x, y = (base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "kid": self.kid}
        return jwk if kid else {name: value for name, value in jwk.items() if name != "kid"}

    def pem(self) -> bytes:
        """The public RSA key in PEM, the classic wrong HMAC secret."""
        return self.rsa_key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


@cache
def key(name: str) -> Key:
    """A key per name, made once per test run because RSA keys are slow to make."""
    kid = hashlib.sha256(name.encode()).hexdigest()
    uuid = "-".join((kid[:8], kid[8:12], kid[12:16], kid[16:20], kid[20:32]))
    return Key(uuid, rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1()))


def _rs(algorithm: hashes.HashAlgorithm) -> Callable[[Key, bytes, str], bytes]:
    return lambda key, data, secret: key.rsa_key.sign(data, padding.PKCS1v15(), algorithm)


def _ps256(key: Key, data: bytes, secret: str) -> bytes:
    digest = hashes.SHA256()
    return key.rsa_key.sign(data, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)


def _es256(key: Key, data: bytes, secret: str) -> bytes:
    r, s = decode_dss_signature(key.ec_key.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _bitflip(key: Key, data: bytes, secret: str) -> bytes:
    signature = bytearray(_rs(hashes.SHA256())(key, data, secret))
    signature[7] ^= 1
    return bytes(signature)


# How to sign: name -> (`alg` of the header, what makes the signature from key, signing input, client secret).
WAYS: Mapping[str, tuple[str, Callable[[Key, bytes, str], bytes]]] = {
    "rs256": ("RS256", _rs(hashes.SHA256())),
    "rs384": ("RS384", _rs(hashes.SHA384())),
    "rs512": ("RS512", _rs(hashes.SHA512())),
    "bitflip": ("RS256", _bitflip),
    "ps256": ("PS256", _ps256),
    "es256": ("ES256", _es256),
    "none": ("none", lambda key, data, secret: b""),
    "None": ("None", lambda key, data, secret: b""),
    "no_signature": ("RS256", lambda key, data, secret: b""),
    "hs256_secret": ("HS256", lambda key, data, secret: hmac.digest(secret.encode(), data, "sha256")),
    "hs256_public": ("HS256", lambda key, data, secret: hmac.digest(key.pem(), data, "sha256")),
    "hs256_empty": ("HS256", lambda key, data, secret: hmac.digest(b"", data, "sha256")),
}


def compact(claims: object, *, way: str, key: Key, header: Mapping[str, object] | None = None, secret: str = "") -> str:
    """A JWS in compact form, signed the way named in `WAYS`; `header` overrides and None deletes members."""
    alg, sign = WAYS[way]
    members = {"kid": key.kid, "alg": alg} | dict(header or {})
    protected = {name: value for name, value in members.items() if value is not None}
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    signing_input = f"{base64url(json.dumps(protected).encode())}.{base64url(payload)}"
    return f"{signing_input}.{base64url(sign(key, signing_input.encode(), secret))}"


def left_half_hash(token: str) -> str:
    """`at_hash` and `c_hash` under RS256. https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken"""
    return base64url(hashlib.sha256(token.encode()).digest()[:16])


def _number(value: int) -> str:
    return base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))
