"""How a request is written."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.oidc.wire import encoded

STRINGS = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.dictionaries(STRINGS, STRINGS, max_size=5))
def test_forms_and_queries_are_encoded_as_everywhere(members):
    """Name by name and byte by byte what Python's own function makes of them."""
    assert urlencode(members) == encoded(members)


def test_half_a_surrogate_pair_is_refused():
    """It has no bytes: nothing is sent in its place."""
    with pytest.raises(UnicodeEncodeError):
        encoded({"state": "\ud800"})
