"""The tests of a copy of the project, as a plugin of pytest: `mutants.py` starts it in each copy.

With MUTANTS_RECORD it runs them once and writes which checks each makes turn something away, and how long it takes.
Without, it has collected them once, and for each check forks a child that runs those that can miss it, up to the first
that fails.
"""

import gc
import json
import os
import select
import signal
import time
from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import mutant_probe
import pytest
from _pytest.runner import runtestprotocol
from jinja2 import FileSystemBytecodeCache

RECORD = os.environ.get("MUTANTS_RECORD", "")
ENDLESS = "the clock: the tests were still at it after {:.0f} seconds"
BUDGET = float(os.environ.get("MUTANTS_BUDGET", "30"))
"""Seconds of tests that one check may cost, as they were measured while nothing was missing."""
Reach = dict[str, tuple[float, list[int]]]
"""Test -> its seconds, and the checks that it makes turn something away."""

_reach: Reach = {}
_passed: dict[str, bool] = defaultdict(lambda: True)


def pytest_configure() -> None:
    """Share compiled templates between all children: compiling is what an application costs."""
    (mutant_probe.HERE / "mutant_templates").mkdir(exist_ok=True)
    make = FileSystemBytecodeCache.__init__
    FileSystemBytecodeCache.__init__ = lambda self, *_: make(self, str(mutant_probe.HERE / "mutant_templates"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Write down what one test meets."""
    mutant_probe.recorder = os.getpid()
    mutant_probe.hits.clear()
    mutant_probe.HITS.write_text("")
    began = time.monotonic()
    try:
        return (yield)
    finally:
        met = mutant_probe.hits | {int(line) for line in mutant_probe.HITS.read_text().splitlines()}
        if _passed[item.nodeid]:
            _reach[item.nodeid] = round(time.monotonic() - began, 3), sorted(met)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Only what passes while nothing is missing can notice anything."""
    _passed[report.nodeid] &= report.outcome == "passed"


def pytest_sessionfinish() -> None:
    """Hand over what was written down."""
    if RECORD:
        Path(RECORD).write_text(json.dumps(_reach))


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Take checks from the pipe, one after the other, and write what noticed each."""
    if RECORD:
        return None
    items = {item.nodeid: item for item in session.items}
    reach: dict[str, Any] = json.loads(Path(os.environ["MUTANTS_REACH"]).read_text())
    first: dict[str, str] = reach.pop("first")
    wanted, told = int(os.environ["MUTANTS_WANTED"]), int(os.environ["MUTANTS_TOLD"])
    sound: set[str] = set()  # Tests of which a case was seen to pass with nothing missing, and to fail with something.
    gc.collect()
    gc.freeze()
    while order := os.read(wanted, 8):
        number = int(order)
        able = {name: seconds for name, (seconds, met) in reach.items() if number in met and name in items}
        while True:
            chosen = sorted(_chosen(able), key=lambda name: name != first.get(str(number)))
            asked, expected = [items[name] for name in chosen], sum(able[name] for name in chosen)
            by = _first_failing(asked, number, expected)
            if by and by not in items and _first_failing(asked, 0, expected):
                by = ""  # The clock: a busy machine takes as long with nothing missing.
            if by not in items or by.partition("[")[0] in sound:
                break
            if not _first_failing([items[by]], 0, able[by]):
                sound.add(by.partition("[")[0])
                break
            del able[by]  # It fails with nothing missing, at least today.
        line = {"number": number, "by": by, "able": len(able), "asked": len(chosen)}
        os.write(told, (json.dumps(line) + "\n").encode())
    return True


def _chosen(able: dict[str, float]) -> Iterator[str]:
    """The quickest first, one case of each test before the second of any, within the budget."""
    cases: dict[str, int] = defaultdict(int)
    order = []
    for name, seconds in sorted(able.items(), key=lambda each: each[1]):
        function = name.partition("[")[0]
        cases[function] += 1
        order.append((cases[function] > 1, cases[function], seconds, name))
    left = BUDGET
    for _, _, seconds, name in sorted(order):
        left -= seconds
        if left > 0 or len(order) == 1:
            yield name


def _first_failing(items: list[pytest.Item], number: int, expected: float) -> str:
    """The first test that fails in a child of its own; empty when none does."""
    if not items:
        return ""
    mutant_probe.NUMBER.write_text(str(number or -1))
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        _run(items, number, theirs)
    os.close(theirs)
    patience = 30 + 5 * expected
    ready, _, _ = select.select([ours], [], [], patience)
    said = os.read(ours, 4000).decode() if ready else ENDLESS.format(patience)
    os.close(ours)
    _end(child, 10 if ready else 0)
    return said


def _run(items: list[pytest.Item], number: int, told: int) -> None:
    """In the child: say which test fails, put away what the tests have built, and end."""
    os.setpgid(0, 0)
    mutant_probe.taken_out = number or -1
    reports: list[Any] = []
    try:
        for item, after in zip(items, [*items[1:], None], strict=True):
            reports = runtestprotocol(item, log=False, nextitem=after)
            if any(report.failed for report in reports):
                os.write(told, item.nodeid.encode())
                break
        os.close(told)
        items[0].session._setupstate.teardown_exact(None)
    except BaseException as error:  # noqa: BLE001  # Whatever it is: the parent goes on, and the log says so.
        os.write(2, f"{number}: {error!r}\n".encode())
    finally:
        os._exit(0)


def _end(child: int, patience: float) -> None:
    """Wait for a child, then end it and what it has started."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if os.waitpid(child, os.WNOHANG)[0]:
            break
        time.sleep(0.005)
    else:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
