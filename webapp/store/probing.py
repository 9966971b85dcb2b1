"""A probe that ends in time, and is shared by all who ask at the same time."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread

from .protocol import PROBE_SECONDS, StoreUnavailable


class Probing:
    """Anybody may ask whether we are ready, and a load balancer waits a second or two for the answer.

    The store's own time-outs are for visitors, who wait longer: connecting, queueing and reading add up. Who asks while
    a probe runs gets the answer of that one, so a store that hangs costs one thread, and a flood of questions
    no flood of writes.
    """

    def __init__(self, probe: Callable[[], None], seconds: float = PROBE_SECONDS) -> None:
        self._probe, self._seconds = probe, seconds
        self._lock = Lock()
        self._running: Future[None] | None = None

    def __call__(self) -> None:
        """Raise `StoreUnavailable` if the probe fails or takes longer than `seconds`."""
        with self._lock:
            if self._running is None or self._running.done():
                self._running = Future()
                Thread(target=self._run, args=(self._running,), name="probe", daemon=True).start()
            running = self._running
        try:
            running.result(self._seconds)
        except TimeoutError:
            raise StoreUnavailable(f"The store gave no answer within {self._seconds:g} s.") from None

    def _run(self, answer: "Future[None]") -> None:
        try:
            answer.set_result(self._probe())
        except StoreUnavailable as failure:
            answer.set_exception(failure)
