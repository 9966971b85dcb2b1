"""Each demo user signs on, or is refused, as promised: in every mode."""

import pytest

from tests.support.visitor import MODES, Visitor

SIGN_ON = ("mfaTestUser", "changeTestUser", "expiredTestUser", "agreementTestUser", "profileTestUser")
"""Besides `sharedTestUser`, whom every other test signs on."""
REFUSED = ("lockedTestUser", "disabledTestUser")


@pytest.mark.parametrize(
    ("username", "mode"),
    [
        *((username, mode) for username in SIGN_ON for mode in MODES),
        ("otpTestUser", "redirectless"),
        ("namelessTestUser", "hosted"),
    ],
)
def test_signs_on(visitor: Visitor, mode: str, username: str) -> None:
    """Whatever the flow asks of this user can be answered, and the session says how it was."""
    visitor.sign_on(mode, username)
    session = visitor.session()
    assert (mode, username) == (session["mode"], session["claims"]["preferred_username"])
    methods = {"pwd", "otp", "mfa"} if username in ("mfaTestUser", "otpTestUser") else {"pwd"}
    assert methods == set(session["claims"]["amr"])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("username", REFUSED)
def test_is_refused(visitor: Visitor, mode: str, username: str) -> None:
    """The page says that PingOne refused, in PingOne's words; nobody is signed on."""
    visitor.begin(mode)
    visitor.give(username)
    assert visitor.refused_with == "refused"
    assert {"signed_in": False} == visitor.session()


@pytest.mark.parametrize("mode", ["hosted", "custom"])
def test_agreement_can_be_declined(visitor: Visitor, mode: str) -> None:
    """Who does not accept is refused, and told so."""
    visitor.begin(mode)
    visitor.give("agreementTestUser")
    visitor.press("I do not accept")
    assert visitor.refused_with == "refused"
    assert {"signed_in": False} == visitor.session()
