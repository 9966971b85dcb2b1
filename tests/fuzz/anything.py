"""Strategies: what may arrive from a browser, from PingOne or from somebody who pretends to be either."""

import json

from hypothesis import strategies as st

TEXT = st.text(max_size=40)
HOSTILE = st.sampled_from(
    [
        "",
        "\0",
        "\r\nX-Evil: 1",
        "{{7*7}}",
        "<script>",
        "'\"",
        "%00",
        "%0d%0a",
        "\ud800",
        "\u202e",
        "é",
        "𐍈",
        "NaN",
        "-1",
        "1e999",
        "true",
        "null",
        "[]",
        "../..",
        "//evil.example",
        "a" * 5000,
        "9" * 5000,
        "2147483648",
        "٣",
    ]
)
NUMBERS = st.sampled_from([0, -1, 1, 2**31, 2**63, 10**399, -(10**399), 1e308, -1e308, 0.5]) | st.integers()
SCALARS = st.none() | st.booleans() | NUMBERS | TEXT | HOSTILE
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT | HOSTILE, inner, max_size=4),
    max_leaves=8,
)


def objects(**members: st.SearchStrategy) -> st.SearchStrategy[dict]:
    """Objects that look nearly right: each member is absent, as given, or anything at all."""
    optional = {name: strategy | JSON for name, strategy in members.items()}
    known = st.fixed_dictionaries({}, optional=optional)
    return st.builds(lambda right, more: {**more, **right}, known, st.dictionaries(TEXT, JSON, max_size=2))


def as_json(value: object) -> bytes:
    """What a server would send; lone surrogates travel escaped."""
    return json.dumps(value).encode("ascii")


BODIES = st.builds(as_json, JSON) | st.binary(max_size=200)
LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=60)
"""What a header can hold."""
