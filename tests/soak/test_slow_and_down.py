"""PingOne answers nobody, or is away, and the rest of the site does not notice."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tests.soak.conftest import Serve, Served
from tests.support.raw_http import Answer
from tests.support.raw_server import Wire

THREADS = 8
CALLS = THREADS * 3 // 4


class Hanging:
    """A fault: no answer until `release`. `waiting` calls have arrived and hang."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.arrived = threading.Semaphore(0)
        self.waiting = 0
        self._lock = threading.Lock()

    def __call__(self, wire: Wire, answer: Answer) -> bool:
        with self._lock:
            self.waiting += 1
        self.arrived.release()
        self.release.wait(30)
        wire.send(answer.head() + answer.body)
        return True


def finish(running: Served) -> int:
    """Sign on up to the session; the status of the last answer."""
    browser = running.browser()
    return browser.get(running.callback(browser)).status


def test_other_pages_answer_while_every_call_hangs(serve: Serve) -> None:
    """Forty visitors wait for PingOne: so many calls as are allowed hang, the other visitors are told at once, and

    pages that need nothing from PingOne are served meanwhile, by no more threads than there are.
    """
    running = serve(deadline=25.0, WEB_THREADS=str(THREADS))
    signed_on = running.browser()
    signed_on.get(running.callback(signed_on))
    hanging = Hanging()
    running.provider.faults["token"] = hanging
    with ThreadPoolExecutor(40) as pool:
        crowd = [pool.submit(finish, running) for _ in range(40)]
        for _ in range(CALLS):
            assert hanging.arrived.acquire(timeout=20)
        while sum(each.done() for each in crowd) < 40 - CALLS:
            time.sleep(0.05)  # Those who were told to come back; on a slow machine they are still in the queue.
        # The order is the proof, not the clock: all of this is answered before the first call is released.
        pages = [signed_on.get(path).status for path in ("/", "/session", "/checks", "/healthz") * 5]
        assert (CALLS, [200] * 20) == (hanging.waiting, pages)
        assert running.threads <= THREADS + 6
        hanging.release.set()
        statuses = sorted(each.result() for each in crowd)
    assert {303, 503} >= set(statuses)
    assert statuses.count(303) >= CALLS
    running.provider.reset()
    assert 303 == finish(running)


def test_the_circuit_opens_and_closes_by_itself(serve: Serve) -> None:
    """PingOne is away: after five refusals nobody waits for it any more; signed-on people go on; it comes back."""
    running = serve(deadline=2.0)
    signed_on = running.browser()
    signed_on.get(running.callback(signed_on))
    waiting = [running.browser() for _ in range(8)]
    callbacks = [running.callback(each) for each in waiting]
    running.provider.server.down()
    refused = [each.get(where) for each, where in zip(waiting, callbacks, strict=True)]
    assert [(503, "provider_unreachable")] * 8 == [(each.status, each.code) for each in refused]
    assert 200 == signed_on.get("/session").status
    running.provider.return_()
    connections = running.provider.server.connections
    assert 503 == running.browser().get("/sign-on/redirectless").status
    assert connections == running.provider.server.connections, "an open circuit calls nobody"
    for _ in range(200):
        if running.browser().get("/sign-on/redirectless").status == 303:
            break
        threading.Event().wait(0.1)
    assert 303 == finish(running)
