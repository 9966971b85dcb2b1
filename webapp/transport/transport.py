"""HTTP once: everything this process says to PingOne goes through one object."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING

from webapp.oidc.http import Answer, Http, Request

from .call import Call, Clock, Sender, Try, prepare
from .dial import TrustStore
from .errors import NoAnswer
from .guards import Circuit, ConcurrencyLimit
from .origin import AllowedOrigins, Origin, origin_of
from .pool import Pool
from .recording import Record, recording
from .retrying import send_with_retry
from .tunnel import Proxy
from .wsgi import WsgiSender

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class Transport:
    """Connections, their bounds and their counters, shared by all threads.

    A call ends within `deadline` seconds whatever happens: name lookup, TCP, TLS, a dripped answer, a second try. It
    goes to an allowed origin, over a verified connection, follows no redirect, keeps no cookie, reads no proxy setting,
    and its answer is complete and at most `max_bytes` long after decoding. Everything else is a `NoAnswer`.
    """

    def __init__(
        self,
        *,
        ca_bundle: str = "",
        proxy: str = "",
        wsgi: Mapping[str, "WSGIApplication"] | None = None,
        allowed_origins: Collection[str] | None = (),
        connect_timeout: float = 2.0,
        deadline: float = 8.0,
        max_bytes: int = 1_048_576,
        pool_size: int = 32,
        concurrency: int = 24,
        patience: float = 1.0,
        failures: int = 5,
        cooldown: float = 5.0,
        clock: Clock | None = None,
        labels: Callable[[], Mapping[str, str]] = dict,
        around: Callable[[Sender], Sender] = lambda send: send,
    ) -> None:
        """Times are seconds.

        `ca_bundle`: PEM file or directory instead of the public authorities. `proxy`: URL of an http proxy for https
        origins. `wsgi`: URL prefix to the application that
        answers it in memory. `allowed_origins`: URLs whose origins may be called besides those prefixes; None means
        any. `concurrency`: simultaneous calls per origin, to be kept below the server's threads; further ones wait up
        to `patience`. `failures` in a row leave an origin alone for `cooldown`.
        `labels` are header fields for every call, asked for at each. `around` wraps what makes an attempt, as for
        counting.
        """
        self._clock = clock or Clock()
        self._deadline = deadline
        self._labels = labels
        self._attempt = around(self._send)
        self._allowed = AllowedOrigins(allowed_origins)
        monotonic = self._clock.monotonic
        self._mounted = [WsgiSender(prefix, mounted, monotonic) for prefix, mounted in (wsgi or {}).items()]
        self._trust = TrustStore(ca_bundle)
        self._pool = Pool(
            self._trust,
            Proxy.of(proxy),
            connect_timeout=connect_timeout,
            max_bytes=max_bytes,
            pool_size=pool_size,
            monotonic=self._clock.monotonic,
        )
        self._crowd_limits = (concurrency, patience)
        self._circuit_limits = (failures, cooldown)
        self._guards: dict[Origin, tuple[Circuit, ConcurrencyLimit]] = {}
        self._lock = Lock()
        self._calls = 0

    @property
    def calls(self) -> int:
        """Attempts that were really made, over the network or in memory."""
        return self._calls

    @property
    def connections(self) -> int:
        """Connections that were opened, or tried to."""
        return self._pool.connections

    @property
    def trust_store_loads(self) -> int:
        """How often certificates were read; 1 for a process that uses https."""
        return self._trust.loads

    def silent(self, url: str) -> bool:
        """Whether the origin of this URL is known to give no answer at the moment; nothing is sent to find out."""
        return self._guards_of(origin_of(url))[0].silent()

    def http(self, record: Record | None = None) -> Http:
        """Return the transport as an `Http`; `record` is called with an `Exchange` for every attempt."""
        send = recording(self._attempt, record, self._clock) if record else self._attempt
        return _Http(send, self._deadline, self._clock, self._labels)

    def close(self) -> None:
        """Closes kept connections."""
        self._pool.close()

    def _send(self, call: Call, attempt: Try) -> Answer:
        """One attempt past the guards: to the network, or to an application in memory, which can be slow as well."""
        send: Sender | None = next((mounted for mounted in self._mounted if mounted.serves(call)), None)
        if send is None:
            self._allowed.check(call.origin)
            send = self._pool
        circuit, limit = self._guards_of(call.origin)
        with limit.slot():
            probe = circuit.enter()
            answered: bool | None = None
            self._count_call()
            try:
                answer = send(call, attempt)
                answered = True
                return answer
            except (ConnectionError, TimeoutError):
                answered = False
                raise
            except NoAnswer:
                answered = True
                raise
            finally:
                circuit.leave(probe=probe, answered=answered)

    def _count_call(self) -> None:
        with self._lock:
            self._calls += 1

    def _guards_of(self, origin: Origin) -> tuple[Circuit, ConcurrencyLimit]:
        with self._lock:
            if origin not in self._guards:
                failures, cooldown = self._circuit_limits
                size, patience = self._crowd_limits
                monotonic = self._clock.monotonic
                self._guards[origin] = (
                    Circuit(origin, failures=failures, cooldown=cooldown, monotonic=monotonic),
                    ConcurrencyLimit(origin, size=size, patience=patience, monotonic=monotonic),
                )
            return self._guards[origin]


@dataclass(frozen=True, slots=True)
class _Http:
    """The face of the transport: an `Http` whose attempts go through `send`."""

    send: Sender
    deadline: float
    clock: Clock
    labels: Callable[[], Mapping[str, str]]

    def exchange(self, request: Request) -> Answer:
        """See `Http`. Raises `NoAnswer`; a request's `timeout` may shorten the deadline, not lengthen it."""
        allowance = self.deadline if request.timeout is None else min(request.timeout, self.deadline)
        request = replace(request, headers={**self.labels(), **request.headers})
        return send_with_retry(self.send, prepare(request, self.clock.monotonic() + allowance), self.clock)
