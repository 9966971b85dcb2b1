"""How a request is written."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.oidc.errors import ProviderError
from webapp.oidc.http import Answer
from webapp.oidc.wire import encoded, send

STRINGS = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.dictionaries(STRINGS, STRINGS, max_size=5))
def test_forms_and_queries_are_encoded_as_everywhere(members):
    """Name by name and byte by byte what Python's own function makes of them."""
    assert urlencode(members) == encoded(members)


def test_half_a_surrogate_pair_is_refused():
    """It has no bytes: nothing is sent in its place."""
    with pytest.raises(UnicodeEncodeError):
        encoded({"state": "\ud800"})


class Answering:
    """Gives one answer to everything."""

    def __init__(self, status, body=b""):
        self.answer = Answer(status, (), body)

    def exchange(self, request):
        return self.answer


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", ""),
        (
            b'{"id": "8ff5b0f0-6a5b-4f0c-8c53-0ce1b2a0c9e2"}',
            " (the provider's reference: 8ff5b0f0-6a5b-4f0c-8c53-0ce1b2a0c9e2)",
        ),
    ],
)
def test_a_failure_names_the_providers_reference_if_there_is_one(body, detail):
    """PingOne's support asks for it."""
    with pytest.raises(ProviderError) as failure:
        send(Answering(500, body), "GET", "https://op.example/as/token?code=1")
    assert f"GET https://op.example/as/token: 500{detail}" == failure.value.detail
