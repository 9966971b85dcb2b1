"""The verifier and its challenge (RFC 7636)."""

import re

from webapp.oidc.pkce import challenge, new_verifier

UNRESERVED = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def test_appendix_b_of_rfc_7636():
    """The challenge of the specification's verifier is the specification's challenge."""
    expected = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert expected == challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")


def test_a_verifier_is_long_enough_and_unreserved():
    """Every verifier has 43 to 128 unreserved characters, and no two are alike."""
    verifiers = {new_verifier() for _ in range(1000)}
    assert 1000 == len(verifiers)
    assert all(UNRESERVED.fullmatch(verifier) for verifier in verifiers)


def test_a_verifier_asks_for_256_bits():
    """The verifier is made of 32 random bytes."""
    asked = []
    new_verifier(lambda count: asked.append(count) or "x" * 43)
    assert [32] == asked
