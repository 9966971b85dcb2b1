"""Connections that die or fall silent under a command, as firewalls and failovers make them."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from webapp.store import StoreUnavailable
from webapp.store.redis_store import RedisStore

Answer = Callable[[int, bytes], bytes | None]
SILENCE = b""
FOUND = b"$5\r\nfound\r\n"


@contextmanager
def peer(answer: Answer) -> Iterator[str]:
    """Something that speaks just enough of Redis; ``answer(connection, key)`` to a GET, None to hang up."""

    def accept() -> None:
        for number in range(100):
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=converse, args=(number, connection), daemon=True).start()

    def converse(number: int, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            while (line := lines.readline()).startswith(b"*"):
                words = [lines.read(int(lines.readline()[1:]) + 2)[:-2] for _ in range(int(line[1:]))]
                said = answer(number, words[1]) if words[0] == b"GET" else b"+OK\r\n"
                if said is None:
                    return
                connection.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        listener.shutdown(socket.SHUT_RDWR)


def test_a_connection_that_dies_under_a_command_is_tried_once_more():
    """Redis may go between the look at a pooled connection and its use; the visitor does not notice."""
    asked: list[tuple[int, bytes]] = []

    def answer(number: int, key: bytes) -> bytes | None:
        asked.append((number, key))
        return None if asked == [(0, b"first"), (0, b"second")] else FOUND

    with peer(answer) as url:
        store = RedisStore(url)
        assert [b"found"] * 2 == [store.get("first"), store.get("second")]
        store.close()
    assert [(0, b"first"), (0, b"second"), (1, b"second")] == asked


def test_a_server_that_always_hangs_up_is_not_asked_for_ever():
    """One more try, then the visitor hears of it."""
    asked: list[int] = []
    with peer(lambda number, key: asked.append(number)) as url:
        store = RedisStore(url)
        with pytest.raises(StoreUnavailable):
            store.get("key")
        store.close()
    assert [0, 1] == asked


def test_one_silent_connection_is_enough():
    """After a failover nobody hangs up: every idle connection is silent, but only one visitor pays for that."""
    pooled = 4
    together = threading.Barrier(pooled)
    failed_over = threading.Event()

    def answer(number: int, key: bytes) -> bytes:
        if failed_over.is_set() and number < pooled:
            return SILENCE
        together.wait(10)  # so that each of the calls at once has a connection of its own
        return FOUND

    with peer(answer) as url, ThreadPoolExecutor(pooled) as pool:
        store = RedisStore(url, read_timeout=1)
        assert [b"found"] * pooled == list(pool.map(store.get, ["key"] * pooled))
        failed_over.set()
        with pytest.raises(StoreUnavailable, match="Timeout"):
            store.get("key")
        assert [b"found"] * pooled == list(pool.map(store.get, ["key"] * pooled))
        store.close()


def test_one_visitors_error_cuts_off_nobody_else():
    """After an error idle connections are given up; a command that another visitor waits for goes on."""
    asked: list[bytes] = []
    waiting, go_on = threading.Event(), threading.Event()

    def answer(number: int, key: bytes) -> bytes | None:
        asked.append(key)
        if key == b"refused":
            return None
        waiting.set()
        assert go_on.wait(10)
        return FOUND

    with peer(answer) as url, ThreadPoolExecutor(1) as pool:
        store = RedisStore(url, read_timeout=10)
        other = pool.submit(store.get, "slow")
        assert waiting.wait(10)
        with pytest.raises(StoreUnavailable):
            store.get("refused")
        go_on.set()
        assert b"found" == other.result()
        store.close()
    assert 1 == asked.count(b"slow")
