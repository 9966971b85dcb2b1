"""The fault switchboard: at most one fault is chosen, for the next sign-on or until it is cleared."""

from __future__ import annotations

from dataclasses import dataclass

NEXT = "next"
UNTIL_CLEARED = "until-cleared"
MODES = (NEXT, UNTIL_CLEARED)

#: What a fault goes with. ``SIGN_ON``: one sign-on from its authorization request to its last token. The others:
#: one request of that kind, or one approval, because it belongs to no sign-on.
SIGN_ON = "sign-on"
DISCOVERY = "discovery"
KEYS = "keys"
REFRESH = "refresh"
APPROVAL = "approval"


@dataclass(frozen=True)
class Fault:
    """``refusal`` is the error code with which a correct relying party answers; empty: the sign-on still works."""

    name: str
    title: str
    what: str
    refusal: str
    group: str
    scope: str = SIGN_ON


class Switchboard:
    """Which fault is chosen."""

    def __init__(self) -> None:
        self.chosen: Fault | None = None
        self.mode = NEXT

    def choose(self, fault: Fault, mode: str) -> None:
        """Choose a fault; the one that was chosen before is forgotten."""
        self.chosen, self.mode = fault, mode

    def clear(self) -> None:
        """Everything works again for whatever starts from now on."""
        self.chosen, self.mode = None, NEXT

    def take(self, scope: str) -> str:
        """The name of the chosen fault of this scope, empty when there is none; a ``next`` fault is spent."""
        if self.chosen is None or self.chosen.scope != scope:
            return ""
        name = self.chosen.name
        if self.mode == NEXT:
            self.clear()
        return name
