"""The authorization response: state first, then issuer, then code or error."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oidc.conftest import ISSUER
from webapp.oidc.errors import IssuerMismatch, Refused, ResponseMalformed, SignOnError, StateMismatch
from webapp.oidc.response import ExpectedResponse, check_response

EXPECTED = ExpectedResponse("the-state", ISSUER)
ANNOUNCED = ExpectedResponse("the-state", ISSUER, iss_required=True)
GOOD = (("code", "the-code"), ("state", "the-state"))


def test_a_fitting_answer_gives_its_code():
    """Code and state, unknown parameters beside them: the code is returned, with the checks that were made."""
    accepted = check_response((*GOOD, ("unheard_of", "1"), ("unheard_of", "2")), EXPECTED)
    assert "the-code" == accepted.code
    assert all(check.passed for check in accepted.checks)
    assert "the-state" not in repr(accepted.checks)
    assert "iss" in [check.name for check in accepted.checks]


@pytest.mark.parametrize("state", ["the-state1", "the-stat", "THE-STATE", "", "é", "the-state "])
def test_another_state_is_refused(state):
    """A state that differs by one character, or is not ASCII, is a mismatch and no internal error."""
    with pytest.raises(StateMismatch) as refusal:
        check_response((("code", "c"), ("state", state)), EXPECTED)
    assert ("state", False) == (refusal.value.check.name, refusal.value.check.passed)


def test_a_missing_state_is_refused():
    """No state, no sign-on."""
    with pytest.raises(StateMismatch):
        check_response((("code", "c"),), EXPECTED)


@pytest.mark.parametrize(("name", "times"), [("code", 3), ("state", 3), ("iss", 2), ("error", 2)])
def test_a_repeated_parameter_is_refused(name, times):
    """Several of a kind are refused, also when they are the same."""
    with pytest.raises(ResponseMalformed) as refusal:
        check_response((*GOOD, (name, "x"), (name, "x")), EXPECTED)
    assert ("parameters", f"{name} {times} times") == (refusal.value.check.name, refusal.value.check.actual)


@pytest.mark.parametrize("issuer", [ISSUER + "1", ISSUER + "/", ISSUER.upper(), ""])
def test_another_issuer_is_refused(issuer):
    """iss is compared whenever it is there."""
    with pytest.raises(IssuerMismatch):
        check_response((*GOOD, ("iss", issuer)), EXPECTED)


def test_an_announced_issuer_must_be_there():
    """Required when the metadata announces it, welcome otherwise, in errors as well."""
    assert check_response((*GOOD, ("iss", ISSUER)), ANNOUNCED)
    for params in (GOOD, (("error", "access_denied"), ("state", "the-state"))):
        with pytest.raises(IssuerMismatch):
            check_response(params, ANNOUNCED)


def test_an_error_is_reported_in_the_providers_words():
    """error and error_description arrive as somebody else's words, cut to a bearable length."""
    params = (("error", "access_denied"), ("error_description", "<b>no</b>" * 1000), ("state", "the-state"))
    with pytest.raises(Refused) as refusal:
        check_response(params, EXPECTED)
    assert "access_denied" == refusal.value.said.error
    assert 1000 == len(refusal.value.said.description)


def test_an_error_with_a_foreign_state_is_not_believed():
    """Nobody can put words on our error page with a made-up link: state comes before error."""
    with pytest.raises(StateMismatch):
        check_response((("error", "access_denied"), ("state", "other")), EXPECTED)


@pytest.mark.parametrize(
    "params",
    [
        (("state", "the-state"),),
        (("code", ""), ("state", "the-state")),
        (*GOOD, ("error", "access_denied")),
        (*GOOD, ("id_token", "x")),
        (*GOOD, ("access_token", "x")),
        (*GOOD, ("response", "x")),
        (("code", "line\nbreak"), ("state", "the-state")),
        (("code", "c" * 5000), ("state", "the-state")),
        (("code", "é"), ("state", "the-state")),
    ],
    ids=lambda params: "+".join(name for name, _ in params),
)
def test_an_answer_that_was_not_asked_for_is_refused(params):
    """Neither or both, tokens in the address, a code that is no code: refused."""
    with pytest.raises(ResponseMalformed):
        check_response(params, EXPECTED)


@given(st.lists(st.tuples(st.sampled_from(["code", "state", "iss", "error", "x"]), st.text(max_size=20)), max_size=8))
def test_no_parameters_raise_anything_but_a_refusal(params):
    """Whatever arrives, the outcome is a code or a refusal of ours."""
    with contextlib.suppress(SignOnError):
        assert check_response(params, EXPECTED).code


def test_an_error_uri_comes_once_too():
    """Every parameter of an answer that we know of is looked at."""
    twice = [("state", "s"), ("error", "access_denied"), ("error_uri", "a"), ("error_uri", "b")]
    with pytest.raises(ResponseMalformed):
        check_response(twice, ExpectedResponse("s", "https://op.example"))
