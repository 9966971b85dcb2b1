"""For any input: nothing raises, and a registered secret never comes out again."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trace.masking import Masking, keep_body
from webapp.trace.model import Exchange
from webapp.trace.names import KINDS
from webapp.trace.story import Story

TYPES = ["", "application/json", "application/x-www-form-urlencoded", "text/plain", "application/jwt", "text/html"]
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

SECRET = "s3cr3t-canary/Zm9v+Y&m;F?y#=ä"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just(SECRET),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from([*KINDS, SECRET]), inner),
    max_leaves=20,
)


@QUICK
@given(st.binary(), st.sampled_from(TYPES) | st.text(), st.text(), st.lists(st.tuples(st.text(), st.text())))
def test_no_exchange_can_make_a_story_fail(body: bytes, media_type: str, url: str, headers: list) -> None:
    """A trace must never be the reason why a sign-on fails, and its record is always JSON in UTF-8."""
    story = Story.begin("t", "hosted", 0.0)
    given_headers = (("Content-Type", media_type), *headers)
    story.record(Exchange(0.0, 0.0, "POST", url, given_headers, body, 200, url, given_headers, body, url, False))
    story.hop("browser", "application", "GET", url, at=0.0, headers=headers, body=headers)
    assert 2 == len(json.loads(json.dumps(story.to_record(), ensure_ascii=False).encode())["notes"])


@QUICK
@given(JSON)
def test_a_registered_secret_never_comes_out_of_json(value: object) -> None:
    """In keys and values, at any depth, under any name."""
    redactor = Masking()
    redactor.secrets.learn("client_secret", SECRET)
    assert SECRET not in json.dumps(redactor.json(value), ensure_ascii=False)


@QUICK
@given(st.text(), st.text(), st.sampled_from(TYPES))
def test_a_registered_secret_never_comes_out_of_text(before: str, after: str, media_type: str) -> None:
    """Whatever stands around it."""
    redactor = Masking()
    redactor.secrets.learn("client_secret", SECRET)
    raw = f"{before}{SECRET}{after}".encode("utf-8", "surrogatepass")
    assert SECRET not in str(keep_body(raw, media_type, {SECRET: "client_secret"}))
    assert SECRET not in redactor.url(f"/{before}{SECRET}{after}")
    for name in ("Cookie", "Set-Cookie", "Location", "X-Anything"):
        assert SECRET not in str(redactor.headers([(name, f"{before}{SECRET}{after}")]))


@QUICK
@given(st.text(min_size=1), st.sampled_from(sorted(KINDS)))
def test_any_value_of_a_secret_name_is_masked(value: str, name: str) -> None:
    """The mask is the whole of what is kept of it."""
    [[_, kept]] = Masking().pairs([(name, value)])
    assert kept.startswith(f"‹{KINDS[name]}")
    assert kept.endswith("›")


@pytest.mark.parametrize(
    "hostile", ["code" * 60_000, "c_o_d_e_" * 30_000, "code  " * 40_000, "eyJ" * 80_000, "‹" * 200_000]
)
def test_hostile_text_takes_no_more_than_its_length(hostile: str) -> None:
    """No pattern backtracks: a quarter of a megabyte is masked at once, or this test never ends."""
    assert Masking().text(hostile)
