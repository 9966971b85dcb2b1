"""The authorization response: the one moment at which anyone can send us anything. A pure function."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from .checks import Check, fingerprint, same
from .errors import IssuerMismatch, Refused, ResponseMalformed, Said, StateMismatch
from .wire import reference_in

Parameters = Sequence[tuple[str, str]]
"""Name and value in the order received. Not a dict: a dict would hide that a name came twice."""


class Direct(tuple[tuple[str, str], ...]):
    """Parameters that our own server fetched from the provider: no browser has touched them.

    `cookies` are the provider's, its session with them, as they were after the answer.
    """

    cookies: Mapping[str, str]

    def __new__(cls, pairs: Iterable[tuple[str, str]], cookies: Mapping[str, str]) -> Self:
        new = super().__new__(cls, tuple(pairs))
        new.cookies = cookies
        return new


ONCE = ("code", "state", "iss", "error", "error_description", "error_uri", "session_state")
NOT_ASKED = ("access_token", "id_token", "token_type", "expires_in", "response")
LONGEST = 4096

RFC9700_STATE = "https://www.rfc-editor.org/rfc/rfc9700#section-4.7"
RFC9207 = "https://www.rfc-editor.org/rfc/rfc9207#section-2.4"
ONCE_EACH = "https://www.rfc-editor.org/rfc/rfc6749#section-3.1"
RESPONSE_TYPE = "https://www.rfc-editor.org/rfc/rfc6749#section-3.1.1"
CODE_OR_ERROR = "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2"
"""Section 4.1.2 gives a code, 4.1.2.1 an error; that both together are refused is our rule."""
CODE_CHARACTERS = "https://www.rfc-editor.org/rfc/rfc6749#appendix-A.11"


@dataclass(frozen=True)
class ExpectedResponse:
    """What the answer must carry: the attempt's state, and an `iss` when the metadata announce one (RFC 9207)."""

    state: str = field(repr=False)
    issuer: str
    iss_required: bool = False


@dataclass(frozen=True)
class Accepted:
    """An answer that passed: its code, which is worth tokens until it is redeemed, and the checks it passed."""

    code: str = field(repr=False)
    checks: tuple[Check, ...]


def single(params: Parameters, name: str) -> str:
    """Return the value of a parameter that may come once; empty when absent. Raises `ResponseMalformed`."""
    values = [value for key, value in params if key == name]
    if len(values) > 1:
        check = Check("parameters", "each once", f"{name} {len(values)} times", False, ONCE_EACH)
        raise ResponseMalformed(f"{name} came {len(values)} times", check=check, checks=(check,))
    return values[0] if values else ""


def check_response(params: Parameters, expected: ExpectedResponse) -> Accepted:
    """Return the code. The order matters: nothing is believed before state and issuer are.

    Raises `ResponseMalformed`, `StateMismatch`, `IssuerMismatch`, `Refused`.
    https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 and https://www.rfc-editor.org/rfc/rfc9207#section-2.4
    """
    once = {name: single(params, name) for name in ONCE}
    checks = [Check("parameters", "each once", "each once", True, ONCE_EACH)]
    unasked = next((name for name, _ in params if name in NOT_ASKED), "")
    _require(
        checks,
        ResponseMalformed,
        "response_type",
        "code alone",
        unasked or "code alone",
        not unasked,
        RESPONSE_TYPE,
    )
    state = once["state"]
    shown = fingerprint(state) if state else "absent"
    _require(
        checks,
        StateMismatch,
        "state",
        fingerprint(expected.state),
        shown,
        same(state, expected.state),
        RFC9700_STATE,
    )
    issuer = once["iss"]
    if issuer or expected.iss_required or any(name == "iss" for name, _ in params):
        _require(
            checks,
            IssuerMismatch,
            "iss",
            expected.issuer,
            issuer[:200] or "absent",
            issuer == expected.issuer,
            RFC9207,
        )
    else:
        unannounced = "absent: not announced in the metadata"
        checks.append(Check("iss", unannounced, unannounced, True, RFC9207))
    code, error = once["code"], once["error"]
    both = "code and error" if code and error else "neither" if not code and not error else "one of them"
    _require(checks, ResponseMalformed, "code or error", "one of them", both, both == "one of them", CODE_OR_ERROR)
    if error:
        description = once["error_description"][:1000]
        words = Said(error[:200], description, reference_in({"error_description": description}))
        raise Refused(words.error, said=words, checks=checks)
    plain = code.isascii() and code.isprintable() and len(code) <= LONGEST
    _require(
        checks,
        ResponseMalformed,
        "code",
        "printable characters",
        "present" if plain else "malformed",
        plain,
        CODE_CHARACTERS,
    )
    return Accepted(code, tuple(checks))


def _require(
    checks: list[Check],
    error: type[ResponseMalformed | StateMismatch | IssuerMismatch],
    name: str,
    expected: str,
    actual: str,
    passed: bool,
    source: str,
) -> None:
    check = Check(name, expected, actual, passed, source)
    checks.append(check)
    if not passed:
        raise error(f"{name}: {actual}", check=check, checks=checks)
