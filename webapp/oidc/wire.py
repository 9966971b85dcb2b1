"""The one place where the protocol meets HTTP.

`http` is any `requests.Session`. This application passes one that adds a total deadline, a size cap, a pool
and a recorder (`webapp/transport`); a plain session works too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from .errors import ProviderError, ProviderUnreachable, Said
from .strict_json import parse_object

TIMEOUT = (2.0, 8.0)
"""Seconds to connect, and to wait for each read; the total deadline is the transport's."""


@dataclass(frozen=True)
class Answer:
    """One answer: its status, its headers (names of any case) and its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    response: requests.Response = field(repr=False)

    def object(self) -> dict[str, Any]:
        """Return the JSON object of the body; raise `ProviderError` when there is none."""
        try:
            return parse_object(self.body)
        except ValueError as fault:
            raise ProviderError(f"status {self.status}, the body is not a JSON object: {fault}") from None


def send(
    http: requests.Session,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | str | None = None,
    timeout: float | tuple[float, float] = TIMEOUT,
) -> Answer:
    """Send one request and return its answer, whatever its status below 500.

    Redirects are never followed: a 307 would repeat the form, with code, verifier and secret, to another host.
    Raises `ProviderUnreachable` when there is no answer, `ProviderError` for 429 and 5xx.
    """
    try:
        response = http.request(
            method,
            url,
            headers={"Accept": "application/json", **(headers or {})},
            data=body,
            allow_redirects=False,
            timeout=timeout,
        )
        content = response.content
    except requests.RequestException as fault:
        wait = getattr(fault, "retry_after", None)
        raise ProviderUnreachable(f"{method} {_place(url)}: {type(fault).__name__}", retry_after=wait) from fault
    if response.status_code == 429:
        raise ProviderError(f"{method} {_place(url)}: 429", status=503, retry_after=retry_after(response.headers))
    if response.status_code >= 500:
        wait = retry_after(response.headers)
        raise ProviderError(f"{method} {_place(url)}: {response.status_code}", retry_after=wait)
    return Answer(response.status_code, response.headers, content, response)


def said(answer: Answer) -> Said:
    """Return what an OAuth error answer says (RFC 6749 section 5.2), as text however it was typed."""
    try:
        members = parse_object(answer.body)
    except ValueError:
        return Said(f"HTTP {answer.status}")
    error, description = members.get("error"), members.get("error_description")
    return Said(
        error[:200] if isinstance(error, str) else f"HTTP {answer.status}",
        description[:1000] if isinstance(description, str) else "",
    )


def retry_after(headers: Mapping[str, str]) -> int | None:
    """Return the seconds of `Retry-After`, between 1 and 3600; None when it is absent, a date or nonsense."""
    value = headers.get("Retry-After", "").strip()
    return max(1, min(int(value), 3600)) if value.isascii() and value.isdigit() and len(value) < 10 else None


def _place(url: str) -> str:
    # A query can hold a code or a token; an error message must not.
    return url.partition("?")[0]
