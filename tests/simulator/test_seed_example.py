"""The answer of resume equals PingOne's published example, member for member."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.simulator.driver import Driver, body

EXAMPLE = Path(__file__).with_name("data") / "resume_answer.json"


def shape(value: Any) -> Any:
    """Members in order and the types of the values."""
    if isinstance(value, dict):
        return [(name, shape(member)) for name, member in value.items()]
    return type(value).__name__


def test_resume_answers_like_the_published_example(driver: Driver) -> None:
    """Same members in the same order, same types; the names that are fixed have the same values."""
    example = json.loads(EXAMPLE.read_text())
    flow = driver.start(state=None)
    driver.password(flow, "sharedTestUser")
    answer = body(driver.resume(flow))
    assert shape(example) == shape(answer)
    assert example["_embedded"] == answer["_embedded"]
    assert example["environment"] == answer["environment"]
    assert len(example["createdAt"]) == len(answer["createdAt"])
    assert example["createdAt"] == answer["createdAt"]


def test_state_comes_back_when_it_was_sent(driver: Driver) -> None:
    """The example sent none; with one there is one more member."""
    flow = driver.start(state="state-1")
    driver.password(flow, "sharedTestUser")
    assert ["code", "state"] == list(body(driver.resume(flow))["authorizeResponse"])
