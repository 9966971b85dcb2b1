"""Requests and answers as the test servers see them: close to the bytes, nothing normalised."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from urllib.parse import parse_qsl

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """One request as it came: repeated parameters and headers are kept, nothing is decoded twice."""

    method: str
    path: str
    query: Pairs
    headers: Pairs
    body: bytes

    def header(self, name: str) -> str:
        """The first header of that name, or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def form(self) -> Pairs:
        """The form fields of the body; empty when the body is not a form."""
        if "form-urlencoded" not in self.header("Content-Type"):
            return ()
        return tuple(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def params(self) -> dict[str, str]:
        """Query and form together; the last of a repeated parameter wins."""
        return dict(self.query + self.form)

    @property
    def cookies(self) -> dict[str, str]:
        """The request's cookies."""
        pairs = (part.strip().partition("=") for part in self.header("Cookie").split(";") if "=" in part)
        return {name: value for name, _, value in pairs}


@dataclass(frozen=True)
class Answer:
    """A response before it becomes bytes.

    `fault(wire, answer)` takes over the writing; it returns whether the connection may serve another request.
    """

    status: int = 200
    headers: Pairs = ()
    body: bytes = b""
    fault: "Callable[..., bool] | None" = field(default=None, compare=False)

    def head(self, *, framing: str | None = None) -> bytes:
        """Status line and headers up to and including the empty line.

        `framing` replaces the true `Content-Length` line; an empty one leaves the length unsaid.
        """
        length = f"Content-Length: {len(self.body)}\r\n" if framing is None else framing
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        return f"HTTP/1.1 {self.status} {_reason(self.status)}\r\n{lines}{length}\r\n".encode("latin-1")

    def with_headers(self, *pairs: tuple[str, str]) -> "Answer":
        """The same answer with more headers."""
        return replace(self, headers=self.headers + pairs)


def json_answer(value: object, status: int = 200, *headers: tuple[str, str]) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, (("Content-Type", "application/json"), *headers), json.dumps(value).encode())


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
