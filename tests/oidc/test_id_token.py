"""Each claim check: accepted when right, refused when it is not."""

import pytest

from tests.oidc.conftest import ISSUER
from webapp.oidc.errors import IdTokenClaim, SubjectChanged
from webapp.oidc.id_token import Expected, check_claims, half_hash, moment

NOW = 1_800_000_000
CLIENT = "client-1"


class Deleted:
    """Stands for a claim that is not there."""

    def __repr__(self):
        return "deleted"


DELETED = Deleted()


def claims(**changes):
    fitting = {"iss": ISSUER, "sub": "person", "aud": CLIENT, "exp": NOW + 3600, "iat": NOW, "nonce": "n-1"}
    return {name: value for name, value in {**fitting, **changes}.items() if value is not DELETED}


def expected(**changes):
    return Expected(**{"issuer": ISSUER, "client_id": CLIENT, "nonce": "n-1", **changes})


def test_fitting_claims_pass_and_say_what_was_checked():
    """Fitting claims are accepted; every check made is returned, none with the nonce in it."""
    checks = check_claims(claims(at_hash=half_hash("token")), expected(access_token="token"), NOW)
    names = ["iss", "aud", "azp", "exp", "iat", "sub", "nonce", "at_hash"]
    assert names == [check.name for check in checks]
    assert all(check.passed for check in checks)
    assert "n-1" not in repr(checks)


@pytest.mark.parametrize("changes", [{"aud": [CLIENT]}, {"azp": CLIENT}, {"exp": NOW - 29}, {"iat": NOW + 30},
                                     {"iat": NOW - 3600}, {"auth_time": 1_719_859}, {"exp": NOW + 0.5},
                                     {"nbf": NOW + 30}, {"nbf": NOW - 9000}, {"sub": "müller ö"}])  # fmt: skip
def test_what_a_right_token_may_look_like(changes):
    """A list of one audience, our own azp, clocks half a minute apart, an unasked nonsense auth_time: accepted."""
    assert check_claims(claims(**changes), expected(), NOW)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", ISSUER + "1"), ("iss", ISSUER + "/"), ("iss", DELETED), ("iss", [ISSUER]),
        ("aud", CLIENT + "1"), ("aud", DELETED), ("aud", []), ("aud", [CLIENT, "other"]), ("aud", {CLIENT: 1}),
        ("aud", ["other"]), ("aud", [[CLIENT]]), ("aud", f"{CLIENT} other"),
        ("azp", "other"), ("azp", None), ("azp", [CLIENT]),
        ("exp", NOW - 30), ("exp", NOW - 360), ("exp", DELETED), ("exp", str(NOW + 60)), ("exp", True), ("exp", 1e300),
        ("exp", float("nan")), ("exp", -1),
        ("iat", NOW + 60), ("iat", NOW - 7 * 86_400), ("iat", DELETED), ("iat", "now"), ("iat", None),
        ("sub", DELETED), ("sub", ""), ("sub", 7), ("sub", "x" * 256),
        ("sub", "a\0b"), ("sub", "a\n"), ("sub", "  "), ("sub", "\x7f"),
        ("nbf", NOW + 31), ("nbf", "now"), ("nbf", None), ("nbf", True),
        ("nonce", "n-11"), ("nonce", DELETED), ("nonce", ["n-1"]), ("nonce", "é"), ("nonce", ""),
    ],
    ids=lambda value: repr(value)[:24],
)  # fmt: skip
def test_a_wrong_claim_is_refused_by_name(name, value):
    """A wrong, missing or mistyped claim is refused, and the refusal names it."""
    with pytest.raises(IdTokenClaim) as refusal:
        check_claims(claims(**{name: value}), expected(), NOW)
    assert (name, False) == (refusal.value.check.name, refusal.value.check.passed)


def test_an_azp_does_not_heal_a_second_audience():
    """Two audiences are refused although azp is ours."""
    with pytest.raises(IdTokenClaim) as refusal:
        check_claims(claims(aud=[CLIENT, "other"], azp=CLIENT), expected(), NOW)
    assert "aud" == refusal.value.check.name


@pytest.mark.parametrize("at_hash", ["wrong", half_hash("token") + "1", 5, None, ""])
def test_an_at_hash_that_is_there_must_fit(at_hash):
    """A wrong at_hash is refused; without one the token is accepted (it is optional in the code flow)."""
    with pytest.raises(IdTokenClaim) as refusal:
        check_claims(claims(at_hash=at_hash), expected(access_token="token"), NOW)
    assert "at_hash" == refusal.value.check.name
    assert check_claims(claims(), expected(access_token="token"), NOW)


@pytest.mark.parametrize("auth_time", [NOW - 400, NOW + 60, DELETED, "now", 1_719_859])
def test_max_age_needs_a_recent_auth_time(auth_time):
    """max_age was asked: a sign-on that is older, in the future or not stated is refused."""
    with pytest.raises(IdTokenClaim) as refusal:
        check_claims(claims(auth_time=auth_time), expected(max_age=300), NOW)
    assert "auth_time" == refusal.value.check.name
    assert check_claims(claims(auth_time=NOW - 300), expected(max_age=300), NOW)


def test_prompt_login_needs_a_new_sign_on():
    """prompt=login was asked: a sign-on from before the request is refused."""
    asked = expected(fresh_since=NOW - 60)
    assert check_claims(claims(auth_time=NOW - 50), asked, NOW)
    with pytest.raises(IdTokenClaim):
        check_claims(claims(auth_time=NOW - 3000), asked, NOW)


@pytest.mark.parametrize("acr", ["Single_Factor", DELETED, ["Multi_Factor"], "Multi_Factor1"])
def test_a_step_up_that_was_not_honoured_is_refused(acr):
    """acr_values was asked: another policy, or none, is refused."""
    with pytest.raises(IdTokenClaim) as refusal:
        check_claims(claims(acr=acr), expected(acr_values=("Multi_Factor",)), NOW)
    assert "acr" == refusal.value.check.name
    assert check_claims(claims(acr="Multi_Factor"), expected(acr_values=("Strong", "Multi_Factor")), NOW)


def test_a_refreshed_token_is_about_the_same_person():
    """After a refresh the nonce may be absent, but not different, and sub stays (Core 12.2)."""
    again = expected(subject="person")
    assert check_claims(claims(nonce=DELETED), again, NOW)
    with pytest.raises(IdTokenClaim):
        check_claims(claims(nonce="other"), again, NOW)
    with pytest.raises(SubjectChanged):
        check_claims(claims(sub="person1"), again, NOW)


def test_a_c_hash_that_is_there_must_fit():
    """c_hash is not asked for in the code flow; one that is there and wrong is refused."""
    assert check_claims(claims(c_hash=half_hash("code")), expected(code="code"), NOW)
    with pytest.raises(IdTokenClaim) as refusal:
        check_claims(claims(c_hash=half_hash("code") + "1"), expected(code="code"), NOW)
    assert "c_hash" == refusal.value.check.name


@pytest.mark.parametrize("value", [True, "1800000000", None, [], float("nan"), 0, -1, 1e300])
def test_what_is_no_moment_is_none(value):
    """A time is a plausible number of seconds; `true` is a number to Python and none here."""
    assert moment(value) is None


def test_a_moving_auth_time_ends_no_session():
    """After a refresh it is a note, as PingOne's is known to move; it is a fault where a fresh sign-on was asked."""
    again = expected(subject="person", auth_time=NOW - 100)
    noted = [check for check in check_claims(claims(auth_time=NOW - 50), again, NOW) if check.name == "auth_time"]
    assert [(True, str(NOW - 100))] == [(check.passed, check.expected) for check in noted]
    assert "differs" in noted[0].actual
    with pytest.raises(IdTokenClaim):
        check_claims(claims(auth_time=NOW - 50), expected(subject="person", auth_time=NOW - 100, fresh=True), NOW)
    still = check_claims(claims(auth_time=NOW - 100), expected(subject="person", auth_time=NOW - 100, fresh=True), NOW)
    assert "differs" not in still[-1].actual


@pytest.mark.parametrize("name", ["iss", "aud", "azp", "exp", "iat", "nbf", "sub", "nonce", "at_hash"])
@pytest.mark.parametrize("value", [["n-1", 5], {"n-1": 1}, [["n-1"]]], ids=str)
def test_a_claim_of_the_wrong_type_is_not_shown(name, value):
    """A nonce in a list would stand in the log in clear: of what is no claim its type is told, not its content."""
    with pytest.raises(IdTokenClaim) as refusal:
        check_claims(claims(**{name: value}), expected(access_token="token"), NOW)
    failed = [check for check in refusal.value.checks if not check.passed]
    assert [f"a {type(value).__name__}"] == [check.actual for check in failed]
