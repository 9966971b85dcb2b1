"""`python -m tests.soak --sign-ons 100000`: a day of sign-ons, compressed, with random faults.

The real application under gunicorn (32 threads a process, over SQLite or Redis) and the adversarial provider, each in
processes of its own, over real sockets. Both live by a clock that runs fast, so that attempts, sessions, stories, keys
and metadata expire many times. Ends with a verdict and exits with 1 when it is a bad one.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from tests.soak.browser import Wires
from tests.soak.cases import draw
from tests.soak.measures import Sample, growth, look, rise
from tests.soak.processes import Pair, running
from tests.soak.public import day, tell
from tests.soak.visitor import Unexpected, Visitor
from tests.support.redis_server import RedisServer

QUIET = 3900
"""Seconds of the fast clock after which every record of the soak has expired."""


WARM = 50_000
"""Sign-ons after which memory is judged: before, templates, pools and the allocator's arenas still fill."""


class Crowd:
    """Visitors, each a thread that signs on again and again until enough is done."""

    def __init__(self, pair: Pair, sign_ons: int, until: float, seed: int) -> None:
        self.pair, self.until, self.seed = pair, until, seed
        self.left = sign_ons
        self.outcomes: Counter[str] = Counter()
        self.unexpected: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def done(self) -> int:
        with self._lock:
            return sum(self.outcomes.values()) + sum(self.unexpected.values())

    def run(self, number: int) -> None:
        """One thread's work."""
        chance, wires = random.Random(self.seed * 1000 + number), Wires(self.pair.authorities)
        while self._next():
            mode, case = draw(chance)
            outcomes, ended = self.outcomes, ""
            try:
                ended = Visitor(self.pair.public_url, wires, chance).live(mode, case)
            except (Unexpected, OSError, ValueError) as failure:
                outcomes, ended = self.unexpected, f"{mode} {case.name}: {type(failure).__name__} {failure}"
                wires.close()
            with self._lock:
                outcomes[ended] += 1
            if outcomes is self.unexpected:
                tell(f"UNEXPECTED {ended}")
        wires.close()

    def _next(self) -> bool:
        with self._lock:
            self.left -= 1
            return self.left >= 0 and time.monotonic() < self.until


def main() -> int:
    """Run, print, judge."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--sign-ons", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, default=120, help="end after so many minutes in any case (120)")
    parser.add_argument("--visitors", type=int, default=12, help="at once (12)")
    parser.add_argument("--speed", type=float, default=32, help="of the clock (32: a day in 45 minutes)")
    parser.add_argument("--every", type=int, default=2500, help="sign-ons between two looks (2500)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--par", action="store_true", help="authorization requests are pushed")
    parser.add_argument("--tls", action="store_true", help="the provider is reached by https")
    parser.add_argument("--redis", action="store_true", help="records are kept in a Redis of the soak's own")
    parser.add_argument("--workers", type=int, default=1, help="processes that serve (1)")
    parser.add_argument("--public", action="store_true", help="a public demo: so many strangers instead of sign-ons")
    options = parser.parse_args()
    if options.public:
        with tempfile.TemporaryDirectory(prefix="soak-") as folder:
            return day(Path(folder), options.sign_ons, options.visitors, options.speed, options.seed)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, ExitStack() as stack:
        redis = stack.enter_context(RedisServer()).url if options.redis else ""
        wanted = {"par": options.par, "tls": options.tls, "workers": options.workers, "redis": redis}
        with running(Path(folder), options.speed, **wanted) as pair:
            crowd = Crowd(pair, options.sign_ons, time.monotonic() + options.minutes * 60, options.seed)
            samples = soak(pair, crowd, options.visitors, options.every)
            after = rest(pair, crowd, options.speed)
            samples.append(after)
        log = (Path(folder) / "log").read_text()
    return verdict(samples, crowd, pair, log)


def soak(pair: Pair, crowd: Crowd, visitors: int, every: int) -> list[Sample]:
    """Let the crowd sign on, and look at the worker from time to time."""
    threads = [threading.Thread(target=crowd.run, args=(number,), daemon=True) for number in range(visitors)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    samples: list[Sample] = []
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.5)
        if crowd.done >= every * (len(samples) + 1):
            samples.append(look(pair.workers, pair.store, crowd.done, time.monotonic() - began))
            tell(f"{samples[-1].line()}  {sum(crowd.unexpected.values())} unexpected")
    samples.append(look(pair.workers, pair.store, crowd.done, time.monotonic() - began))
    return samples


def rest(pair: Pair, crowd: Crowd, speed: float) -> Sample:
    """Wait until everything has expired, let a few visitors come by, and look once more."""
    began, wires = time.monotonic(), Wires()
    time.sleep(QUIET / speed)
    for number in range(60):
        Visitor(pair.public_url, wires, random.Random(number)).browser.get("/sign-on/hosted")
        time.sleep(1)
    wires.close()
    time.sleep(8)  # gunicorn closes idle connections after five seconds
    return look(pair.workers, pair.store, crowd.done, time.monotonic() - began)


def verdict(samples: list[Sample], crowd: Crowd, pair: Pair, log: str) -> int:
    """Print what was seen and what it means; 1 when anything is wrong."""
    *busy, after = samples
    tell(f"at rest\n{after.line()}\n")
    for outcome, count in crowd.outcomes.most_common():
        tell(f"{count:>8} {outcome}")
    for outcome, count in crowd.unexpected.most_common(20):
        tell(f"{count:>8} UNEXPECTED {outcome}")
    tell(f"provider: {pair.told}")
    complaints, internal = pair.told.get("complaints"), log.count("unexpected ")
    judged = {
        f"unexpected outcomes: {sum(crowd.unexpected.values())}": not crowd.unexpected,
        f"complaints of the provider: {complaints}": complaints == {},
        f"unexpected exceptions in the log: {internal}": internal == 0,
        f"memory grows by {growth(busy):+.2f} MB for 10,000 sign-ons, x{rise(busy):.3f}": rise(busy) < 1.05
        or crowd.done < WARM,
        f"threads: at most {max(each.threads for each in busy)}": max(each.threads for each in busy) < 80,
        f"threads at rest: {after.threads}": after.threads <= 40,
        f"sockets at rest: {after.sockets}": after.sockets <= 40,
        f"descriptors at most: {max(each.descriptors for each in busy)}": max(b.descriptors for b in busy) < 256,
        f"records at rest: {after.rows}": after.rows <= 200,
    }
    for words, good in judged.items():
        tell(f"{'good' if good else 'BAD '}  {words}")
    tell(log[-3000:] if internal else "")
    return 0 if all(judged.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
