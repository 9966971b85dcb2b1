"""A simulator that is left running does not fill the memory."""

from __future__ import annotations

from tests.simulator.driver import Clock
from webapp.simulator.engine.keys import MOST_KEYS, SigningKeys
from webapp.simulator.engine.tables import Table


def test_a_table_keeps_the_newest_rows() -> None:
    """The oldest gives way."""
    table: Table[int] = Table(Clock(), lifetime=10, capacity=3)
    for number in range(5):
        table.put(str(number), number)
    assert (3, [4, 3, 2]) == (len(table), list(table))


def test_rows_expire_and_are_swept() -> None:
    """Reading hides them, writing removes them."""
    clock = Clock()
    table: Table[str] = Table(clock, lifetime=10)
    table.put("a", "row")
    clock.move(9)
    assert "row" == table.get("a")
    clock.move(1)
    assert table.get("a") is None
    table.put("b", "row")
    clock.move(10)
    table.put("c", "row")
    assert 1 == len(table)


def test_a_taken_row_is_gone() -> None:
    """Once."""
    table: Table[str] = Table(Clock(), lifetime=10)
    table.put("a", "row")
    assert ("row", None) == (table.take("a"), table.take("a"))


def test_keys_are_bounded() -> None:
    """Rotating again and again forgets the oldest."""
    ring = SigningKeys(Clock())
    first = ring.current.kid
    for _ in range(MOST_KEYS):
        ring.rotate()
    kids = [key["kid"] for key in ring.jwks()["keys"]]
    assert (MOST_KEYS, True, False) == (len(kids), ring.current.kid == kids[0], first in kids)
