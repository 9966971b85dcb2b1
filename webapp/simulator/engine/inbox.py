"""What a phone and a mailbox would show: passcodes, recovery codes, push questions."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from .tables import Table

#: Seconds for which a message is shown.
SHOWN_SECONDS = 900.0


@dataclass
class Message:
    """One message; ``code`` is empty for a push, whose ``answer`` becomes approved or denied."""

    id: str
    kind: str
    to: str
    username: str
    text: str
    at: float
    code: str = field(default="", repr=False)
    flow_id: str = ""
    answer: str = ""


class Inbox:
    """The newest messages of everybody: nothing here is real, so nobody has a mailbox of their own."""

    def __init__(self, now: Callable[[], float], rows: int = 200) -> None:
        self._now = now
        self._messages: Table[Message] = Table(now, lifetime=SHOWN_SECONDS, capacity=rows)

    def deliver(self, kind: str, to: str, username: str, text: str, *, code: str = "", flow_id: str = "") -> Message:
        """Put a message on top."""
        message = Message(str(uuid4()), kind, to, username, text, self._now(), code, flow_id)
        self._messages.put(message.id, message)
        return message

    def find(self, message_id: str) -> Message | None:
        return self._messages.get(message_id)

    def all(self) -> list[Message]:
        """Newest first."""
        return list(self._messages)


def passcode() -> str:
    """Six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def recovery_code() -> str:
    """Eight characters without look-alikes."""
    return "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(8))
