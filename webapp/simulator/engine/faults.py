"""The fault switchboard: at most one fault is chosen, for the next sign-on or until it is cleared."""

from __future__ import annotations

from dataclasses import dataclass

NEXT = "next"
UNTIL_CLEARED = "until-cleared"
MODES = (NEXT, UNTIL_CLEARED)


@dataclass(frozen=True)
class Fault:
    """``refusal`` is the error code a correct relying party answers with; empty: the sign-on still works.

    ``scope`` says what the fault goes with: a ``sign-on`` (from its authorization request to its last token), or
    every ``metadata`` or ``refresh`` request by itself.
    """

    name: str
    title: str
    what: str
    refusal: str
    scope: str = "sign-on"


class Switchboard:
    """Which fault is chosen."""

    def __init__(self) -> None:
        self.chosen: Fault | None = None
        self.mode = NEXT

    def choose(self, fault: Fault, mode: str) -> None:
        self.chosen, self.mode = fault, mode

    def clear(self) -> None:
        self.chosen, self.mode = None, NEXT

    def take(self, scope: str) -> str:
        """The name of the chosen fault of this scope, empty when there is none; a ``next`` fault is spent."""
        if self.chosen is None or self.chosen.scope != scope:
            return ""
        name = self.chosen.name
        if self.mode == NEXT:
            self.clear()
        return name

    def active(self, name: str) -> bool:
        """Whether this very fault is chosen now; does not spend it."""
        return self.chosen is not None and self.chosen.name == name
