"""The probe around each check of a copy of the project; `mutants.py` puts this module and the probes there.

With nothing taken out it writes down which checks turned something away: only tests that make one do so can miss it.
With one taken out it answers in its place. What is wanted is in a file beside this module, so that each process that a
test starts does as the test does.
"""

import os
import time
from pathlib import Path
from typing import TypeVar

HERE = Path(__file__).parent
NUMBER, HITS = HERE / "mutant_number", HERE / "mutant_hits"
FORGET = 0.2
"""Seconds after which a process of a test's says again that it met a check: it may do so for the next test."""

Value = TypeVar("Value")

taken_out = int(NUMBER.read_text())
"""The number of the check that is taken out; 0 for none."""
recorder = 0
"""The process that has `hits`; others tell it through a file."""
hits: set[int] = set()
_said: dict[int, float] = {}


def probe(number: int, value: Value, without: bool) -> Value | bool:
    """The check's value, or what it is without the check."""
    if number == taken_out:
        return without
    if not taken_out and bool(value) is not without:
        if recorder == os.getpid():
            hits.add(number)
        elif time.monotonic() - _said.get(number, -FORGET) >= FORGET:
            _said[number] = time.monotonic()
            with HITS.open("a", encoding="ascii") as file:
                file.write(f"{number}\n")
    return value
