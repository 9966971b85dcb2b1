"""Keys and tokens that the tests of this folder sign themselves."""

import base64
import json
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.jwk import RSAKey

ISSUER = "https://auth.pingone.example/env/as"


@dataclass(frozen=True)
class Signer:
    """A key with its id, and what it signs."""

    kid: str
    key: RSAKey

    def jwk(self, **more):
        public = self.key.as_dict(private=False)
        return {"kty": "RSA", "n": public["n"], "e": public["e"], "use": "sig", "kid": self.kid, **more}

    def token(self, claims, header=None, without=()):
        fields = {"alg": "RS256", "kid": self.kid, **(header or {})}
        fields = {name: value for name, value in fields.items() if name not in without}
        payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
        registry = jws.JWSRegistry(algorithms=["RS256", "PS256"], strict_check_header=False)
        return jws.serialize_compact(fields, payload, self.key, algorithms=["RS256", "PS256"], registry=registry)


def unsigned(claims, algorithm="none"):
    """A token without a signature."""
    return _joined({"alg": algorithm}, claims) + "."


def signed_by_hand(signer, header):
    """A token whose header says what a library would not write, under a signature that fits."""
    text = _joined({"alg": "RS256", "kid": signer.kid, **header}, {"sub": "somebody"})
    signature = signer.key.private_key.sign(text.encode(), PKCS1v15(), SHA256())
    return f"{text}.{_encoded(signature)}"


def _joined(header, claims):
    return ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))


def _encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.fixture(scope="session")
def signer():
    return Signer("key-1", RSAKey.generate_key(2048))


@pytest.fixture(scope="session")
def other_signer():
    return Signer("key-2", RSAKey.generate_key(2048))
