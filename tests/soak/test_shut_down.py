"""A process that is told to end while a sign-on is under way."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

from tests.soak.conftest import Serve
from tests.soak.test_slow_and_down import Hanging


def test_sigterm_waits_for_a_token_exchange(serve: Serve) -> None:
    """A code that was sent is answered: its visitor gets the session, then the process ends with 0."""
    running = serve()
    browser, hanging = running.browser(), Hanging()
    callback = running.callback(browser)
    running.provider.faults["token"] = hanging
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(browser.get, callback)
        assert hanging.arrived.acquire(timeout=20)
        running.master.send_signal(signal.SIGTERM)
        threading.Event().wait(0.3)
        hanging.release.set()
        seen = answer.result(20)
    assert (303, True) == (seen.status, "session" in browser.cookies)
    assert 0 == running.master.wait(30)
