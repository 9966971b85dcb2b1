"""JSON read the suspicious way: what two parsers could read differently is refused.

`json.loads` accepts NaN (which is neither before nor after any expiry time), lets the last of two members
with one name win, overflows on deep nesting and passes lone surrogates that break later encoding.
"""

import json
from typing import Any, NoReturn

MAX_DEPTH = 32
MAX_DIGITS = 30


def parse_object(text: bytes | str) -> dict[str, Any]:
    """Return the JSON object in `text`; raise `ValueError` for anything else."""
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        value = json.loads(
            text, parse_constant=_refuse, parse_int=_integer, parse_float=_number, object_pairs_hook=_members
        )
        _inspect(value, MAX_DEPTH)
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


def _inspect(value: Any, depth: int) -> None:
    if depth < 0:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        # A lone surrogate fails here (UnicodeEncodeError is a ValueError), not in a log line later.
        value.encode("utf-8")
    elif isinstance(value, dict):
        for name, member in value.items():
            name.encode("utf-8")
            _inspect(member, depth - 1)
    elif isinstance(value, list):
        for member in value:
            _inspect(member, depth - 1)
