"""Header blocks that two readers could frame in two ways, without a reader between that has an opinion of its own."""

import pytest

from webapp.transport.errors import MalformedAnswer
from webapp.transport.reading import framing


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Length", "2"), ("content-length", "3")],
        [("Content-Length", "2, 2")],
        [("Content-Length", "+2")],
        [("Content-Length", "-2")],
        [("Content-Length", "\u0662")],
        [("Content-Length", "\u00b2")],
        [("Content-Length", "")],
        [("Content-Length", "0" * 5000 + "2")],
        [("Transfer-Encoding", "gzip, chunked")],
        [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")],
        [("Transfer-Encoding", "identity")],
        [("Transfer-Encoding", "chunked"), ("Content-Length", "2")],
    ],
)
def test_an_ambiguous_frame_is_refused(headers):
    """One readable length, or one chunked coding, or neither."""
    with pytest.raises(MalformedAnswer):
        framing([(name.lower(), value) for name, value in headers])


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Content-Length", " 2 ")],
        [("Content-Length", "2"), ("content-length", "2")],
        [("Transfer-Encoding", "Chunked")],
    ],
)
def test_a_clear_frame_is_taken(headers):
    """The same length twice says one thing (RFC 9112 section 6.3)."""
    framing([(name.lower(), value) for name, value in headers])
