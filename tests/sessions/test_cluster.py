"""Two servers without stickiness share a Redis; one of them, or Redis itself, stops now and then."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.support.cluster import Cluster
from tests.support.person import Person, Shown
from webapp.simulator import PASSWORD

pytestmark = pytest.mark.redis

SIGN_ONS = int(os.environ.get("SIGN_ONS", "60"))
PEOPLE = 6
"""Sign-ons at once."""
USERNAME = "sharedTestUser"
MODES = ("hosted", "redirectless", "custom")
TOLD = (0, 400, 401, 502, 503)
"""What a person may be told while a server or Redis is away; 502 is the load balancer's, too."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The whole installation, started once."""
    with Cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


class Disturbance:
    """Stops one server or Redis at random until told to end; `losses` counts how often Redis lost everything."""

    def __init__(self, cluster: Cluster, chance: random.Random) -> None:
        self.cluster, self.chance = cluster, chance
        self.losses, self.happened = 0, Counter[str]()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._end.wait(self.chance.uniform(0.5, 2.0)):
            what = self.chance.choice(["kill", "stop", "redis", "redis away"])
            self.happened[what] += 1
            if what.startswith("redis"):
                # Counted before and after: whoever was told something in between cannot know on which side it was.
                self.losses += 1
                self.cluster.redis.kill()
                if what == "redis away":
                    self._end.wait(0.5)
                self.cluster.redis.start()
                self.losses += 1
            else:
                server = self.chance.choice(self.cluster.servers)
                getattr(server, what)()
                server.start()

    def __enter__(self) -> "Disturbance":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._end.set()
        self._thread.join()


class Tally:
    """What happened to all the sign-ons; a fault that must not be ends up in `wrong`."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.pingone_sessions: set[str] = set()
        self.wrong: list[str] = []
        self._lock = threading.Lock()

    def count(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1

    def fault(self, what: str) -> None:
        with self._lock:
            self.wrong.append(what)

    def own(self, session: dict[str, object], handles: set[str]) -> None:
        """The session must have come of an attempt of this browser, and belong to nobody else."""
        with self._lock:
            sid = str(session["pingone_session"])
            if session["trace"] not in handles or sid in self.pingone_sessions:
                self.wrong.append(f"somebody else's session: {session['trace']} of {handles}")
            self.pingone_sessions.add(sid)


def sign_on(cluster: Cluster, disturbance: Disturbance | None, tally: Tally, mode: str) -> None:
    """One person: sign on until it works, look at the session, sign off."""
    person = Person(cluster.public_url)
    handles: set[str] = set()
    note = person.http.cookies.set_cookie

    def noted(cookie: object, *rest: object, **more: object) -> object:
        name = getattr(cookie, "name", "")
        if name.startswith("so."):
            handles.add(name.removeprefix("so."))
        return note(cookie, *rest, **more)

    person.http.cookies.set_cookie = noted  # type: ignore[method-assign]
    losses = -1
    for _ in range(30):
        before = disturbance.losses if disturbance else 0
        page = person.sign_on(mode, USERNAME, PASSWORD)
        if page.status == 200 and page.path == "/session":
            losses = before
            break
        judge(page, disturbance, tally)
        time.sleep(0.2)
    else:
        tally.fault("nobody could sign on")
        return
    tally.count("told signed in")
    for _ in range(30):
        session = person.session()
        if session is not None:
            break
        time.sleep(0.2)
    if session and session["signed_in"]:
        tally.own(session, handles)
        tally.count("still signed in")
        person.post("/sign-off")
    elif disturbance and disturbance.losses != losses:
        tally.count("lost by Redis")
    else:
        tally.fault(f"told signed in, and lost: {session}")
    person.close()


def judge(page: Shown, disturbance: Disturbance | None, tally: Tally) -> None:
    """A sign-on that did not succeed was told so in a documented way, and there was a reason for it."""
    if page.status not in TOLD or disturbance is None:
        tally.fault(f"{page.status} {page.url.partition('?')[0]}: {page.text[:500]}")
    tally.count(f"told {page.status}")


def run(cluster: Cluster, disturbance: Disturbance | None, sign_ons: int) -> Tally:
    """That many sign-ons, a few at once, in all modes by turns."""
    tally, numbers = Tally(), iter(range(sign_ons))
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            sign_on(cluster, disturbance, tally, MODES[number % 3])

    people = [threading.Thread(target=work) for _ in range(PEOPLE)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    return tally


def test_two_servers_serve_one_user_without_stickiness(cluster: Cluster) -> None:
    """With nothing in the way every sign-on succeeds at once, and what one server wrote the other one reads."""
    tally = run(cluster, None, 12)
    assert ([], 12, 12) == (tally.wrong, tally.counts["told signed in"], tally.counts["still signed in"])


def test_servers_and_redis_stop_at_random(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody sees another's data, and nobody who was told "signed in" is lost unless Redis lost it."""
    seed = int(os.environ.get("SEED", time.time()))
    with Disturbance(cluster, random.Random(seed)) as disturbance:
        tally = run(cluster, disturbance, SIGN_ONS)
    with capsys.disabled():
        print(f"\nseed {seed}: {dict(tally.counts)}; {dict(disturbance.happened)}")  # noqa: T201
    assert [] == tally.wrong, f"seed {seed}"
    assert SIGN_ONS == tally.counts["told signed in"]
    assert "Traceback" not in cluster.logs()
