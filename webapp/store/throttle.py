"""How fast one visitor may begin sign-ons and try passwords.

Leaky buckets in the shared store, so that every process counts along. PingOne locks an account after a few wrong
passwords; this keeps one visitor from locking many accounts, from guessing one password for all, and from using up the
room for open sign-ons. An office behind one address signs on fifty people in a minute and notices nothing.

When the store is down nothing can be counted, and `StoreUnavailable` is raised: the sign-on that would be let through
needs the same store in its next step, so letting it through would help nobody but those who guess.
"""

import re
from ipaddress import IPv6Address, ip_address

from .sealed import Record, SealedStore

KIND = "throttle"
PORT_TOO = re.compile(r"\[([^]]+)\](?::[0-9]+)?|([0-9.]+):[0-9]+")
ENDLESS = 1e6  # seconds: a bucket that is charged in any case

# (cost, most) in seconds: a bucket loses one each second and holds `most` of them.
START = (1.0, 120.0)
"""A sign-on that one address begins: 120 in a row, then one a second."""
STEP = (0.5, 300.0)
"""A form that one address posts: 600 in a row, then two a second."""
REFUSED = 4.5
"""What PingOne's refusal of a form costs the address besides: after 60 of them in a row, one every five seconds."""
ATTEMPT = (3.0, 60.0)
"""A form that is posted in one sign-on: 20 in a row, then one every three seconds."""


class Throttle:
    """Counts by address and by attempt. `start` and `step` return the seconds to wait, 0.0 to go ahead."""

    def __init__(self, store: SealedStore) -> None:
        self._store = store

    def start(self, address: str) -> float:
        """Count a sign-on that begins."""
        source = network(address)
        return self._store.spend([(KIND, f"start {source}", *START)]) if source else 0.0

    def step(self, address: str, handle: str, kind: str, id: str) -> tuple[float, Record | None]:
        """Count a form that is posted in the attempt with this handle, and return the record of `kind` and `id` too.

        In one operation: both counts, and what every posted form needs next.
        """
        source = network(address)
        of_address = [(KIND, f"step {source}", *STEP)] if source else []
        return self._store.spend_and_get([(KIND, f"attempt {handle}", *ATTEMPT), *of_address], kind, id)

    def refused(self, address: str) -> None:
        """Count that PingOne refused what was posted: a wrong password costs ten times a right one."""
        source = network(address)
        if source:
            self._store.spend([(KIND, f"step {source}", REFUSED, ENDLESS)])


def network(address: str) -> str:
    """Return what counts as one visitor: an IPv4 address, or the /64 of an IPv6 one, which one household has whole.

    Some proxies write the port too. Empty for this machine itself and for what is no address. Behind a proxy that
    TRUSTED_PROXIES does not count, everybody comes from there: one count for all of them would shut all of them out.
    """
    written = PORT_TOO.fullmatch(address)
    try:
        ip = ip_address(written[1] or written[2] if written else address)
    except ValueError:
        return ""
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is None:
            return "" if ip.is_loopback else f"{int(ip) >> 64:x}::/64"
        ip = ip.ipv4_mapped
    return "" if ip.is_loopback else str(ip)
