"""Where an answer ends, and answers that leave it open."""

from webapp.trace.model import Headers

from .errors import MalformedAnswer


def check_framing(headers: Headers) -> None:
    """Refuses header blocks that two readers could frame in two ways; raises `MalformedAnswer`.

    `http.client` takes the first of two lengths, ignores a length it cannot read and takes an unknown transfer coding
    for none. Source: https://www.rfc-editor.org/rfc/rfc9112#section-6.3
    """
    lengths = {value.strip() for name, value in headers if name.lower() == "content-length"}
    codings = [value.strip().lower() for name, value in headers if name.lower() == "transfer-encoding"]
    if len(lengths) > 1 or not all(map(_is_length, lengths)):
        raise MalformedAnswer("the answer has no single readable Content-Length")
    if codings and codings != ["chunked"]:
        raise MalformedAnswer("the answer uses an unknown transfer coding")
    if codings and lengths:
        raise MalformedAnswer("the answer has both a Content-Length and a transfer coding")


def _is_length(text: str) -> bool:
    # Python refuses to make a number of thousands of digits: a ValueError where nobody expects one.
    return text.isascii() and text.isdecimal() and len(text) < 16
