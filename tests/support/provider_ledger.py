"""What the provider was asked, call by call: the oracle of every adversarial test."""

import threading
from collections import Counter
from dataclasses import dataclass

from tests.support.raw_http import Request


@dataclass(frozen=True)
class Call:
    """One call at one endpoint."""

    endpoint: str
    request: Request

    @property
    def params(self) -> dict[str, str]:
        """Query and form of the call."""
        return self.request.params


class Ledger:
    """Calls in the order in which they came."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def enter(self, endpoint: str, request: Request) -> None:
        """Write one call down."""
        with self._lock:
            self._calls.append(Call(endpoint, request))

    @property
    def calls(self) -> list[Call]:
        """A copy."""
        with self._lock:
            return list(self._calls)

    @property
    def endpoints(self) -> list[str]:
        """Just the names, in order."""
        return [call.endpoint for call in self.calls]

    def of(self, endpoint: str) -> list[Call]:
        """The calls at one endpoint."""
        return [call for call in self.calls if call.endpoint == endpoint]

    def count(self, endpoint: str) -> int:
        """How many calls at one endpoint."""
        return Counter(self.endpoints)[endpoint]

    def clear(self) -> None:
        """Forget."""
        with self._lock:
            self._calls.clear()
