"""Taking a port, and saying in one sentence why it cannot be taken."""

import errno
import socket


class CannotListen(Exception):
    """The address cannot be listened on; the message is a sentence for the person at the terminal."""


def listen(host: str, port: int, names: tuple[str, str] = ("--host or HOST", "--port or PORT")) -> socket.socket:
    """A socket that listens on `host` and `port` (0: any free one); raises `CannotListen`. `names` are those of the
    settings that choose the two.

    Taking the port before the server starts leaves no moment in which another program could take it, and no retries
    with a page of errors when somebody has.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as failure:
        why = {
            errno.EADDRINUSE: f"port {port} is in use: stop the other program, or choose another with {names[1]}",
            errno.EACCES: f"port {port} needs special rights: choose one above 1023 with {names[1]}",
            errno.EADDRNOTAVAIL: f"this computer does not have that address: choose another with {names[0]}",
        }.get(failure.errno or 0, f"{failure.strerror or failure}: choose another address with {names[0]}")
        raise CannotListen(f"Cannot listen on {host}: {why}.") from failure
