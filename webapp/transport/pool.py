"""Calls over the network, on kept connections."""

import select
import socket
import time
from collections.abc import Callable
from threading import Lock

from webapp.oidc.http import Answer

from .call import Call, Try
from .dial import TrustStore, connect
from .errors import ConnectionDropped, NoAnswer, ReadTimeout
from .origin import Origin
from .reading import Incoming, read_answer
from .tunnel import Proxy

MAX_IDLE = 55.0
"""Seconds after which a kept connection is not trusted any more. Load balancers drop idle connections after a minute,
some without a word, and a POST that goes into the void cannot be repeated."""


class Connection:
    """One connection, used by one thread at a time, for one exchange after another."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._incoming = Incoming(sock)
        self._used_at = time.monotonic()
        self._unasked = select.poll()
        self._unasked.register(sock, select.POLLIN)

    def usable(self) -> bool:
        """Whether a request may still be sent: a connection on which something waits was closed by the other side, or
        holds what nobody asked for."""
        return time.monotonic() - self._used_at < MAX_IDLE and not self._unasked.poll(0)

    def exchange(self, call: Call, until: float, max_bytes: int, attempt: Try) -> tuple[Answer, bool]:
        """Return the answer and whether the connection may be kept. `until` is a second of `time.monotonic`.

        Raises what `read_answer` raises.
        """
        lines = "".join([f"{name}: {value}\r\n" for name, value in call.fields])
        head = f"{call.method} {call.target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1")
        self._sock.settimeout(max(until - time.monotonic(), 0.001))
        self._sock.sendall(head + call.body)
        self._incoming.begin(until)
        answer, persistent = read_answer(self._incoming, call.method, max_bytes, attempt)
        self._used_at = time.monotonic()
        return answer, persistent

    def close(self) -> None:
        """Hang up."""
        self._sock.close()


class Pool:
    """Sends one attempt over connections shared by all threads, without following, retrying or remembering anything."""

    def __init__(
        self,
        trust: TrustStore,
        proxy: Proxy | None,
        *,
        connect_timeout: float,
        max_bytes: int,
        pool_size: int,
        monotonic: Callable[[], float],
    ) -> None:
        self._trust, self._proxy = trust, proxy
        self._connect_timeout = connect_timeout
        self._max_bytes = max_bytes
        self._pool_size = pool_size
        self._monotonic = monotonic
        self._lock = Lock()
        self._idle: dict[Origin, list[Connection]] = {}
        self._closed = False
        self.connections = 0

    def __call__(self, call: Call, attempt: Try) -> Answer:
        """See `Sender`."""
        remaining = call.until - self._monotonic()
        if remaining <= 0:
            raise ReadTimeout(f"no time left for {call.origin}")
        until = time.monotonic() + remaining
        connection = self._kept(call.origin) or self._opened(call.origin, remaining, attempt)
        keep = False
        try:
            answer, keep = connection.exchange(call, until, self._max_bytes, attempt)
            return answer
        except NoAnswer:
            raise
        except TimeoutError as error:
            raise ReadTimeout(f"no complete answer from {call.origin} in time") from error
        except OSError as error:
            raise ConnectionDropped(f"{call.origin} broke the connection") from error
        finally:
            # An answer that was not read to its end must never be found by the next request on this connection.
            self._put_back(call.origin, connection, keep)

    def close(self) -> None:
        """Close the kept connections; one that is in use is closed when its exchange has ended."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, {}
        for connection in (each for kept in idle.values() for each in kept):
            connection.close()

    def _kept(self, origin: Origin) -> Connection | None:
        """Return the connection that was used last: those that a busy hour needed and a quiet one does not grow old."""
        while True:
            with self._lock:
                kept = self._idle.get(origin)
                if not kept:
                    return None
                connection = kept.pop()
            if connection.usable():
                return connection
            connection.close()

    def _opened(self, origin: Origin, remaining: float, attempt: Try) -> Connection:
        attempt.opened_connection = True
        with self._lock:
            self.connections += 1
        return Connection(connect(origin, self._trust, self._proxy, min(self._connect_timeout, remaining)))

    def _put_back(self, origin: Origin, connection: Connection, keep: bool) -> None:
        with self._lock:
            kept = self._idle.setdefault(origin, [])
            if keep and len(kept) < self._pool_size and not self._closed:
                kept.append(connection)
                return
        connection.close()
