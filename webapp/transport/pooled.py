"""Calls over the network, on kept connections."""

import http.client
from collections.abc import Callable
from threading import Lock, local

import requests
import urllib3
from urllib3 import exceptions as broken
from urllib3.response import BaseHTTPResponse

from .answer import Answer, build_answer
from .bounded import WireLimit
from .connection import pool_classes
from .errors import ConnectionDropped, MalformedAnswer, TooLarge
from .framing import check_framing
from .origin import Origin, origin_of
from .sender import Attempt
from .trust import TrustStore

_PIECE = 64 * 1024


class _OpenedHere(local):
    """How many connections the current thread has opened."""

    count = 0


class PooledSender:
    """Sends one attempt over a pool shared by all threads, without following, retrying or remembering anything.

    urllib3 is used directly: `requests.adapters.HTTPAdapter` hands the trust store over again for every connection
    unless two of its methods are overridden, and reads bodies without a bound.
    """

    def __init__(
        self,
        trust: TrustStore,
        *,
        connect_timeout: float,
        max_bytes: int,
        pool_size: int,
        monotonic: Callable[[], float],
    ) -> None:
        self._trust = trust
        self._connect_timeout = connect_timeout
        self._max_bytes = max_bytes
        self._pool_size = pool_size
        self._monotonic = monotonic
        self._lock = Lock()
        self._managers: dict[str, urllib3.PoolManager] = {}
        self._opened_here = _OpenedHere()
        self.connections = 0

    def __call__(self, request: requests.PreparedRequest, attempt: Attempt) -> Answer:
        origin = origin_of(request.url or "")
        remaining = attempt.until - self._monotonic()
        if remaining <= 0:
            raise requests.Timeout(f"no time left for {origin}", request=request)
        opened_before = self._opened_here.count
        try:
            return self._exchange(request, origin, remaining)
        except broken.HTTPError as error:
            raise _translated(error, origin, request) from error
        finally:
            attempt.opened_connection = self._opened_here.count > opened_before

    def close(self) -> None:
        """Closes the kept connections."""
        with self._lock:
            for manager in self._managers.values():
                manager.clear()

    def _exchange(self, request: requests.PreparedRequest, origin: Origin, remaining: float) -> Answer:
        pool = self._manager(origin.scheme).connection_from_host(origin.host, origin.port, origin.scheme)
        response = pool.urlopen(
            request.method or "GET",
            "/" + request.path_url.lstrip("/"),
            body=request.body,
            headers=dict(request.headers),
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=urllib3.Timeout(connect=self._connect_timeout, total=remaining),
            preload_content=False,
            decode_content=False,
        )
        headers = tuple(response.headers.iteritems())
        status, reason = response.status, response.reason or ""
        complete = False
        try:
            check_framing(headers)
            body = self._read(response)
            complete = True
        except (requests.RequestException, broken.HTTPError) as error:
            # The head is worth showing even though nobody may use it.
            head = build_answer(request, status, reason, headers, b"")
            failure = _translated(error, origin, request) if isinstance(error, broken.HTTPError) else error
            failure.request, failure.response = request, head
            raise failure from error
        finally:
            if not complete:
                # An answer that was not read to its end must never be found by the next request on this connection.
                response.close()
            response.release_conn()
        return build_answer(request, status, reason, headers, body)

    def _read(self, response: BaseHTTPResponse) -> bytes:
        """The decoded body. Counting happens behind the decoder: 0.2 MB of gzip can hold 200 MB."""
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced) > self._max_bytes:
            raise TooLarge(f"the answer announces more than {self._max_bytes} bytes")
        body = bytearray()
        while piece := response.read(_PIECE, decode_content=True):
            body += piece
            if len(body) > self._max_bytes:
                raise TooLarge(f"the answer is larger than {self._max_bytes} bytes")
        return bytes(body)

    def _manager(self, scheme: str) -> urllib3.PoolManager:
        """One manager per scheme, so that plain http never makes us read the trust store."""
        with self._lock:
            if scheme not in self._managers:
                context = self._trust.context() if scheme == "https" else None
                manager = urllib3.PoolManager(num_pools=8, maxsize=self._pool_size, ssl_context=context)
                manager.pool_classes_by_scheme = pool_classes(self._count_connection)
                self._managers[scheme] = manager
            return self._managers[scheme]

    def _count_connection(self) -> None:
        self._opened_here.count += 1
        with self._lock:
            self.connections += 1


def _translated(
    error: broken.HTTPError, origin: Origin, request: requests.PreparedRequest
) -> requests.RequestException:
    """urllib3's error as the exception callers know. Its own words are left behind: some carry the whole URL."""
    cause = error.args[-1] if error.args else None
    match error:
        case broken.NewConnectionError():  # a subclass of the next one
            return requests.ConnectionError(f"no connection to {origin}: {error.__cause__}", request=request)
        case broken.ConnectTimeoutError():
            return requests.ConnectTimeout(f"no connection to {origin} in time", request=request)
        case broken.TimeoutError():
            return requests.ReadTimeout(f"no complete answer from {origin} in time", request=request)
        case broken.SSLError():
            return requests.exceptions.SSLError(f"no trusted connection to {origin}: {cause}", request=request)
        case broken.ProtocolError() if isinstance(cause, WireLimit):
            return TooLarge(f"the answer of {origin} does not end", request=request)
        case broken.ProtocolError() if not _is_malformed(cause):
            return ConnectionDropped(f"{origin} broke the connection", request=request)
        case broken.LocationValueError():
            return requests.exceptions.InvalidURL(f"no such place as {origin}", request=request)
    return MalformedAnswer(f"{origin} did not answer in proper HTTP: {type(cause or error).__name__}", request=request)


def _is_malformed(cause: object) -> bool:
    """`http.client` uses one family for "they hung up" and "this is not HTTP"."""
    hung_up = (http.client.RemoteDisconnected, http.client.IncompleteRead)
    return isinstance(cause, http.client.HTTPException) and not isinstance(cause, hung_up)
