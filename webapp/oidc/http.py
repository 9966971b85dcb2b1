"""What the protocol asks of an HTTP client, and how a plain `requests.Session` is made to keep it.

No type of any HTTP library is named in `Http`: httpx works through ten lines, a transport of one's own directly.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, Union

from .errors import ProviderError
from .strict_json import parse_object

if TYPE_CHECKING:
    import requests

Fields = tuple[tuple[str, str], ...]
"""Header fields as they were received: repeated names stay apart, as `Set-Cookie` needs."""

CONNECT, READ = 2.0, 8.0
"""Seconds to connect, and to wait for each read, that `RequestsHttp` grants. A total deadline needs a transport that
has one: an answer that drips byte by byte holds a thread here for as long as its sender likes."""
MOST_BYTES = 1_048_576
"""Bytes of a decoded body that are read; no answer of a provider needs more, and 0.2 MB of gzip can hold 200 MB."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to send as it is. `timeout`: seconds that it may take at most; None leaves that to the client."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read to its end: its status, its header fields as received, its body after content decoding."""

    status: int
    fields: Fields = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """Return a header field (a name of any case), repeated ones joined by commas; empty when absent."""
        return ", ".join(value for found, value in self.fields if found.lower() == name.lower())

    def object(self) -> dict[str, Any]:
        """Return the JSON object of the body; raise `ProviderError` when there is none."""
        try:
            return parse_object(self.body)
        except ValueError as fault:
            raise ProviderError(f"status {self.status}, the body is not a JSON object: {fault}") from None


class Http(Protocol):
    """Sends one request, follows nothing, keeps no cookie, adds no credentials. Used by many threads at the same time.

    What a wrong one would cost: one that follows redirects repeats a POST with code, verifier and client secret to
    whatever host a 307 names. One that keeps cookies sends the session of the visitor before for this visitor, who is
    then signed on as someone else. One that repeats a POST by itself redeems a code twice, which revokes what the
    first answer brought. One without time and size limits lets a slow or endless answer hold a thread for good.
    """

    def exchange(self, request: Request) -> Answer:
        """Return the answer, whatever its status. Raises `OSError` when there is none (`ConnectionError`, say).

        An error may carry `retry_after`, in seconds.
        """
        ...


HttpClient: TypeAlias = Union["Http", "requests.Session"]  # names that come later, or never
"""Wherever the protocol wants an HTTP client, either will do."""


class RequestsHttp:
    """An `Http` on the connections of a `requests.Session`.

    The session lends its adapters (connection pool, TLS settings), `verify`, `cert`, the `proxies` that were set on it
    and its `User-Agent`. Everything else stays out: its cookie jar neither gives nor takes, its other headers, `auth`,
    `params` and hooks do not apply, and `.netrc` and proxies of the environment are not looked at. So one session may
    serve all visitors.
    """

    def __init__(self, session: "requests.Session | None" = None) -> None:
        import requests

        self._requests = requests
        self._session = session if session is not None else requests.Session()

    def exchange(self, request: Request) -> Answer:
        """See `Http`. Raises `requests.RequestException`, which is an `OSError`, and `OSError` for a body too long."""
        session = self._session
        headers = {"Accept-Encoding": "gzip, deflate", **request.headers}
        if "User-Agent" in session.headers:
            headers["User-Agent"] = str(session.headers["User-Agent"])
        # Prepared apart from the session: `Session.request` would add its cookies, and passwords from .netrc.
        prepared = self._requests.Request(request.method, request.url, headers=headers, data=request.body).prepare()
        limit: Any = (CONNECT, READ) if request.timeout is None else request.timeout
        adapter = session.get_adapter(request.url)
        verify = True if session.verify is None else session.verify
        response = adapter.send(
            prepared, stream=True, timeout=limit, verify=verify, cert=session.cert, proxies=session.proxies
        )
        try:
            body = bytearray()
            for piece in response.iter_content(65_536):
                body += piece
                if len(body) > MOST_BYTES:
                    raise OSError("the answer is too long")
        finally:
            response.close()
        return Answer(response.status_code, _fields(response), bytes(body))


def _fields(response: Any) -> Fields:
    # requests joins repeated fields with commas, which Expires also contains: urllib3 keeps them apart.
    kept = getattr(response, "header_pairs", None)
    if kept is None:
        kept = response.headers.items() if response.raw is None else response.raw.headers.items()
    return tuple((str(name), str(value)) for name, value in kept)


def http_of(http: Any) -> Http:
    """Return `http` as an `Http`: itself if it has `exchange`, else a `requests.Session` behind `RequestsHttp`.

    Raises `TypeError` for anything else, an `httpx.Client` without its adapter among them.
    """
    if hasattr(http, "exchange"):
        found: Http = http
        return found
    if hasattr(http, "get_adapter"):
        return RequestsHttp(http)
    raise TypeError(f"{type(http).__name__} is no Http: give it a method exchange(Request) -> Answer")
