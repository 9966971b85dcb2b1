"""JSON, read the suspicious way: an object that everybody reads alike, or a ValueError."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.anything import BODIES, JSON
from tests.fuzz.profile import PURE
from webapp.oidc.strict_json import MAX_DEPTH, parse_object

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ODDITIES = ["\\ud800", "\\u0000", "NaN", "-Infinity", "1e999", "-", '"a":1', "true", " ", "\ufeff", "//", "é"]
HUGE = ["0" * 5000, "1" * 401, "[" * 5000, '{"a":' * 5000]
SCRAPS = st.builds("".join, st.lists(st.sampled_from([*'{}[]:,"', *ODDITIES, *HUGE]), max_size=8))


@PURE
@given(BODIES | SCRAPS | SCRAPS.map(lambda text: '{"a":' + text + "}") | st.builds(json.dumps, JSON))
def test_any_text_is_an_object_or_a_value_error(text: bytes | str) -> None:
    """What comes out can be written again, sent and compared: no NaN, no infinity, no lone surrogate, not too deep."""
    try:
        value = parse_object(text)
    except ValueError:
        return
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode("utf-8")


@PURE
@given(st.dictionaries(st.text(), PLAIN, max_size=4))
def test_ordinary_objects_are_read_as_they_are(value: dict) -> None:
    """The positive control."""
    assert value == parse_object(json.dumps(value))
    assert value == parse_object(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@PURE
@given(st.integers(0, 2000), st.sampled_from(["[]", "{}"]))
def test_depth_is_bounded(depth: int, kind: str) -> None:
    """As deep as documents of PingOne ever are, and no deeper."""
    start, end = ("[", "]") if kind == "[]" else ('{"a":', "}")
    try:
        parse_object('{"a":' + start * depth + "1" + end * depth + "}")
    except ValueError:
        assert depth >= MAX_DEPTH
    else:
        assert depth < MAX_DEPTH


@PURE
@given(st.text(), st.text())
def test_a_member_that_comes_twice_is_refused(name: str, other: str) -> None:
    """At any depth, and also when the two are spelled differently."""
    twice = "".join(f"\\u{ord(each):04x}" if ord(each) < 0x10000 else each for each in name)
    document = f'{{"a":[{{{json.dumps(name)}:1,"{twice}":{json.dumps(other)}}}]}}'
    try:
        parse_object(document)
    except ValueError:
        return
    raise AssertionError(document)
