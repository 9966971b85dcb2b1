"""Connecting to a host with several addresses, of which some are broken."""

import socket
from contextlib import ExitStack
from threading import Event

import pytest

from webapp.transport import dial as dialling
from webapp.transport.dial import by_turns, dial, first_to_connect


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def black_hole():
    """An address that swallows connection attempts: a listener whose queue is full."""
    with ExitStack() as sockets:
        server = sockets.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            visitor = sockets.enter_context(socket.socket())
            visitor.setblocking(False)
            visitor.connect_ex(server.getsockname())
        yield server.getsockname()


def closed_port() -> tuple[str, int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()


def soon(seconds: float) -> float:
    return dialling.time.monotonic() + seconds


def test_a_refusing_address_is_passed_over(listener):
    """A refusal starts the next address at once."""
    addresses = [(socket.AF_INET, closed_port()), (socket.AF_INET, listener.getsockname())]
    with first_to_connect(addresses, soon(5)) as connected:
        assert listener.getsockname() == connected.getpeername()


def test_a_silent_address_leaves_time_for_the_next(listener, black_hole):
    """A silent first address uses up half of the time, not all of it."""
    addresses = [(socket.AF_INET, black_hole), (socket.AF_INET, listener.getsockname())]
    with first_to_connect(addresses, soon(1)) as connected:
        assert listener.getsockname() == connected.getpeername()


def test_many_addresses_do_not_shorten_the_time_of_the_first(monkeypatch):
    """Each has half of what is left (on a clock that does not move: of all), the last one all of it."""
    granted = []

    class Silent(socket.socket):
        def settimeout(self, seconds):
            granted.append(seconds)

        def connect(self, address):
            raise TimeoutError

    monkeypatch.setattr(dialling.socket, "socket", Silent)
    monkeypatch.setattr(dialling.time, "monotonic", lambda: 0.0)
    with pytest.raises(TimeoutError):
        first_to_connect([(socket.AF_INET, ("127.0.0.1", 9))] * 4, 8.0)
    assert [4.0, 4.0, 4.0, 8.0] == granted


def test_an_address_that_cannot_be_tried_at_all(listener):
    """Where no way leads (here: everybody's address, without the right to call everybody) the next one is tried."""
    nowhere = (socket.AF_INET, ("255.255.255.255", 9))
    with first_to_connect([nowhere, (socket.AF_INET, listener.getsockname())], soon(5)) as connected:
        assert listener.getsockname() == connected.getpeername()
    with pytest.raises(OSError, match="Errno"):
        first_to_connect([nowhere], soon(5))


def test_only_silent_addresses_end_in_a_timeout(black_hole):
    """TimeoutError when the time is over."""
    with pytest.raises(TimeoutError, match=r"^timed out$"):  # ours, not the kernel's after minutes
        first_to_connect([(socket.AF_INET, black_hole)], soon(0.2))


def test_only_refusing_addresses_end_in_the_refusal():
    """The last refusal is what the caller hears."""
    with pytest.raises(OSError, match="Connection refused"):
        first_to_connect([(socket.AF_INET, closed_port())] * 2, soon(5))


def test_families_alternate():
    """A broken family costs one attempt before the other has its turn."""
    six, four = socket.AF_INET6, socket.AF_INET
    resolved = [(six, 1), (six, 2), (six, 3), (four, 4), (four, 5)]
    assert [(six, 1), (four, 4), (six, 2), (four, 5), (six, 3)] == list(by_turns(resolved))


def test_a_name_server_that_does_not_answer_costs_the_timeout(monkeypatch):
    """The resolver has no timeout of its own, so it is not waited for."""
    over = Event()

    def answer_late(*args, **options):
        over.wait(5)
        return []

    monkeypatch.setattr(dialling.socket, "getaddrinfo", answer_late)
    with pytest.raises(TimeoutError):
        dial("auth.example.test", 443, timeout=0.1)
    over.set()


def test_a_name_without_addresses_cannot_be_connected_to(monkeypatch):
    """An OSError like any other failure to connect."""
    monkeypatch.setattr(dialling.socket, "getaddrinfo", lambda *args, **options: [])
    with pytest.raises(OSError, match="no address"):
        dial("auth.example.test", 443, timeout=5)
