"""Keys and tokens that the tests of this folder sign themselves."""

import base64
import json
from dataclasses import dataclass

import pytest
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
    parts = (json.dumps({"alg": algorithm}), json.dumps(claims))
    encoded = [base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, ""])


@pytest.fixture(scope="session")
def signer():
    return Signer("key-1", RSAKey.generate_key(2048))


@pytest.fixture(scope="session")
def other_signer():
    return Signer("key-2", RSAKey.generate_key(2048))
