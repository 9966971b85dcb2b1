"""Opening a TCP connection within a time that covers everything, the name lookup included."""

import errno
import ipaddress
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future
from itertools import chain, zip_longest
from threading import Thread
from typing import Any

Address = tuple[int, Any]
"""Address family and what `socket.connect` takes for it."""

STAGGER = 0.25
"""Seconds before the next address is tried beside one that has not answered; RFC 8305 section 5 recommends 250 ms."""


def dial(host: str, port: int, *, timeout: float) -> socket.socket:
    """A connected socket; its timeout is what is left of `timeout` seconds.

    Raises OSError: `socket.gaierror` for a name that does not resolve, TimeoutError when the time is over.
    """
    until = time.monotonic() + timeout
    return first_to_connect(by_turns(_resolve(host, port, timeout)), until)


def _resolve(host: str, port: int, timeout: float) -> list[Address]:
    """Addresses of a name. The resolver knows no timeout (a dead name server costs 10 s and more), so it runs aside."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    else:
        return _lookup(host, port)

    found: Future[list[Address]] = Future()

    def look() -> None:
        try:
            found.set_result(_lookup(host, port))
        except (OSError, UnicodeError) as error:
            found.set_exception(error)

    Thread(target=look, name="name-lookup", daemon=True).start()
    return found.result(timeout)


def _lookup(host: str, port: int) -> list[Address]:
    return [(entry[0], entry[4]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def by_turns(addresses: list[Address]) -> Iterable[Address]:
    """Families alternating, the resolver's favourite first: a broken one must not come several times in a row."""
    first_family = addresses[0][0] if addresses else None
    favourites = [address for address in addresses if address[0] == first_family]
    others = [address for address in addresses if address[0] != first_family]
    turns = chain.from_iterable(zip_longest(favourites, others))
    return [address for address in turns if address is not None]


def first_to_connect(addresses: Iterable[Address], until: float) -> socket.socket:
    """The first socket to connect; a later address starts when the one before it failed or has kept silent for a while.

    Source: https://www.rfc-editor.org/rfc/rfc8305 (Happy Eyeballs), without its caching.
    """
    waiting = deque(addresses)
    failure: OSError = OSError(errno.EADDRNOTAVAIL, "no address to connect to")
    next_start = 0.0
    with selectors.DefaultSelector() as racing:
        try:
            while waiting or racing.get_map():
                now = time.monotonic()
                if now >= until:
                    raise TimeoutError(errno.ETIMEDOUT, "no address answered in time")
                if waiting and (now >= next_start or not racing.get_map()):
                    try:
                        started = _begin(waiting.popleft())
                        racing.register(started, selectors.EVENT_WRITE, data=started)
                        next_start = now + STAGGER
                    except OSError as error:
                        failure = error
                    continue
                for key, _ in racing.select(min(until, next_start if waiting else until) - now):
                    runner: socket.socket = key.data
                    racing.unregister(runner)
                    code = runner.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if code == 0:
                        runner.settimeout(max(until - time.monotonic(), 0.001))
                        return runner
                    runner.close()
                    failure = OSError(code, errno.errorcode.get(code, "unknown"))
            raise failure
        finally:
            for key in list(racing.get_map().values()):
                key.data.close()


def _begin(address: Address) -> socket.socket:
    """A socket that is on its way to the address."""
    family, target = address
    runner = socket.socket(family, socket.SOCK_STREAM)
    runner.setblocking(False)
    code = runner.connect_ex(target)
    if code not in (0, errno.EINPROGRESS):
        runner.close()
        raise OSError(code, errno.errorcode.get(code, "unknown"))
    return runner
