"""The provider's signing keys: fetched, filtered, kept parsed, and fetched again once when a signature does not fit."""

import base64
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from .cache import Cached
from .checks import Check
from .errors import IdTokenSignature, MetadataInvalid, ProviderError
from .http import HttpClient
from .strict_json import parse_object
from .wire import send

ALGORITHM = "RS256"
"""Pinned: what every provider must be able to sign with; no token and no metadata may choose another."""

MINIMUM_BITS = 2048
"""A shorter key can be broken (https://www.rfc-editor.org/rfc/rfc7518#section-3.3)."""
MAX_TOKEN = 32_768
CORE = "https://openid.net/specs/openid-connect-core-1_0.html"
SOURCE = f"{CORE}#IDTokenValidation"
SOURCES = {
    "JWS form": "https://www.rfc-editor.org/rfc/rfc7515#section-7.1",
    "typ": "https://www.rfc-editor.org/rfc/rfc8725#section-3.11",
    "crit": "https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11",
    "kid": f"{CORE}#RotateSigKeys",
}
"""The rules behind checks of the header, where they are not of section 3.1.3.7."""


@dataclass(frozen=True)
class SigningKey:
    """One published key and its id."""

    kid: str | None
    key: RSAKey


KeySet = tuple[SigningKey, ...]
ID_TOKEN = ("jwt", "application/jwt")
LOGOUT_TOKEN = ("jwt", "logout+jwt", "application/logout+jwt")


def fetch_keys(http: HttpClient, jwks_uri: str) -> KeySet:
    """Fetch the key set. Raises `ProviderUnreachable`, `ProviderError`, `MetadataInvalid`."""
    answer = send(http, "GET", jwks_uri)
    if answer.status != 200:
        raise ProviderError(f"the key set answered {answer.status}")
    return parse_keys(answer.object())


def parse_keys(document: dict[str, Any]) -> KeySet:
    """Return the keys that may sign an ID token: RSA, for signatures, 2048 bits or more. Others are ignored.

    https://www.rfc-editor.org/rfc/rfc7517#section-5
    Raises `MetadataInvalid` when there is none.
    """
    members = document.get("keys")
    if not isinstance(members, list):
        raise MetadataInvalid("the key set has no list named keys")
    found = tuple(key for key in map(_usable, members[:100]) if key is not None)
    if not found:
        raise MetadataInvalid("the key set holds no RSA signing key")
    return found


def _usable(member: object) -> SigningKey | None:
    if not isinstance(member, dict) or member.get("kty") != "RSA":
        return None
    if member.get("use", "sig") != "sig" or member.get("alg", ALGORITHM) != ALGORITHM:
        return None
    operations = member.get("key_ops", ["verify"])
    # A key that says what it is for is used for nothing else (https://www.rfc-editor.org/rfc/rfc7517#section-4.3).
    if not isinstance(operations, list) or "verify" not in operations:
        return None
    kid = member.get("kid")
    if not isinstance(kid, str | None):
        return None
    try:
        modulus = member.get("n", "")
        if bits_of(modulus) < MINIMUM_BITS:
            return None
        # Only n and e are taken: a member such as `d` or `k` has no business in a published key.
        return SigningKey(kid, RSAKey.import_key({"kty": "RSA", "n": modulus, "e": member.get("e", "")}))
    except (JoseError, ValueError, TypeError):
        return None


def bits_of(modulus: str) -> int:
    """Return the bits of a number in base64url. Leading zeros do not count: they add no strength."""
    return int.from_bytes(base64.urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))).bit_length()


class NoKeyFits(Exception):
    """No key of the set verifies the token: perhaps the provider has changed its keys since they were fetched."""


def verified_claims(
    id_token: str, keys: KeySet, types: tuple[str, ...] = ID_TOKEN, former: KeySet = ()
) -> dict[str, Any]:
    """Return the claims of a token that one of `keys` signed with RS256 and whose `typ` is absent or among `types`.

    `former` are replaced keys, accepted only for a token whose `kid` names them. Raises `NoKeyFits`, when
    fresh keys could change the outcome, and `IdTokenSignature`, when nothing could.
    """
    parts = id_token.split(".")
    _require("JWS form", "three parts", f"{len(parts)} parts", len(parts) == 3 and len(id_token) <= MAX_TOKEN)
    header = _header(id_token)
    algorithm = header.get("alg")
    _require("alg", ALGORITHM, str(algorithm)[:40], algorithm == ALGORITHM)
    kind = header.get("typ", "JWT")
    # A logout token or an access token is signed by the same key; the type keeps them apart (RFC 8725, section 3.11).
    _require("typ", " or ".join(types), str(kind)[:40], isinstance(kind, str) and kind.lower() in types)
    _require("crit", "absent", str(header.get("crit"))[:40], "crit" not in header and "b64" not in header)
    kid = header.get("kid")
    fitting = [key for key in (*keys, *former) if key.kid == kid] if kid is not None else list(keys)
    # Without a kid only one key may come into question: trying all of them would let any key sign for any other.
    if kid is None:
        _require("kid", "present, as there are several keys", "absent", len(fitting) == 1)
    for candidate in fitting:
        try:
            verified = jws.deserialize_compact(id_token, candidate.key, algorithms=[ALGORITHM])
        except (JoseError, ValueError):
            continue
        try:
            return parse_object(verified.payload or b"")
        except ValueError as fault:
            raise IdTokenSignature(f"the claims are not a JSON object: {fault}") from None
    raise NoKeyFits("bad signature" if fitting else "unknown kid")


def _header(id_token: str) -> dict[str, Any]:
    encoded = id_token.partition(".")[0]
    try:
        return parse_object(base64.urlsafe_b64decode(encoded.encode("ascii") + b"=" * (-len(encoded) % 4)))
    except ValueError as fault:
        raise IdTokenSignature(f"the header cannot be read: {fault}") from None


GRACE = 300
"""Seconds for which replaced keys still count. A provider's servers learn of a new key one after another: without this,
sign-on would fail again and again while they alternate between the old and the new set."""


class ProviderKeys:
    """The cached key set of one provider, and the keys that it recently replaced. `monotonic` is in seconds."""

    def __init__(self, keys: Cached[KeySet], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._keys, self._monotonic = keys, monotonic
        self._lock = threading.Lock()
        self._latest: KeySet = ()
        self._replaced: dict[str, tuple[SigningKey, float]] = {}

    def get(self, http: HttpClient | None = None) -> KeySet:
        """Return the kept keys. Raises `ProviderUnreachable`, `ProviderError`, `MetadataInvalid`."""
        return self._keys.get(http)

    def verified_claims(
        self, id_token: str, http: HttpClient, types: tuple[str, ...] = ID_TOKEN
    ) -> tuple[dict[str, Any], Check]:
        """Verify with the kept keys and, if none fits, once more with fetched ones (key rotation).

        Raises `IdTokenSignature`, and as `get` does.
        """
        keys = self._keys.get(http)
        try:
            return verified_claims(id_token, keys, types, self._former(keys)), _signature("valid", True)
        except NoKeyFits:
            renewed = self._keys.renew(keys, http)
        try:
            claims = verified_claims(id_token, renewed, types, self._former(renewed))
            return claims, _signature("valid, with keys fetched again", True)
        except NoKeyFits as fault:
            check = _signature(str(fault), False)
            raise IdTokenSignature(str(fault), check=check, checks=(check,)) from None

    def _former(self, keys: KeySet) -> KeySet:
        """Return the keys that `keys` do not have any more, for as long as they count."""
        with self._lock:
            now = self._monotonic()
            if keys is not self._latest:
                self._replaced |= {key.kid: (key, now + GRACE) for key in self._latest if key.kid is not None}
                self._latest = keys
            present = {key.kid for key in keys}
            self._replaced = {kid: each for kid, each in self._replaced.items() if each[1] > now}
            return tuple(key for kid, (key, _) in self._replaced.items() if kid not in present)


def _signature(actual: str, passed: bool) -> Check:
    return Check("signature", f"{ALGORITHM} by one of the issuer's keys", actual, passed, SOURCE)


def _require(name: str, expected: str, actual: str, passed: bool) -> None:
    if not passed:
        check = Check(name, expected, actual, False, SOURCES.get(name, SOURCE))
        raise IdTokenSignature(f"{name}: {actual}", check=check, checks=(check,))
