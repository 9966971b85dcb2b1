"""JSON that two parsers could read differently is refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.oidc.strict_json import parse_object


@pytest.mark.parametrize(
    "text",
    [
        b'{"exp": NaN}',
        b'{"exp": Infinity}',
        b'{"exp": 1e400}',
        b'{"exp": ' + b"9" * 31 + b"}",
        b'{"exp": ' + b"9" * 5000 + b"}",
        b'{"sub": "a", "sub": "b"}',
        b'{"a": {"sub": "a", "sub": "b"}}',
        b'{"sub": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}",
        b"[" * 100_000,
        b"[]",
        b"null",
        b'"text"',
        b"",
        b"\xff{}",
        b"<html></html>",
    ],
    ids=lambda text: text[:24].decode("ascii", "replace"),
)
def test_what_is_not_one_plain_object_is_refused(text):
    """Not-a-number, repeated members, deep nesting, lone surrogates and other types are a ValueError, nothing else."""
    with pytest.raises(ValueError, match=r"."):
        parse_object(text)


def test_an_object_is_read():
    """Ordinary JSON arrives as it is, also with members in objects and lists."""
    expected = {"sub": "é", "aud": ["a"], "n": -1.5, "o": {"t": True, "z": None}}
    assert expected == parse_object('{"sub": "é", "aud": ["a"], "n": -1.5, "o": {"t": true, "z": null}}'.encode())


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data):
    """Whatever the bytes, the outcome is an object or a ValueError."""
    with contextlib.suppress(ValueError):
        assert isinstance(parse_object(data), dict)
