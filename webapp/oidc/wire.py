"""Where the protocol meets HTTP: one request, one answer, and what every endpoint's failures have in common."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from .cause import cause_of
from .errors import ProviderError, ProviderUnreachable, Said
from .http import Answer, HttpClient, Request, http_of
from .strict_json import parse_object

_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9_.~-]*")
_UUID = re.compile(r"([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})")
_REFERENCE = re.compile(rf"\(Correlation ID: {_UUID.pattern}\)")


def send(
    http: HttpClient,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | str | None = None,
    timeout: float | None = None,
) -> Answer:
    """Send one request and return its answer, whatever its status below 500. `timeout`: seconds, None for the client's.

    Redirects are never followed: a 307 would repeat the form, with code, verifier and secret, to another host.
    Raises `ProviderUnreachable` when there is no answer, `ProviderError` for 429 and 5xx.
    """
    content = body.encode("utf-8") if isinstance(body, str) else body
    request = Request(method, url, {"Accept": "application/json", **(headers or {})}, content, timeout)
    try:
        answer = http_of(http).exchange(request)
    except OSError as fault:
        wait = getattr(fault, "retry_after", None)
        unreachable = ProviderUnreachable(f"{method} {_place(url)}: {type(fault).__name__}", retry_after=wait)
        unreachable.cause = cause_of(fault)
        raise unreachable from fault
    if answer.status == 429 or answer.status >= 500:
        wait = retry_after(answer.header("Retry-After"))
        status = 503 if answer.status == 429 else None
        known = f" (the provider's reference: {reference})" if (reference := said(answer).reference) else ""
        raise ProviderError(f"{method} {_place(url)}: {answer.status}{known}", status=status, retry_after=wait)
    return answer


def encoded(members: Mapping[str, str]) -> str:
    """Return the pairs as a query or as the body of a form (application/x-www-form-urlencoded).

    What `urllib.parse.urlencode` returns, for a fraction of its cost: of the values of a sign-on few need quoting.
    Raises `UnicodeEncodeError` for half a surrogate pair.
    """
    plain = _NEEDS_NO_QUOTES.fullmatch
    pieces = [piece if plain(piece) else quote_plus(piece) for pair in members.items() for piece in pair]
    return "&".join(map("=".join, zip(pieces[::2], pieces[1::2], strict=True)))


def said(answer: Answer) -> Said:
    """Return what an OAuth error answer says (RFC 6749 section 5.2), as a string however it was typed."""
    try:
        members = parse_object(answer.body)
    except ValueError:
        return Said(f"HTTP {answer.status}")
    error, description = members.get("error"), members.get("error_description")
    return Said(
        error[:200] if isinstance(error, str) else f"HTTP {answer.status}",
        description[:1000] if isinstance(description, str) else "",
        reference_in(members),
    )


def reference_in(members: Mapping[str, Any]) -> str:
    """Return the UUID that a refusal is logged under, '' when it names none. Nothing is decided by it.

    It ends a description as `(Correlation ID: ...)`, or is a member `id`: how else, no specification says.
    """
    description, own = members.get("error_description"), members.get("id")
    found = _REFERENCE.search(description[-200:]) if isinstance(description, str) else None
    if found is None and isinstance(own, str):
        found = _UUID.fullmatch(own)
    return found[1] if found else ""


def retry_after(value: str) -> int | None:
    """Return the seconds that a `Retry-After` field names, between 1 and 3600; None for a date or nonsense.

    https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
    """
    value = value.strip()
    return max(1, min(int(value), 3600)) if value.isascii() and value.isdigit() and len(value) < 10 else None


def _place(url: str) -> str:
    # A query can hold a code or a token; an error message must not.
    return url.partition("?")[0]
