"""Gunicorn's threaded worker, with its threads kept for requests that have arrived.

The worker of gunicorn gives each connection a thread as soon as the first byte is there, and the thread waits for the
rest as long as the client likes: as many half requests as there are threads, and nobody else is served. Here the loop
that accepts connections gathers requests too, within a deadline; a thread gets what is complete.
"""

import errno
import os
import selectors
import signal
import time
from functools import partial
from http import HTTPStatus
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from .arriving import Arriving, Unacceptable
from .streams import stopping

LINGER_SECONDS = 2.0
QUEUE_PER_THREAD = 4
"""Complete requests that may wait for a thread, for each thread. More would be answered when their visitors have
given up; they learn so while they are still there."""


STOPPING = (signal.SIGTERM, signal.SIGQUIT)


def hold_signals_at_fork() -> None:
    """Let signals that stop a worker wait until it can listen to them. Until then it has the handlers of its parent,
    which lose them: the person who stopped a server that had just started waited for the end of the grace."""
    hold, release = (partial(signal.pthread_sigmask, how, STOPPING) for how in (signal.SIG_BLOCK, signal.SIG_UNBLOCK))
    os.register_at_fork(before=hold, after_in_parent=release)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Everything here runs in the accepting loop, so nothing needs a lock."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._waiting: dict[Any, None] = {}  # connections in the order in which they began to wait
        self._most_waiting = max(1, self.worker_connections // 2)
        self._most_at_once = self.cfg.threads * (1 + QUEUE_PER_THREAD)
        self._at_once = 0
        self._looked = 0.0

    def init_signals(self) -> None:
        super().init_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    def accept(self, listener: Any) -> None:
        try:
            super().accept(listener)
        except OSError as failure:
            if failure.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            if not self._waiting:  # Out of files, and none of them is ours to give back.
                time.sleep(0.05)
            self._drop_oldest()

    def set_accept_enabled(self, enabled: bool) -> None:
        """When it stops, take those who have connected already, and refuse others while they can ask another instance:
        gunicorn would keep the socket to the end of the grace, and then cut off clients that had waited there."""
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            before = -1
            while before < self.nr_conns:
                before = self.nr_conns
                self.accept(listener)
            listener.close()

    def enqueue_req(self, conn: Any) -> None:
        """Take a connection that is new, or on which another request begins; a thread gets it when that is complete."""
        if self.cfg.is_ssl:  # Its records cannot be gathered from outside; our settings leave TLS to a proxy.
            super().enqueue_req(conn)
            return
        if not isinstance(conn.sock, Arriving):
            conn.sock = Arriving(conn.sock)
        conn.sock.setblocking(False)
        conn.sock.expect()
        conn.data_ready = True  # Gunicorn would wait for the socket to be readable, which it may never be again.
        self._waiting[conn] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._gather, conn))
        if len(self._waiting) > self._most_waiting:
            self._drop_oldest()
        if conn in self._waiting:
            self._gather(conn)

    def finish_request(self, conn: Any, fs: Any) -> None:
        super().finish_request(conn, fs)
        if isinstance(conn.sock, Arriving):
            self._at_once -= 1
            # The next request came together with this one: the socket will not say so again.
            if conn.sock.begun and conn in self.keepalived_conns:
                self.on_client_socket_readable(conn, conn.sock)

    def notify(self) -> None:
        """The loop calls this at least once a second; connections that are too slow end here."""
        super().notify()
        if not self.alive:
            stopping.set()
        now = time.monotonic()
        if now - self._looked < 0.5:
            return
        self._looked = now
        for conn in list(self._waiting):
            sock = conn.sock
            if not self.alive:  # Stopping the server does not wait for silent connections.
                sock.until = min(sock.until, now + LINGER_SECONDS) if sock.begun else now
            if sock.until <= now:
                if sock.over or not sock.begun:
                    self._drop(conn)
                else:
                    self._refuse(conn, 408)

    def _gather(self, conn: Any, _readable: Any = None) -> None:
        try:
            if not conn.sock.arrived():
                return
        except Unacceptable as refusal:
            self._refuse(conn, refusal.status)
        except OSError:
            self._drop(conn)
        else:
            if self._at_once >= self._most_at_once:
                self._refuse(conn, 503)
                return
            self._forget(conn)
            self._at_once += 1
            super().enqueue_req(conn)

    def _refuse(self, conn: Any, status: int) -> None:
        """Answer, then wait a moment for the other side to read it and close."""
        self.log.info("Request refused: status=%s address=%s", status, (conn.client or "?")[0])
        conn.sock.over, conn.sock.until = True, time.monotonic() + LINGER_SECONDS
        try:
            conn.sock.send(_answer(status))
            conn.sock.shutdown(1)
        except OSError:
            self._drop(conn)

    def _forget(self, conn: Any) -> None:
        del self._waiting[conn]
        self.poller.unregister(conn.sock)

    def _drop(self, conn: Any) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()

    def _drop_oldest(self) -> None:
        if self._waiting:
            self._drop(next(iter(self._waiting)))


def _answer(status: int) -> bytes:
    text = f"{status} {HTTPStatus(status).phrase}"
    again = "Retry-After: 2\r\n" if status == 503 else ""
    return (
        f"HTTP/1.1 {text}\r\nContent-Type: text/plain\r\nContent-Length: {len(text) + 1}\r\n{again}"
        f"Cache-Control: no-store\r\nConnection: close\r\n\r\n{text}\n"
    ).encode()
