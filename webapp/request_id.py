"""The id of the request that is being answered: in our log lines, in our answer, and in what is asked of PingOne."""

import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""16 hexadecimal digits, or what a proxy calls it; '' where no request is answered, as when a thread renews the
metadata."""
trace_id: ContextVar[str] = ContextVar("trace_id", default="")
"""The trace that a proxy's `traceparent` names: 32 hexadecimal digits, or ''."""

_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)


def ids_of(environ: Mapping[str, object], trusted: bool) -> tuple[str, str]:
    """Return the ids of a request and of its trace.

    `trusted`: a proxy is in front whose `X-Request-Id` and `traceparent` are taken up, so that its lines and ours are
    found together. A visitor could choose ids, of other people's requests too; and what is no id at all is never used.
    https://www.w3.org/TR/trace-context/#traceparent-header
    """
    given = str(environ.get("HTTP_X_REQUEST_ID", "")) if trusted else ""
    traced = _TRACEPARENT.fullmatch(str(environ.get("HTTP_TRACEPARENT", ""))) if trusted else None
    return (given if _GOOD_ID.fullmatch(given) else secrets.token_hex(8)), (traced[1] if traced else "")
