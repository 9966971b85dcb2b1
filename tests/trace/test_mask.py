"""Masks show that two values are equal and nothing else; known secrets are found in every usual encoding."""

import base64
import hashlib
import json
from urllib.parse import quote, quote_plus

import pytest

from webapp.trace.mask import MASK, Secrets, clean, mask

VALUE = "0b5ff4e6-1ed1-4b3f-9aef-52f3f1a5d0aa"


def masked(text: str, value: str, kind: str = "code") -> str:
    secrets = Secrets()
    secrets.learn(kind, value)
    return secrets.written(secrets.hide(text))


def test_a_long_secret_shows_its_kind_length_and_the_first_six_digits_of_its_hash() -> None:
    """The mask of a value is the same everywhere, so that the eye can follow it."""
    digits = hashlib.sha256(VALUE.encode()).hexdigest()[:6]
    assert f"‹code · 36 chars · #{digits}›" == mask("code", VALUE)


@pytest.mark.parametrize("kind", ["password", "otp", "recovery_code", "verification_code", "user_code"])
def test_a_guessable_secret_shows_its_kind_only(kind: str) -> None:
    """Length and hash of a passcode would let anybody with the trace try all of them."""
    assert f"‹{kind}›" == mask(kind, "a long password, and guessable nevertheless")


def test_a_short_value_is_not_looked_for_elsewhere() -> None:
    """A state of two letters stands in half of all words: it is masked where it is named, and nowhere else."""
    assert "a cab, abc" == masked("a cab, abc", "ab", "state")
    assert "no=0;yes=1" == masked("no=0;yes=1", "o=0", "state")


def test_a_short_value_of_any_kind_shows_its_kind_only() -> None:
    """A short state has no more entropy than a passcode."""
    assert "‹state›" == mask("state", "xyz")


@pytest.mark.parametrize(
    "encode",
    [
        str,
        quote_plus,
        lambda value: quote(value, safe=""),
        lambda value: quote(quote(value, safe=""), safe=""),
        lambda value: quote(value, safe="").lower(),
        lambda value: json.dumps(value)[1:-1],
        lambda value: base64.b64encode(value.encode()).decode(),
        lambda value: base64.b64encode(b"a:" + value.encode() + b"!!").decode(),
        lambda value: base64.b64encode(b"ab:" + value.encode() + b"!").decode(),
        lambda value: base64.urlsafe_b64encode(b"abc:" + value.encode()).decode().rstrip("="),
    ],
    ids=["raw", "form", "percent", "percent twice", "lower case", "json", "base64", "+2", "+3", "url safe +4"],
)
@pytest.mark.parametrize("value", [VALUE, 'ä secret/with+every&kind=of%"sign\\?>>>'])
def test_a_known_secret_is_found_in_every_encoding(encode, value: str) -> None:
    """Whatever an answer or an error message does to a value that we sent, the value is not kept."""
    encoded = encode(value)
    text = masked(f"before {encoded} after", value)
    assert "before " == text[:7]
    assert MASK.search(text)
    assert encoded not in text


def test_a_secret_that_is_part_of_a_mask_does_not_break_masks() -> None:
    """A password such as `chars` or `code` must not be searched for inside the masks."""
    secrets = Secrets()
    secrets.learn("code", VALUE)
    secrets.learn("password", "chars")
    assert f"‹password› {mask('code', VALUE)}" == secrets.written(secrets.hide(f"chars {VALUE}"))


def test_what_follows_a_mask_is_searched_too() -> None:
    """Before, between and behind the masks that are there already."""
    secrets = Secrets()
    secrets.learn("code", VALUE)
    secrets.learn("password", "hunter2hunter2")
    hidden = secrets.hide(f"hunter2hunter2 {VALUE} hunter2hunter2 {VALUE} hunter2hunter2")
    assert 3 == secrets.written(secrets.hide(hidden)).count("‹password›")


def test_the_longest_secret_is_replaced_first() -> None:
    """A token that contains another secret is one token, not two masks with the rest of it between them."""
    secrets = Secrets()
    secrets.learn("sid", VALUE)
    secrets.learn("access_token", f"{VALUE}.more.of.it")
    assert mask("access_token", f"{VALUE}.more.of.it") == secrets.written(secrets.hide(f"{VALUE}.more.of.it"))


def test_a_value_keeps_the_kind_it_was_learned_with() -> None:
    """The same value wears the same mask wherever it travels, a token as hint included."""
    secrets = Secrets()
    assert secrets.learn("id_token", VALUE) == secrets.learn("token", VALUE)


def test_text_from_outside_cannot_bring_masks_or_control_characters() -> None:
    """A provider could otherwise forge a mask, hide a secret inside one, or turn the direction of the text."""
    assert "<code> a\ufffdb\ufffd\ufffd" == clean("‹code› a\x00b\u202e\ud800")
