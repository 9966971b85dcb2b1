"""Taking a port, and saying in one sentence why it cannot be taken."""

import errno
import socket


class CannotListen(Exception):
    """The address cannot be listened on; the message is a sentence for the person at the terminal."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `host` and `port` (0: any free one); raises `CannotListen`.

    Taking the port before the server starts leaves no moment in which somebody else could take it, and no retries
    with a page of errors when somebody has.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as failure:
        why = {
            errno.EADDRINUSE: f"port {port} is in use: stop the other program, or choose another with --port or PORT",
            errno.EACCES: f"port {port} needs special rights: choose one above 1023 with --port or PORT",
            errno.EADDRNOTAVAIL: "this computer does not have that address: choose another with --host or HOST",
        }.get(failure.errno or 0, f"{failure.strerror or failure}: choose another address with --host or HOST")
        raise CannotListen(f"Cannot listen on {host}: {why}.") from failure
