"""The claims of a logout token, rule by rule (OpenID Connect Back-Channel Logout 1.0, section 2.6)."""

import pytest

from webapp.oidc.errors import IdTokenClaim
from webapp.oidc.id_token import LEEWAY
from webapp.oidc.logout_token import EVENT, OLDEST, check_logout_claims

NOW = 1_800_000_000
ABSENT = "left out"
RIGHT = {
    "iss": "op",
    "aud": "us",
    "iat": NOW,
    "exp": NOW + 120,
    "jti": "j",
    "sid": "s",
    "sub": "p",
    "events": {EVENT: {}},
}


def check(**changes):
    claims = {name: value for name, value in (RIGHT | changes).items() if value is not ABSENT}
    check_logout_claims(claims, "op", ("us", "us too"), NOW)


@pytest.mark.parametrize(
    "changes",
    [{}, {"aud": ["us too"]}, {"sid": ABSENT}, {"sub": ABSENT}, {"iat": NOW - OLDEST}, {"exp": NOW - LEEWAY + 1}],
    ids=str,
)
def test_a_right_token_passes(changes):
    """For either of our applications, about a session or a person, within its time."""
    check(**changes)


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("iss", {"iss": "op1"}),
        ("iss", {"iss": ABSENT}),
        ("aud", {"aud": "us1"}),
        ("aud", {"aud": []}),
        ("aud", {"aud": ["us", "us too"]}),
        ("aud", {"aud": {"us": 1}}),
        ("iat", {"iat": NOW - OLDEST - 1}),
        ("iat", {"iat": NOW + LEEWAY + 1}),
        ("iat", {"iat": ABSENT}),
        ("exp", {"exp": NOW - LEEWAY}),
        ("exp", {"exp": ABSENT}),
        ("events", {"events": {}}),
        ("events", {"events": {EVENT: True}}),
        ("events", {"events": [EVENT]}),
        ("nonce", {"nonce": "n"}),
        ("nonce", {"nonce": None}),
        ("jti", {"jti": ""}),
        ("jti", {"jti": "j" * 256}),
        ("jti", {"jti": 1}),
        ("sid", {"sid": ""}),
        ("sid", {"sid": ["s"]}),
        ("sub", {"sub": "p" * 256}),
        ("sub", {"sub": 1}),
        ("sid or sub", {"sid": ABSENT, "sub": ABSENT}),
    ],
    ids=str,
)
def test_a_broken_rule_is_named(rule, changes):
    """The first rule that does not hold is told, and nobody is signed off."""
    with pytest.raises(IdTokenClaim, match=f"logout token: {rule}$") as broken:
        check(**changes)
    assert [(rule, False)] == [(each.name, each.passed) for each in broken.value.checks]
