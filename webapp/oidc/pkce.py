"""Proof Key for Code Exchange (RFC 7636): the verifier stays here, only its hash is sent in advance."""

import base64
import hashlib
import secrets
from collections.abc import Callable

Token = Callable[[int], str]
"""Returns an unguessable string of unreserved characters made from that many random bytes."""

new_token: Token = secrets.token_urlsafe


def new_verifier(token: Token = new_token) -> str:
    """Return a code verifier: 43 unreserved characters that carry 256 bits.

    https://www.rfc-editor.org/rfc/rfc7636#section-4.1
    """
    return token(32)


def challenge(verifier: str) -> str:
    """Return the S256 challenge: base64url(SHA-256(verifier)) without padding, 43 characters.

    `plain` is not offered: anyone who reads the authorization request could then redeem the code.
    https://www.rfc-editor.org/rfc/rfc7636#section-4.2
    """
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
