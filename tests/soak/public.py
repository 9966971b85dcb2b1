"""`python -m tests.soak --public`: a day of a public demo, compressed, in which a tenth of the strangers are hostile.

The real application under gunicorn with SIMULATOR=public behind a proxy that names each stranger's address, in one
process, with SQLite and a clock that runs fast. It is judged whether anything grows, and whether the others notice.
"""

import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from html import unescape
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

from config import Settings
from tests.soak.browser import Browser, Seen, Wires
from tests.soak.measures import Store, look
from tests.soak.visitor import Unexpected, expect
from webapp.simulator import DEMO_USERS, PASSWORD
from webapp.simulator.engine.fault_catalogue import OF_ONE_VISITOR

PROJECT = Path(__file__).resolve().parents[2]
MODES = ("hosted", "redirectless", "custom")
HOSTILE = ("floods", "guesses", "breaks", "stuffs", "pokes")
SIMPLE = ("sharedTestUser", "changeTestUser", "agreementTestUser", "profileTestUser", "mfaTestUser")
LONG = "x" * 7_000
DAY = 86_400


class Stranger(Browser):
    """One visitor of the demo, with an address and cookies of their own."""

    def __init__(self, public_url: str, wires: Wires, address: str) -> None:
        super().__init__(public_url, wires)
        self.also = {"X-Forwarded-For": address, "X-Forwarded-Proto": "http"}

    def follow(self, seen: Seen) -> Seen:
        """Go where redirects lead."""
        for _ in range(8):
            if seen.status not in (301, 302, 303):
                break
            seen = self.get(seen.location)
        return seen

    def sign_on(self, mode: str, username: str, password: str = PASSWORD) -> Seen:
        """Begin, and fill in the first form of whoever draws it."""
        page = self.follow(self.get(f"/sign-on/{mode}"))
        form = next((each for each in re.findall(r"<form\b.*?</form>", page.body, re.DOTALL) if "password" in each), "")
        expect(bool(form), "a form for the password", page)
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        target = unescape((re.search(r'action="([^"]+)"', form) or ["", self.at])[1])
        path = urlsplit(target).path + (f"?{urlsplit(target).query}" if urlsplit(target).query else "")
        return self.follow(self.post(path, **{**fields, "username": username, "password": password}))


class Demo:
    """A crowd in front of the demo, and what it saw. `took` are the milliseconds of an ordinary visit's home page."""

    def __init__(self, public_url: str, strangers: int, seed: int, speed: float) -> None:
        self.public_url, self.strangers, self.seed = public_url, strangers, seed
        self.pace = DAY / strangers / speed
        """Seconds between two strangers."""
        self.seen: Counter[str] = Counter()
        self.unexpected: Counter[str] = Counter()
        self.took: list[float] = []
        self._next, self._lock, self._began = 0, threading.Lock(), time.monotonic()

    def run(self) -> None:
        """One thread's work: strangers, one after another."""
        wires = Wires()
        while (number := self._number()) < self.strangers:
            chance = random.Random(self.seed * 1_000_003 + number)
            stranger = Stranger(self.public_url, wires, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
            kind = HOSTILE[number // 10 % len(HOSTILE)] if number % 10 == 0 else "visits"
            try:
                getattr(self, kind)(stranger, chance)
                self.seen[kind] += 1
            except (Unexpected, OSError, ValueError) as failure:
                self.unexpected[f"{kind}: {type(failure).__name__} {failure}"[:200]] += 1
                wires.close()
        wires.close()

    def _number(self) -> int:
        with self._lock:
            number, self._next = self._next, self._next + 1
        time.sleep(max(0.0, self._began + number * self.pace - time.monotonic()))
        return number

    # -- the nine in ten --------------------------------------------------------------------------------------------

    def visits(self, stranger: Stranger, chance: random.Random) -> None:
        """Look around, sign on, read the story, break something, sign off or just leave."""
        began = time.monotonic()
        home = stranger.get("/")
        self.took.append((time.monotonic() - began) * 1000)
        expect(home.status == 200 and "enter nothing real" in home.body, "the home page", home)
        username = chance.choice(SIMPLE)
        page = stranger.sign_on(chance.choice(MODES), username)
        signed_on = 'action="/sign-off"' in page.body
        expect(page.status == 200 and (signed_on or username != "sharedTestUser"), "a session or a further step", page)
        if not signed_on:
            return
        if story := re.search(r'href="(/traces/[^".#]+)"', page.body):
            expect(stranger.get(story[1]).status == 200, "the story")
        if chance.random() < 0.3:
            fault = chance.choice([each for each in OF_ONE_VISITOR if each.refusal == "id_token_claim"])
            stranger.post("/simulator/faults", fault=fault.name, mode="next")
            refused = stranger.follow(stranger.get("/sign-on/redirectless"))
            expect(refused.status == 200, "the form with a fault", refused)
        if chance.random() < 0.6:
            off = stranger.follow(stranger.post("/sign-off"))
            expect(off.status == 200 and "sign-off" not in off.location, "signed off", off)

    # -- the tenth --------------------------------------------------------------------------------------------------

    def floods(self, stranger: Stranger, chance: random.Random) -> None:
        """Begin sign-ons without end, and forget every cookie: each costs an attempt and an environment."""
        for _ in range(150):
            stranger.cookies.clear()
            self._answers(stranger.get(f"/sign-on/{chance.choice(MODES)}"))

    def guesses(self, stranger: Stranger, chance: random.Random) -> None:
        """Try password after password, with one sign-on after another."""
        for number in range(40):
            user = chance.choice(DEMO_USERS)[0]
            try:
                self._answers(stranger.sign_on("redirectless", user, f"guess {number}"))
            except Unexpected:
                stranger.cookies.clear()

    def breaks(self, stranger: Stranger, chance: random.Random) -> None:
        """Rotate keys, choose slow faults, start over, and sign on in between."""
        for _ in range(20):
            path = chance.choice(["/simulator/keys/rotate", "/simulator/start-over", "/simulator/switches"])
            self._answers(stranger.post(path))
            stranger.post("/simulator/faults", fault=chance.choice(OF_ONE_VISITOR).name, mode="until-cleared")
            self._answers(stranger.follow(stranger.get("/sign-on/redirectless")))

    def stuffs(self, stranger: Stranger, chance: random.Random) -> None:
        """Send the longest fields that are let in, to whatever keeps something."""
        for _ in range(20):
            self._answers(stranger.get(f"/sign-on/redirectless?login_hint={LONG[:190]}&return_to=/{LONG[:900]}"))
            self._answers(stranger.post("/simulator/faults", fault=LONG, mode=LONG[:900]))
            self._answers(stranger.post(f"/sign-on/step/{'0' * 16}", username=LONG, password=LONG))

    def pokes(self, stranger: Stranger, chance: random.Random) -> None:
        """Ask for what is not there, and bring answers that nobody gave."""
        for path in ("/callback?code=x&state=y", "/resume?flowId=z", "/traces/none", "/session/others", "/.env",
                     "/simulator/admin/", "/sign-on/page?environmentId=a&flowId=b", "/%00", "/static/../config.py",
                     "/approval", f"/help/{LONG[:500]}", "/readyz", "/robots.txt"):  # fmt: skip
            self._answers(stranger.get(path))

    def _answers(self, seen: Seen) -> None:
        """Anything but a fault of ours."""
        expect(seen.status not in (500, 502) or bool(seen.code), "an error of ours", seen)
        self.seen[f"  answered {seen.status} {seen.code}"] += 1


@contextmanager
def serving(folder: Path, speed: float) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The demo for the length of a `with` block: its address and the master process."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    public_url, descriptor = f"http://127.0.0.1:{listening.getsockname()[1]}", listening.fileno()
    environ = {
        **{known.metadata["variable"]: "" for known in fields(Settings)}, "PATH": os.environ.get("PATH", ""),
        "SIMULATOR": "public", "PUBLIC_URL": public_url, "TRUSTED_PROXIES": "1", "INSTANCE_PATH": str(folder),
        "SECRET_KEY": "a-secret-key-of-the-soak-0123456789abcdef", "LOG_LEVEL": "warning",
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.soak.application", str(descriptor), str(time.time()), str(speed)]
    with (folder / "log").open("w") as log:
        master = subprocess.Popen(command, cwd=PROJECT, env=environ, stdout=log, stderr=log, pass_fds=[descriptor])
    listening.close()
    try:
        yield public_url, master
    finally:
        master.terminate()
        master.wait(60)


def tell(line: str) -> None:
    """For whoever watches, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def day(folder: Path, strangers: int, threads: int, speed: float, seed: int) -> int:
    """Run, print, judge; 1 when anything grew or anybody was harmed."""
    with serving(folder, speed) as (public_url, master):
        demo, store = Demo(public_url, strangers, seed, speed), Store(folder / "state.sqlite")
        crowd = [threading.Thread(target=demo.run, daemon=True) for _ in range(threads)]
        began, samples = time.monotonic(), []
        for thread in crowd:
            thread.start()
        every = max(1, strangers // 20)
        while any(thread.is_alive() for thread in crowd):
            time.sleep(1)
            if len(demo.took) * 10 // 9 >= every * (len(samples) + 1):
                children = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()
                sample = look([int(each) for each in children], store, len(demo.took), time.monotonic() - began)
                size = (folder / "state.sqlite").stat().st_size / 2**20
                samples.append((sample, size))
                tell(f"{sample.line()}  {size:.1f} MB of file  {sum(demo.unexpected.values())} unexpected")
        hours = (time.monotonic() - began) * speed / 3600
    return verdict(demo, samples, hours, (folder / "log").read_text())


def verdict(demo: Demo, samples: list, hours: float, log: str) -> int:
    """What it means."""
    for words, count in [*demo.seen.most_common(), *demo.unexpected.most_common(20)]:
        tell(f"{count:>8} {words}")
    quarter = max(1, len(samples) // 4)
    early, late = samples[quarter : 2 * quarter] or samples, samples[-quarter:]
    memory, file = ([max(figure(each) for each in part) for part in (early, late)]
                    for figure in (lambda each: each[0].megabytes, lambda each: each[1]))  # fmt: skip
    middle = len(demo.took) // 2
    halves = demo.took[middle // 10 : middle], demo.took[middle:]  # The first ones compile the pages.
    times = [[round(each, 1) for each in quantiles(part, n=20)[9::9]] for part in halves]
    judged = {
        f"{hours:.0f} hours of its clock": hours >= 20 or demo.strangers < 10_000,
        f"ordinary visits that failed: {sum(demo.unexpected.values())}": not demo.unexpected,
        f"unexpected exceptions in the log: {log.count('unexpected ')}": "unexpected " not in log,
        f"memory in MB, second quarter and last: {memory[0]:.1f}, {memory[1]:.1f}": memory[1] < memory[0] * 1.1,
        f"file in MB, second quarter and last: {file[0]:.1f}, {file[1]:.1f}": file[1] < file[0] * 1.25,
        f"home page, median and 95th percentile in ms: {times[0]}, then {times[1]}": times[1][0] < times[0][0] * 2 + 20,
    }
    for words, good in judged.items():
        tell(f"{'good' if good else 'BAD '}  {words}")
    return 0 if all(judged.values()) else 1
