"""The one word for why no answer came, where the failure is of no kind that is known."""

import pytest

from webapp.oidc.cause import cause_of


@pytest.mark.parametrize(("said", "word"), [("full", "full"), ("", "network"), (5, "network")])
def test_what_a_failure_says_of_itself_counts_when_it_is_a_word(said: object, word: str) -> None:
    """Other libraries' exceptions may have a member of that name, which is anything."""
    failure = Exception("something")
    failure.cause = said  # type: ignore[attr-defined]
    assert word == cause_of(failure)
