"""Strict JSON parsing: anything that two parsers might read differently is refused.

`json.loads` accepts NaN (which is neither before nor after any expiry time), lets the last of two members
with one name win, overflows on deep nesting and passes lone surrogates that break later encoding.
"""

import json
from typing import Any, NoReturn

MAX_DEPTH = 32
MAX_DIGITS = 30


def parse_object(text: bytes | str) -> dict[str, Any]:
    """Return the JSON object in `text`; raise `ValueError` for anything else.

    https://www.rfc-editor.org/rfc/rfc8259#section-4: with repeated names, what a receiver does is unpredictable.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        else:
            text.encode("utf-8")  # Half a surrogate pair fails here (UnicodeEncodeError is a ValueError).
        value = json.loads(
            text, parse_constant=_refuse, parse_int=_integer, parse_float=_number, object_pairs_hook=_members
        )
        _inspect(value, MAX_DEPTH, escapes="\\u" in text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("number too long")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError("number too large")
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member occurs twice")
    return members


def _inspect(value: Any, depth: int, escapes: bool) -> None:
    """Refuse what is nested too deeply and, where there are escapes, half surrogate pairs that one of them made."""
    if depth < 0:
        raise ValueError("nested too deeply")
    if type(value) is str:
        if escapes:
            value.encode("utf-8")  # Fails here, not in a log line later.
    elif type(value) is dict:
        for name, member in value.items():
            if escapes:
                name.encode("utf-8")
            _inspect(member, depth - 1, escapes)
    elif type(value) is list:
        for member in value:
            _inspect(member, depth - 1, escapes)
