"""A way to Redis on which answers get lost: the command is carried out, and the connection dies before the answer."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from urllib.parse import urlsplit


class SwallowingProxy:
    """``with SwallowingProxy(redis_url) as proxy``: speak to ``proxy.url``; ``swallow(b"SET")`` arms it.

    The answer to the next request that holds the word is swallowed, and its connection is closed.
    """

    def __init__(self, redis_url: str) -> None:
        self._path = urlsplit(redis_url).path
        self._word = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"
        self.swallowed = 0

    def swallow(self, word: bytes, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Lose the answer to the next request with this word in it, and do something before anybody notices."""
        self._word, self._meanwhile = word, meanwhile

    def __enter__(self) -> "SwallowingProxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._path)
            while request := client.recv(1 << 20):
                server.sendall(request)
                answer = server.recv(1 << 20)
                if self._word and self._word in request:
                    self._word = b""
                    self.swallowed += 1
                    self._meanwhile()
                    return
                client.sendall(answer)
