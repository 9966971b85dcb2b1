"""The client's own key: which ones can sign, and what is said about those that cannot."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey

from tests.oidc.test_tokens import GOOD, answering, exchange
from webapp.oidc.client import Client

KEY = RSAKey.generate_key(2048)
PRIVATE = KEY.as_dict(private=True)


@pytest.mark.parametrize("kid", ["key-7", ""])
def test_a_private_key_may_be_a_jwk(kid):
    """It signs as a PEM does, and its kid stands in the header: PingOne then knows which key to verify with."""
    http = answering(GOOD)
    exchange(http, Client("client-1", "private_key_jwt", json.dumps({**PRIVATE, **({"kid": kid} if kid else {})})))
    assertion = http.form["client_assertion"]
    assert kid == jws.extract_compact(assertion.encode()).headers().get("kid", "")
    assert "client-1" == jwt.decode(assertion, KEY, algorithms=["RS256"]).claims["sub"]


SHORT = rsa.generate_private_key(65537, 1024).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "needs a key"),
        ("garbage", "neither PEM nor JWK"),
        ("{}", "neither PEM nor JWK"),
        ("[1]", "neither PEM nor JWK"),
        (json.dumps(KEY.as_dict(private=False)), "public half"),
        (KEY.as_pem(private=False).decode(), "public half"),
        (SHORT, "1024 bits"),
        (ECKey.generate_key("P-256").as_pem(private=True).decode(), "neither PEM nor JWK"),
    ],
    ids=["none", "garbage", "empty", "list", "public-jwk", "public-pem", "short", "elliptic"],
)
def test_a_key_that_cannot_sign_is_no_client(key, words):
    """Said when the application starts, not to the first visitor; and the key is not in the words."""
    with pytest.raises(ValueError, match=words) as fault:
        Client("client-1", "private_key_jwt", key)
    assert len(key) < 20 or key not in str(fault.value)


def test_an_unknown_method_is_no_client():
    """Nor is one without an id, or a secret where the method needs it."""
    for wrong in (("client-1", "tls_client_auth", "x"), ("", "none", ""), ("client-1", "client_secret_basic", "")):
        with pytest.raises(ValueError, match=r"client|method|key"):
            Client(*wrong)
