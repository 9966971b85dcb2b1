"""What a prepared request puts on the wire."""

from urllib.parse import urlsplit

import requests

from webapp.trace.model import Headers


def sent_body(request: requests.PreparedRequest) -> bytes:
    """The body; a streamed one could not be shown or sent again, so it is a TypeError."""
    body = request.body
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes):
        return body
    raise TypeError("the transport sends complete bodies only")


def sent_headers(request: requests.PreparedRequest) -> Headers:
    """The header fields, the Host that `http.client` adds included; requests lets callers pass str and bytes."""
    fields = [
        (name, value if isinstance(value, str) else bytes(value).decode("latin-1"))
        for name, value in request.headers.items()
    ]
    if "Host" not in request.headers:
        fields.insert(0, ("Host", urlsplit(request.url or "").netloc.rpartition("@")[2]))
    return tuple(fields)
