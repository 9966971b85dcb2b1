"""Rounds: every contestant takes its turn in each, and is compared with the floor of the same round.

A machine that is busy with something else is slow for all of a round, so the ratio says more than the time does.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from tests.bench.processes import Application, ProviderProcess
from tests.bench.visitor import Visitor

VISITORS = 8
SLOW_ANSWER, SLOW_CONNECTION = 0.020, 0.040  # seconds
SLOW_SIGN_ONS = 5


@dataclass(frozen=True)
class Turn:
    """What one contestant did in one round."""

    per_second: float
    cpu: float
    """Milliseconds of CPU of the application's process for one sign-on or page; 0 where /proc is missing."""
    calls: float = 0.0
    connections: float = 0.0


def sign_ons(application: Application, provider: ProviderProcess, start: str, count: int) -> Turn:
    """Let eight visitors sign on, `count` times together."""
    before = provider.served()
    turn = _together(application, count, lambda visitor: visitor.sign_on(start))
    after = provider.served()
    calls, connections = after.calls - before.calls, after.connections - before.connections
    return Turn(turn.per_second, turn.cpu, calls / count, connections / count)


def pages(application: Application, start: str, count: int) -> Turn:
    """Let eight visitors look at /session `count` times together, signed on where one can sign on."""

    def prepare(visitor: Visitor) -> None:
        if start:
            visitor.sign_on(start)

    return _together(application, count, lambda visitor: visitor.see("/session"), prepare)


def slow_sign_on(application: Application, provider: ProviderProcess, start: str) -> float:
    """Milliseconds of one sign-on of one visitor when the provider is 20 ms away and a connection costs 40 ms."""
    provider.slow_down(SLOW_ANSWER, SLOW_CONNECTION)
    try:
        with Visitor(application.public_url) as visitor:
            return median(_milliseconds(lambda: visitor.sign_on(start)) for _ in range(SLOW_SIGN_ONS))
    finally:
        provider.slow_down(0, 0)


def _milliseconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _together(
    application: Application,
    count: int,
    work: Callable[[Visitor], None],
    prepare: Callable[[Visitor], None] = lambda visitor: None,
) -> Turn:
    visitors = [Visitor(application.public_url) for _ in range(VISITORS)]
    share = -(-count // VISITORS)
    try:
        with ThreadPoolExecutor(VISITORS) as crowd:
            list(crowd.map(prepare, visitors))
            cpu, started = application.cpu_seconds(), time.perf_counter()
            list(crowd.map(lambda visitor: [work(visitor) for _ in range(share)], visitors))
            elapsed, cpu = time.perf_counter() - started, application.cpu_seconds() - cpu
    finally:
        for visitor in visitors:
            visitor.close()
    return Turn(share * VISITORS / elapsed, cpu * 1000 / (share * VISITORS))
