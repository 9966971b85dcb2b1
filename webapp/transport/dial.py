"""Opening a connection within a time that covers everything: name lookup, TCP, a proxy on the way, and TLS."""

import errno
import ipaddress
import os
import socket
import ssl
import time
from collections.abc import Sequence
from concurrent.futures import Future
from itertools import chain, zip_longest
from threading import Lock, Thread
from typing import Any

import certifi

from .errors import ConnectionDropped, ConnectTimeout, NoAnswer, NoConnection, TLSNotTrusted
from .origin import Origin
from .tunnel import Proxy

Address = tuple[int, Any]
"""Address family and what `socket.connect` wants for it."""


class TrustStore:
    """The certificates we trust, read once: one SSLContext for every connection of the process.

    HTTP libraries build a context and parse the trust store, 18 ms of CPU, for each connection unless they are handed
    one. It is read when the first https connection needs it, so that a simulator-only process never pays; a bundle that
    was configured is read when the process starts, because a wrong path must stop the start and not the first visitor.
    Certificate and host name are always checked; there is no way to ask for less.
    """

    def __init__(self, ca_bundle: str = "") -> None:
        """`ca_bundle`: a PEM file or a directory of hashed certificates, used instead of the public authorities.

        Raises OSError when it cannot be read.
        """
        self._source = ca_bundle or certifi.where()
        self._lock = Lock()
        self._context: ssl.SSLContext | None = None
        self.loads = 0
        if ca_bundle:
            self.context()

    def context(self) -> ssl.SSLContext:
        """Return the context."""
        with self._lock:
            if self._context is None:
                self.loads += 1
                is_directory = os.path.isdir(self._source)
                self._context = ssl.create_default_context(
                    cafile=None if is_directory else self._source,
                    capath=self._source if is_directory else None,
                )
                # https://www.rfc-editor.org/rfc/rfc9325#section-3.1.1
                self._context.minimum_version = ssl.TLSVersion.TLSv1_2
            return self._context


def connect(origin: Origin, trust: TrustStore, proxy: Proxy | None, timeout: float) -> socket.socket:
    """Return a connected socket, over TLS and through `proxy` for https, within `timeout` seconds.

    Raises `NoConnection`, `ConnectTimeout` or `TLSNotTrusted` where nothing was sent, and `ConnectionDropped`
    when the other side hangs up on the handshake.
    """
    until = time.monotonic() + timeout
    proxy = proxy if origin.scheme == "https" else None  # Plain http is for this computer only.
    first = proxy.origin if proxy else origin
    try:
        sock = dial(first.host.strip("[]"), first.port, timeout=timeout)
    except TimeoutError as error:
        raise ConnectTimeout(f"no connection to {first} in time") from error
    except (OSError, UnicodeError) as error:
        raise NoConnection(f"no connection to {first}: {error}") from error
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if origin.scheme != "https":
            return sock
        if proxy:
            proxy.open(sock, origin, until)
        sock.settimeout(max(until - time.monotonic(), 0.001))
        # A body that ends with the connection is whole only if its end was said by TLS, not by a cable that was cut.
        return trust.context().wrap_socket(sock, server_hostname=origin.host.strip("[]"), suppress_ragged_eofs=False)
    except NoAnswer:
        sock.close()
        raise
    except TimeoutError as error:
        sock.close()
        raise ConnectTimeout(f"no connection to {origin} in time") from error
    except ssl.SSLError as error:
        sock.close()
        raise TLSNotTrusted(f"no trusted connection to {origin}: {error}") from error
    except OSError as error:
        sock.close()
        raise ConnectionDropped(f"{origin} broke the connection") from error


def dial(host: str, port: int, *, timeout: float) -> socket.socket:
    """Return a socket that is connected by TCP within `timeout` seconds.

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


def by_turns(addresses: list[Address]) -> list[Address]:
    """Families alternating, the resolver's favourite first: a broken one must not come several times in a row."""
    first_family = addresses[0][0] if addresses else None
    favourites = [address for address in addresses if address[0] == first_family]
    others = [address for address in addresses if address[0] != first_family]
    turns = chain.from_iterable(zip_longest(favourites, others))
    return [address for address in turns if address is not None]


def first_to_connect(addresses: Sequence[Address], until: float) -> socket.socket:
    """Return a socket to the first address that answers. Each but the last gets half of the time that is left: a silent
    one (a network that only pretends to have IPv6, say) leaves enough for the next, and many addresses of one name do
    not make the time of the first too short for a distant provider."""
    failure: OSError = OSError(errno.EADDRNOTAVAIL, "no address to connect to")
    for left, (family, target) in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
        remaining = until - time.monotonic()
        if remaining <= 0:
            break
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(remaining / 2 if left else remaining)
            sock.connect(target)
            return sock
        except OSError as error:
            sock.close()
            failure = error
    raise failure
