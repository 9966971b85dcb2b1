"""Proof Key for Code Exchange (RFC 7636), the server's half, in PingOne's three settings."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

OPTIONAL = "OPTIONAL"
REQUIRED = "REQUIRED"
S256_REQUIRED = "S256_REQUIRED"

# https://www.rfc-editor.org/rfc/rfc7636#section-4.1
_UNRESERVED_43_TO_128 = re.compile(r"[A-Za-z0-9\-._~]{43,128}\Z")


@dataclass(frozen=True)
class Challenge:
    """What the authorization request sent. No method means ``plain``, the trap of section 4.3."""

    value: str
    method: str


@dataclass(frozen=True)
class Violation:
    """A challenge that this application may not use: the parameter at fault and why."""

    target: str
    message: str


def read_challenge(value: str, method: str, enforcement: str) -> Challenge | Violation | None:
    """The challenge of an authorization request, None when there is none and none is needed."""
    if not value:
        if method:
            return Violation("code_challenge", "code_challenge_method was sent without a code_challenge")
        if enforcement == OPTIONAL:
            return None
        return Violation("code_challenge", "code_challenge is required for this application")
    method = method or "plain"
    if method not in ("plain", "S256"):
        return Violation("code_challenge_method", "code_challenge_method must be plain or S256")
    if enforcement == S256_REQUIRED and method != "S256":
        return Violation("code_challenge_method", "code_challenge_method must be S256 for this application")
    if not _UNRESERVED_43_TO_128.match(value):
        return Violation("code_challenge", "code_challenge must be 43 to 128 unreserved characters")
    return Challenge(value, method)


def matches(challenge: Challenge, verifier: str) -> bool:
    """Whether the verifier belongs to the challenge (section 4.6)."""
    if not _UNRESERVED_43_TO_128.match(verifier):
        return False
    derived = verifier
    if challenge.method == "S256":
        digest = hashlib.sha256(verifier.encode("ascii")).digest()
        derived = base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
    return hmac.compare_digest(derived.encode("ascii"), challenge.value.encode("ascii"))
