"""The way out of a network that lets nobody out but through its proxy."""

import base64
import re
import socket
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from .errors import NoConnection
from .origin import Origin, origin_of
from .reading import Incoming, read_head


@dataclass(frozen=True)
class Proxy:
    """An http proxy that connects us to https origins. TLS goes through it, so it sees names and sizes, no content."""

    origin: Origin
    credentials: str = field(default="", repr=False)
    """`user:password` in base64, as `Basic` sends it."""

    @classmethod
    def of(cls, url: str) -> "Proxy | None":
        """Return the proxy of `http://user:password@host:port`, None of ''; raises `InvalidURL`."""
        if not url:
            return None
        userinfo = re.match("http://([^@/?#]*)@", url, re.IGNORECASE)
        secret = base64.b64encode(unquote_to_bytes(userinfo[1])).decode() if userinfo else ""
        return cls(origin_of(url), secret)

    def open(self, sock: socket.socket, origin: Origin, until: float) -> None:
        """Have a connection to the proxy continued to `origin`. `until` is a second of `time.monotonic`.

        Raises `NoConnection` when the proxy refuses, and what the socket raises.
        https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6
        """
        place = f"{origin.host}:{origin.port}"
        credentials = f"Proxy-Authorization: Basic {self.credentials}\r\n" if self.credentials else ""
        sock.sendall(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{credentials}\r\n".encode("ascii"))
        incoming = Incoming(sock)
        incoming.begin(until)
        head, _ = read_head(incoming)
        # A server of https waits for us to speak: what is there already came from the proxy.
        if head.status // 100 != 2 or incoming.left_over:
            raise NoConnection(f"no connection to {origin}: the proxy answers {head.status}")
