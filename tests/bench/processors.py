"""Who runs on which processors."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


def parted() -> tuple[set[int], set[int]]:
    """Processors for who measures, and others for who is measured; the same where there is one or nobody can choose."""
    if not hasattr(os, "sched_getaffinity"):
        return set(), set()
    first, *others = sorted(os.sched_getaffinity(0))
    return {first}, set(others) or {first}


@contextmanager
def on(processors: set[int]) -> Iterator[None]:
    """Stay on these processors, with whatever is started in the block."""
    if not processors:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
