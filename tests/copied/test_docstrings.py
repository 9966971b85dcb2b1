"""Who copies the folders reads docstrings, not our pages: each public function names every error that can leave it."""

import re

from .raises import Function, functions, leaving

REFERENCE = re.compile(r"\b(?:as|As|See) ((?:`[\w.]+`|,| |and|for)+)")
"""Raises as `find`, `resume` and `finish` do."""
MISUSE = (TypeError,)
"""What a call that does not fit its signature raises: a mistake in the program, not an outcome."""


def named(function: Function, above: tuple[str, ...] = ()) -> set[str]:
    """Return the names in back quotes of a docstring, and those in the docstrings of functions that it refers to."""
    names = set(re.findall(r"`(?:\w+\.)*(\w+)`", function.docstring))
    referred = set(re.findall(r"(\w+)`", " ".join(REFERENCE.findall(function.docstring))))
    for each in functions():
        if each.name in referred and str(each) not in (*above, str(function)):
            names |= named(each, (*above, str(function)))
    return names


def unnamed(function: Function) -> list[str]:
    """Return the errors that leave the function and that neither it nor what it refers to names, by class or family."""
    names = named(function)
    return sorted(
        error.__name__
        for error in leaving(function)
        if error not in MISUSE and not any(kind.__name__ in names for kind in error.__mro__[:-3])
    )


def test_each_error_that_leaves_a_public_function_is_named():
    """An error that no docstring names is one that nobody handles: its visitor reads about a failure of ours."""
    assert {} == {str(each): unnamed(each) for each in functions() if each.public and unnamed(each)}


def test_the_source_shows_which_errors_leave_a_function():
    """Otherwise the test above would agree with any docstring: what `finish` calls raises, and what `take` catches."""
    leaves = {str(each): {error.__name__ for error in leaving(each)} for each in functions()}

    assert {"StateMismatch", "TokenRefused", "IdTokenClaim"} <= leaves["oidc.relying_party.RelyingParty.finish"]
    assert "TokenRefused" not in leaves["oidc.relying_party.RelyingParty.give_back"]
