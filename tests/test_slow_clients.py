"""Clients that are slow, silent or endless, against the production server: nobody else waits for them."""

import re
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import requests

from tests.support.person import Person
from tests.support.server_process import GUNICORN, environment, free_port, running

HALF_A_HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
HALF_A_BODY = b"POST /sign-off HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf"
HALF_A_CHUNK = b"POST /sign-off HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf"
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
THREADS = 4


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server with four threads and our own settings, but for deadlines of a second."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "impatient.py").write_text(
        "from webapp.gunicorn import *\nfrom webapp import arriving\n"
        "arriving.HEAD_SECONDS = arriving.BODY_SECONDS = arriving.SEND_SECONDS = 1.0\n"
    )
    port = free_port()
    env = environment(folder, PORT=str(port), WEB_THREADS=str(THREADS), PYTHONPATH=str(Path.cwd()))
    command = [str(folder / "impatient.py") if part.startswith("python:") else part for part in GUNICORN]
    with running(command, env, port, folder / "log"):
        yield port


@pytest.fixture(scope="module")
def patient_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server with four threads, and the deadlines as they are."""
    folder, port = tmp_path_factory.mktemp("server"), free_port()
    with running(GUNICORN, environment(folder, PORT=str(port), WEB_THREADS=str(THREADS)), port, folder / "log"):
        yield port


def send(port: int, data: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(data)
    return connection


def read(connection: socket.socket) -> bytes:
    """Everything until the server closes."""
    came = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65_536):
            came += piece
    return came


@pytest.mark.parametrize(
    "part", [b"", HALF_A_HEAD, HALF_A_BODY, HALF_A_CHUNK], ids=["silence", "head", "body", "chunk"]
)
def test_two_hundred_silent_connections_hold_no_thread(patient_port: int, part: bytes) -> None:
    """Fifty times as many as there are threads; an honest visitor signs on and the probe answers meanwhile."""
    with ExitStack() as held:
        silent = [held.enter_context(send(patient_port, part)) for _ in range(200)]
        person = Person(f"http://localhost:{patient_port}")
        assert "/session" == person.sign_on("hosted", "sharedTestUser", "PingOne-2026!").path
        assert 200 == requests.get(f"http://localhost:{patient_port}/healthz", timeout=5).status_code
        person.close()
        for each in silent:  # None of them was pushed out to get there.
            each.setblocking(False)
            with pytest.raises(BlockingIOError):
                each.recv(1)


def test_a_byte_now_and_then_holds_no_thread(patient_port: int) -> None:
    """Each byte is a sign of life, and none of them is worth a thread."""
    with ExitStack() as held:
        slow = [held.enter_context(send(patient_port, HALF_A_HEAD)) for _ in range(200)]
        for _ in range(5):
            for each in slow:
                each.sendall(b"x")
            assert 200 == requests.get(f"http://localhost:{patient_port}/healthz", timeout=5).status_code


@pytest.mark.parametrize("part", [HALF_A_HEAD, HALF_A_BODY, HALF_A_CHUNK], ids=["head", "body", "chunk"])
def test_what_does_not_arrive_in_time_is_told_so(port: int, part: bytes) -> None:
    """408, and the connection closes, although the client goes on sending."""
    with send(port, part) as connection:
        came = b""
        while not came:
            connection.sendall(b"x")
            connection.settimeout(0.2)
            with suppress(TimeoutError):
                came = connection.recv(100)
    assert came.startswith(b"HTTP/1.1 408 Request Timeout\r\n")


def test_who_says_nothing_at_all_is_closed_without_a_word(port: int) -> None:
    """Browsers open connections in advance; an answer to no question would be taken for the next one's."""
    with send(port, b"") as connection:
        assert b"" == read(connection)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 70_000, 431),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65537\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1" + b"0" * 5000 + b"\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + b"5\r\nhello\r\n" * 40_000, 413),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + b"x" * 140_000, 413),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400),
    ],
    ids=range(12),
)
def test_what_is_too_large_or_has_two_readings_is_refused(port: int, data: bytes, status: int) -> None:
    """Before anybody reads to its end, and the answer gets through although more was being sent."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    with connection, suppress(ConnectionError):
        connection.sendall(data)
    with send(port, data[:66_000] if status == 431 else data[:400_000]) as connection:
        came = read(connection)
        assert (True, 1) == (came.startswith(f"HTTP/1.1 {status} ".encode()), came.count(b"HTTP/1.1 "))


def test_pipelined_and_kept_connections_are_answered_in_order(port: int) -> None:
    """Two requests in one segment, a chunked one in pieces, one after a pause: four answers on one connection."""
    with send(port, WHOLE + WHOLE) as connection:
        time.sleep(0.1)
        for piece in (b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-", b"Encoding: chunked\r\n\r\n5\r\nhel",
                      b"lo\r\n0", b"\r\nX-Sum: x\r\n\r\n"):  # fmt: skip
            connection.sendall(piece)
            time.sleep(0.05)
        connection.sendall(WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        came = read(connection)
    assert [b"200", b"200", b"405", b"200"] == re.findall(rb"HTTP/1\.1 (\d+)", came)


def test_a_client_that_asks_before_it_sends_a_body_is_answered(port: int) -> None:
    """`Expect: 100-continue`: neither side waits for the other."""
    head = b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    with send(port, head) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(b"hi")
        connection.shutdown(socket.SHUT_WR)
        assert b"HTTP/1.1 405 " in read(connection)


def test_one_who_reads_nothing_and_never_closes_stops_nobody(port: int) -> None:
    """Gunicorn's loop waits two seconds for each of these to close; nobody would be accepted for forty."""
    with ExitStack() as held:
        for _ in range(20):
            held.enter_context(send(port, WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")))
        answered = []
        for _ in range(5):
            answered.append(requests.get(f"http://localhost:{port}/healthz", timeout=2).status_code)
    assert [200] * 5 == answered


def test_more_than_can_be_served_soon_is_told_to_come_back(tmp_path: Path) -> None:
    """One thread and its queue are full: the next visitor hears 503 and when to try again, not nothing."""
    (tmp_path / "one_thread.py").write_text(
        "import threading\n"
        "from webapp import create_app\n"
        "gate = threading.Event()\n"
        "def waits(environ, start_response):\n"
        "    if environ['PATH_INFO'] == '/wait':\n"
        "        gate.wait(20)\n"
        "    start_response('200 OK', [('Content-Length', '0')])\n"
        "    return []\n"
        "application = create_app()\n"
        "application.wsgi_app = waits\n"
    )
    port = free_port()
    env = environment(tmp_path, PORT=str(port), WEB_THREADS="1", PYTHONPATH=f"{Path.cwd()}:{tmp_path}")
    command = [*GUNICORN[:-1], "one_thread:application"]
    waiting = WHOLE.replace(b"/healthz", b"/wait")
    with running(command, env, port, tmp_path / "log"), ExitStack() as held:
        for _ in range(5):  # One at work, four in the queue.
            held.enter_context(send(port, waiting))
        with send(port, WHOLE) as connection:
            refused = read(connection)
    assert refused.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"\r\nRetry-After: 2\r\n" in refused


def unanswered(connection: socket.socket) -> bool:
    """Whether nothing has come so far."""
    return not select.select([connection], [], [], 0)[0]


def test_forty_visitors_of_a_silent_pingone_keep_nobody_from_other_pages(tmp_path: Path) -> None:
    """PingOne accepts and says nothing, and no metadata is known: what needs no PingOne is answered meanwhile."""
    port = free_port()
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        base = f"http://127.0.0.1:{silent.getsockname()[1]}"
        env = environment(tmp_path, PORT=str(port), PINGONE_AUTH_BASE_URL=base, PINGONE_CLIENT_ID="an-application")
        with running(GUNICORN, env, port, tmp_path / "log"), ExitStack() as held:
            assert 200 == requests.get(f"http://localhost:{port}/healthz", timeout=20).status_code
            start = b"GET /sign-on/hosted HTTP/1.1\r\nHost: localhost\r\n\r\n"
            waiting = [held.enter_context(send(port, start)) for _ in range(40)]
            answered = [requests.get(f"http://localhost:{port}/help", timeout=20).status_code]
            assert any(map(unanswered, waiting))  # All but so many are refused immediately, whichever come first.
            answered += [
                requests.get(f"http://localhost:{port}{path}", timeout=20).status_code
                for path in ("/healthz", "/readyz", "/session", "/")
            ]
    assert [200, 200, 200, 401, 200] == answered


def test_the_server_stops_while_silent_connections_are_open(tmp_path: Path) -> None:
    """Nobody who says nothing delays the end of the process."""
    port = free_port()
    env = environment(tmp_path, PORT=str(port))
    with running(GUNICORN, env, port, tmp_path / "log") as process, ExitStack() as held:
        assert 200 == requests.get(f"http://localhost:{port}/healthz", timeout=20).status_code
        for part in [b"", HALF_A_HEAD] * 10:
            held.enter_context(send(port, part))
        process.terminate()
        assert 0 == process.wait(9)


def test_honest_visitors_are_served_while_connections_come_and_go(port: int) -> None:
    """Whatever is dropped or refused, the count of open connections stays right, so that accepting never ends."""
    stop = threading.Event()

    def attack(one: Callable[[], socket.socket]) -> None:
        while not stop.is_set():
            with suppress(OSError):
                one().close()

    attacks = [threading.Thread(target=attack, args=(lambda part=part: send(port, part),))
               for part in (b"", HALF_A_HEAD, b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n")]  # fmt: skip
    for each in attacks:
        each.start()
    try:
        answered = [requests.get(f"http://localhost:{port}/healthz", timeout=5).status_code for _ in range(30)]
    finally:
        stop.set()
        for each in attacks:
            each.join()
    assert [200] * 30 == answered
