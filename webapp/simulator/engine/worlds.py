"""An environment for each visitor of a shared simulator, bounded in number and life."""

from __future__ import annotations

import ipaddress
import secrets
import threading
from collections.abc import Iterable, Sequence
from typing import Any

from .environment import FLOW_SECONDS, Environment
from .keys import SigningKey, new_signing_key
from .tables import Table

#: Seconds without any request after which an environment is gone.
IDLE_SECONDS = 3_600.0
#: When the house is full, an environment that was left alone for so many seconds gives way to a newcomer.
ABANDONED_SECONDS = 600.0
#: Rows in each table of one visitor's environment.
ROWS = 20
#: Signing keys that visitors may bring forth together: the key set holds all of them, and must stay short.
MOST_KEYS = 40


class HouseFull(Exception):
    """Every environment is in use by somebody."""


def network_of(address: str) -> str:
    """Whose address it is: of IPv6 the half that a household or a machine gets; empty for this computer or none.

    Behind a proxy that nobody told the application of, everybody seems to be this computer.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.is_loopback:
        return ""
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


class KeySupply:
    """The keys of all visitors. They share the first; who rotates gets a new one, or one that somebody else has made.

    All are in one key set, because an application's server fetches it for everybody. Were it a set for each visitor,
    it could grow beyond what applications read, and a stranger who rotates again and again would keep the processor
    busy making keys.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._lock = threading.Lock()
        self.rotated: list[SigningKey] = []

    def next(self) -> SigningKey:
        """A new key until there are many, then the one whose turn was longest ago."""
        with self._lock:
            first = self.rotated[:1] if len(self.rotated) >= MOST_KEYS else []
            newest = first or [new_signing_key(self._environment.now())]
            self.rotated = [*self.rotated[len(first):], *newest]
            return newest[0]


class Worlds:
    """``everybodys`` serves what belongs to nobody: discovery, keys, and requests that fit no visitor's environment.

    A visitor is known by a name that only the visitor's browser has. Until it has come back once, the environment
    counts as a newcomer's: programs that keep no cookies make one with each request, and they may push out one another
    but nobody who is really there. ``most`` of 0: there is one environment, and it is everybody's.
    """

    def __init__(self, everybodys: Environment, most: int) -> None:
        self.everybodys = everybodys
        self.most = most
        #: Whether the application's server says for whom it fetches metadata: then one visitor's may go wrong.
        self.named = False
        self.keys = KeySupply(everybodys)
        self._lock = threading.Lock()
        self._newcomers: Table[Environment] = Table(everybodys.now, lifetime=FLOW_SECONDS, capacity=max(1, most))
        self._settled: Table[Environment] = Table(everybodys.now, lifetime=IDLE_SECONDS, capacity=max(1, most))

    @property
    def shared(self) -> bool:
        """Whether visitors have environments of their own."""
        return self.most > 0

    def __len__(self) -> int:
        return len(self._newcomers.items()) + len(self._settled.items())

    def open(self, address: str = "127.0.0.1") -> tuple[str, Environment]:
        """A new environment and its name. Raises HouseFull, also when one address holds a quarter of the house."""
        network = network_of(address)
        with self._lock:
            theirs = sum(each.opened_from == network for _, each in self._settled.items())
            if not self._room() or (network and theirs >= max(1, self.most // 4)):
                raise HouseFull
            name = secrets.token_urlsafe(16)
            environment = self.everybodys.for_visitor(self.keys.next, lambda: tuple(self.keys.rotated), ROWS)
            environment.opened_from = network
            self._newcomers.put(name, environment)
            return name, environment

    def find(self, name: str) -> Environment | None:
        """The environment of that name. Its hour begins again, and it is no newcomer's any more."""
        with self._lock:
            environment = self._newcomers.get(name)
            if environment is not None and self._room():
                self._newcomers.drop(name)
                self._settled.put(name, environment)
            elif environment is None:
                environment = self._settled.get(name)
                if environment is not None:
                    self._settled.put(name, environment)
            return environment

    def holding(self, identifiers: Iterable[str]) -> Environment | None:
        """The environment to which a flow, code, token or session belongs: such a name says it by itself."""
        wanted = [each for each in identifiers if each]
        with self._lock:
            tables = (self._settled, self._newcomers) if wanted else ()
            names = [
                name for table in tables for name, environment in table.items()
                if any(each in environment for each in wanted)
            ]
        return self.find(names[0]) if names else None

    def journal(self, challenge: str) -> Sequence[Any]:
        """What browsers exchanged with the hosted page in the sign-on with this challenge, whoever's it is."""
        with self._lock:
            everybody = [self.everybodys, *(each for table in (self._settled, self._newcomers) for each in table)]
        for environment in everybody:
            with environment.lock:
                if (kept := environment.journals.get(challenge)) is not None:
                    return kept
        return ()

    def close(self, name: str) -> None:
        """Forget an environment and all that is in it."""
        with self._lock:
            self._newcomers.drop(name)
            self._settled.drop(name)

    def key_set(self) -> dict[str, list[dict[str, object]]]:
        """The keys of everybody, as the key set document; without the default key once its time is over."""
        keys = self.everybodys.keys
        ours = keys.published() if self.everybodys.switches.after_march_2027 else keys.known()
        published = {key.kid: key for key in [*ours, *self.keys.rotated]}
        return {"keys": [key.to_jwk() for key in published.values()]}

    def _room(self) -> bool:
        """Whether one more can settle; who has gone away makes room."""
        if len(self._settled) >= self.most:
            for name, _ in self._settled.items()[:1]:
                if self._settled.expires_at(name) - IDLE_SECONDS + ABANDONED_SECONDS <= self.everybodys.now():
                    self._settled.drop(name)
        return len(self._settled) < self.most
