"""`python -m tests.deploy.restarts --sign-ons 500`: restarts under the visitors of `deploy.topology`.

While people sign on in all three modes, one instance is restarted twice, a worker of the other is killed twice, and
Redis is restarted once. Prints what each visitor met, and ends with 1 if a restart of an instance cost a sign-on.
"""

import argparse
import os
import re
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from deploy.topology import Topology
from tests.support.person import Person, Shown
from webapp.simulator import PASSWORD

MODES = ("hosted", "redirectless", "custom")
PEOPLE = 8
"""Sign-ons at the same time."""


def tell(line: str) -> None:
    """For whoever watches, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class FromAddress(HTTPAdapter):
    """Connections that come from an address of loopback of their own: nginx counts starts by address."""

    def __init__(self, number: int) -> None:
        self._source = (f"127.{10 + number // 60_000}.{number // 250 % 240}.{1 + number % 250}", 0)
        super().__init__()

    def init_poolmanager(self, *positional: Any, **named: Any) -> None:
        """With that address."""
        super().init_poolmanager(*positional, **named, source_address=self._source)


@dataclass
class Disturbance:
    """Something that happens when so many sign-ons are done, and when it happened."""

    name: str
    after: float
    do: Callable[[], None]
    begun: float = 0.0
    ended: float = 0.0


class Crowd:
    """Sign-ons one after the other, in several threads."""

    def __init__(self, running: Topology, sign_ons: int) -> None:
        self.running, self.left = running, count(1)
        self.sign_ons, self.done = sign_ons, 0
        self.met: list[tuple[float, float, str]] = []
        self._lock = threading.Lock()

    def work(self) -> None:
        """What one thread does."""
        while (number := next(self.left)) <= self.sign_ons:
            someone, begun = Person(self.running.public_url), time.monotonic()
            someone.http.verify = str(self.running.certificate)
            someone.http.mount(self.running.public_url, FromAddress(number))
            met = outcome(someone.sign_on(MODES[number % 3], "sharedTestUser", PASSWORD))
            someone.close()
            with self._lock:
                self.done += 1
                self.met.append((begun, time.monotonic(), met))


def outcome(shown: Shown) -> str:
    """What a person sees at the end."""
    if (shown.status, shown.path) == (200, "/session"):
        return "signed on"
    code = re.search(r'data-error-code="(\w+)"', shown.text)
    return f"{shown.status} {code[1] if code else shown.text.strip()[:60]} at {shown.path}"


def restart_redis(running: Topology) -> None:
    """Until an instance says that it can write to it again: Redis accepts connections before it has read its file."""
    running.redis.stop()
    running.redis.start()
    ready = f"http://127.0.0.1:{running.instances[0].port}/readyz"
    while requests.get(ready, timeout=10).status_code != 200:
        time.sleep(0.01)


def main() -> int:
    """Run, print, judge."""
    parser = argparse.ArgumentParser(prog="python -m tests.deploy.restarts", description=__doc__)
    parser.add_argument("--sign-ons", type=int, default=500)
    sign_ons = parser.parse_args().sign_ons
    with Topology(Path(tempfile.mkdtemp(prefix="restarts-"))) as running:
        one, two = running.instances
        disturbances = [
            Disturbance("instance 1 restarted", 0.1, lambda: (one.stop(), one.start())[0]),
            Disturbance("worker of instance 2 killed", 0.3, lambda: os.kill(two.workers()[0], signal.SIGKILL)),
            Disturbance("instance 1 restarted again", 0.45, lambda: (one.stop(), one.start())[0]),
            Disturbance("another worker of instance 2 killed", 0.6, lambda: os.kill(two.workers()[-1], signal.SIGKILL)),
            Disturbance("Redis restarted", 0.8, lambda: restart_redis(running)),
        ]
        crowd, began = Crowd(running, sign_ons), time.monotonic()
        threads = [threading.Thread(target=crowd.work) for _ in range(PEOPLE)]
        for thread in threads:
            thread.start()
        for each in disturbances:
            while crowd.done < each.after * sign_ons:
                time.sleep(0.01)
            each.begun = time.monotonic()
            each.do()
            each.ended = time.monotonic()
        for thread in threads:
            thread.join()
        return judge(crowd, disturbances, time.monotonic() - began)


def judge(crowd: Crowd, disturbances: list[Disturbance], seconds: float) -> int:
    """Print the counts; 1 when a sign-on failed for which neither a killed worker nor Redis is the reason."""
    excused = [each for each in disturbances if "killed" in each.name or "Redis" in each.name]
    succeeded = sum(met == "signed on" for *_, met in crowd.met)
    tell(f"{len(crowd.met)} sign-ons in {seconds:.0f} s: {succeeded} signed on")
    lost = 0
    for each in disturbances:
        during = [met for begun, ended, met in crowd.met if begun <= each.ended and ended >= each.begun]
        failed = Counter(met for met in during if met != "signed on")
        took = each.ended - each.begun
        tell(f"  {each.name}, {took:.1f} s: {len(during)} sign-ons under way, {failed.total()} failed")
        for met, number in failed.most_common():
            tell(f"      {number} x {met}")
    for begun, ended, met in crowd.met:
        if met != "signed on" and not any(begun <= each.ended and ended >= each.begun for each in excused):
            lost += 1
    tell(f"  failed with no worker killed and Redis there: {lost}")
    return 1 if lost or len(crowd.met) != crowd.sign_ons else 0


if __name__ == "__main__":
    sys.exit(main())
