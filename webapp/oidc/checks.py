"""What was checked, as data: every check returns what it compared and where the rule comes from."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One comparison. `expected` and `actual` are for people and never hold a secret: see `fingerprint`."""

    name: str
    expected: str
    actual: str
    passed: bool
    source: str


Told = Callable[[Sequence[Check]], None]
"""Called with checks as they are made, to be shown or logged."""


def nobody(checks: Sequence[Check]) -> None:
    """Ignore the checks."""


def fingerprint(value: str) -> str:
    """`#` and the first six hexadecimal digits of SHA-256: equal for equal values, which it does not disclose."""
    return "#" + hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:6]


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time.

    The comparison is made on bytes: `hmac.compare_digest` raises for strings outside ASCII, which would turn
    `?state=%C3%A9` into an internal error.
    """
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))
