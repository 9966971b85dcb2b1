"""A provider that is down is left alone, and a slow one does not take every thread."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.transport.conftest import post
from webapp.transport import CircuitOpen, Clock, OriginBusy
from webapp.transport.guards import Circuit, ConcurrencyLimit
from webapp.transport.origin import Origin

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
ORIGIN = Origin("https", "auth.pingone.eu", 443)


class Hands:
    """A monotonic clock that a test turns."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def circuit(hands) -> Circuit:
    return Circuit(ORIGIN, failures=3, cooldown=5.0, monotonic=hands)


def fail(circuit: Circuit, times: int) -> None:
    for _ in range(times):
        circuit.leave(probe=circuit.enter(), answered=False)


def test_failures_in_a_row_open_the_circuit(circuit):
    """The third failure is the last call; the next one is told when to come back."""
    fail(circuit, 3)
    with pytest.raises(CircuitOpen) as refusal:
        circuit.enter()
    assert 5.0 == refusal.value.retry_after


def test_an_answer_in_between_starts_the_count_again(circuit):
    """Only failures in a row count."""
    fail(circuit, 2)
    circuit.leave(probe=circuit.enter(), answered=True)
    fail(circuit, 2)
    circuit.enter()


def test_one_probe_is_let_through_after_the_cool_down(circuit, hands):
    """And only one: the provider should not meet everybody at once."""
    fail(circuit, 3)
    hands.now += 5.0
    circuit.enter()
    with pytest.raises(CircuitOpen):
        circuit.enter()


def test_a_probe_that_is_answered_closes_the_circuit(circuit, hands):
    """Everybody may call again."""
    fail(circuit, 3)
    hands.now += 5.0
    circuit.leave(probe=circuit.enter(), answered=True)
    for _ in range(10):
        circuit.enter()


def test_a_probe_that_fails_opens_it_for_another_cool_down(circuit, hands):
    """The time starts again with the failure."""
    fail(circuit, 3)
    hands.now += 5.0
    fail(circuit, 1)
    hands.now += 4.0
    with pytest.raises(CircuitOpen) as refusal:
        circuit.enter()
    assert 1.0 == refusal.value.retry_after


def test_a_probe_without_a_verdict_lets_the_next_one_try(circuit, hands):
    """A call that ended for a reason of ours neither opens nor closes, and does not block either."""
    fail(circuit, 3)
    hands.now += 5.0
    circuit.leave(probe=circuit.enter(), answered=None)
    circuit.enter()


@pytest.mark.parametrize("answered", [False, None])
def test_a_late_call_admits_no_second_probe(circuit, hands, answered):
    """It began before the circuit opened and ends while the probe is out."""
    late = circuit.enter()
    fail(circuit, 3)
    hands.now += 5.0
    assert circuit.enter()
    circuit.leave(probe=late, answered=answered)
    hands.now += 5.0
    with pytest.raises(CircuitOpen):
        circuit.enter()


def test_silence_is_known_for_a_while(circuit, hands):
    """From the first call on if none was ever answered, from the opened circuit on later; then nothing is known."""
    seen = [circuit.silent()]
    fail(circuit, 1)
    seen.append(circuit.silent())
    hands.now += 30.0
    seen.append(circuit.silent())
    circuit.leave(probe=circuit.enter(), answered=True)
    fail(circuit, 2)
    seen.append(circuit.silent())
    fail(circuit, 1)
    seen.append(circuit.silent())
    assert [False, True, False, False, True] == seen


def test_a_provider_that_is_down_costs_few_connections(serve, make_transport, hands):
    """Over the network: five resets, then silence, then a probe that closes the circuit."""
    down = [True]
    server = serve(lambda visit: visit.connection.shutdown(2) if down[0] else visit.send(OK))
    transport = make_transport(failures=5, cooldown=5.0, clock=Clock(monotonic=hands))
    http = transport.http()
    for _ in range(5):
        with pytest.raises(ConnectionError):
            post(http, server.url)
    for _ in range(20):
        with pytest.raises(CircuitOpen):
            post(http, server.url)
    assert (5, 5) == (transport.calls, len(server.requests))
    down[0] = False
    hands.now += 5.0
    assert 200 == post(http, server.url).status


def test_an_error_status_is_an_answer(serve, make_transport):
    """A provider that says 500 is up."""
    server = serve(lambda visit: visit.send(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"))
    http = make_transport(failures=2).http()
    assert [500] * 5 == [post(http, server.url).status for _ in range(5)]


def test_one_origin_does_not_open_the_circuit_of_another(serve, make_transport):
    """Each has its own."""
    down, up = serve(lambda visit: visit.connection.shutdown(2)), serve(lambda visit: visit.send(OK))
    http = make_transport(failures=1).http()
    with pytest.raises(ConnectionError):
        post(http, down.url)
    assert 200 == post(http, up.url).status


def test_a_full_crowd_turns_newcomers_away_when_the_oldest_has_been_out_for_long(hands):
    """A slow provider: waiting would only fill our threads."""
    limit = ConcurrencyLimit(ORIGIN, size=1, patience=1.0, monotonic=hands)
    with limit.slot():
        hands.now += 1.0
        with pytest.raises(OriginBusy), limit.slot():
            pass
    with limit.slot():
        pass


def test_a_burst_waits_for_its_turn(serve, make_transport):
    """A provider that answers quickly: sixteen calls at once over two places, and all succeed."""
    server, transport = serve(lambda visit: visit.send(OK)), make_transport(concurrency=2, patience=30)
    with ThreadPoolExecutor(16) as threads:
        codes = list(threads.map(lambda _: post(transport.http(), server.url).status, range(16)))
    assert [200] * 16 == codes
    assert transport.connections <= 2


def test_a_slow_provider_holds_no_more_threads_than_it_may(serve, make_transport):
    """Two calls wait for it; eight more get an answer of ours without a call."""
    arrived, answer = Event(), Event()

    def wait(visit):
        if visit.number == 1:
            arrived.set()
        answer.wait(10)
        visit.send(OK)

    server, transport = serve(wait), make_transport(concurrency=2, patience=0.01)
    with ThreadPoolExecutor(2) as threads:
        slow = [threads.submit(post, transport.http(), server.url) for _ in range(2)]
        arrived.wait(10)
        for _ in range(8):
            with pytest.raises(OriginBusy):
                post(transport.http(), server.url)
        answer.set()
        assert [200, 200] == [call.result(10).status for call in slow]
    assert 2 == transport.calls
