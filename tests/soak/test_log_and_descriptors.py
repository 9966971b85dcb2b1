"""A log that nobody reads, and no file descriptor left."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from config import Settings
from tests.soak.conftest import Serve
from tests.support.provider import CLIENT_ID, ENVIRONMENT_ID, providing
from tests.support.relying_party import Browser
from webapp import create_app, wiring


def test_a_log_that_nobody_reads_stops_nobody(serve: Serve) -> None:
    """Standard error is a pipe, full to the brim: pages and sign-ons go on."""
    reading, writing = os.pipe()
    try:
        running = serve(stderr=writing)
        os.set_blocking(writing, False)
        with suppress(BlockingIOError):
            while True:
                os.write(writing, b"x" * 4096)
        os.set_blocking(writing, True)
        browser = running.browser()
        browser.wires.patience = 5.0
        assert 200 == browser.get("/").status
        assert 303 == browser.get(running.callback(browser)).status
        assert 200 == browser.get("/session").status
    finally:
        os.close(reading)
        os.close(writing)


@contextmanager
def no_descriptors_left() -> Iterator[None]:
    """No file, socket or pipe can be opened."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(name) for name in os.listdir("/proc/self/fd"))
    fillers = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, hard))
    try:
        with suppress(OSError):
            while True:
                fillers.append(os.open("/dev/null", os.O_RDONLY))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for filler in fillers:
            os.close(filler)


def test_without_descriptors_503_and_then_again(tmp_path: Path) -> None:
    """Neither store nor PingOne can be opened: 503 with a page; with descriptors again, sign-on works."""
    with providing("http://localhost:5998") as provider:
        environ = {
            "PINGONE_ENVIRONMENT_ID": ENVIRONMENT_ID,
            "PINGONE_AUTH_BASE_URL": provider.base_url,
            "PINGONE_CLIENT_ID": CLIENT_ID,
            "PUBLIC_URL": "http://localhost:5998",
            "SECRET_KEY": "process-faults-process-faults-0123456789",
            "INSTANCE_PATH": str(tmp_path),
        }
        settings = Settings.from_env(environ)
        services = wiring.build(settings, deadline=2.0)
        try:
            browser = Browser(create_app(settings, services), settings.public_url, provider)
            with no_descriptors_left():
                pages = [browser.get(path, follow=False) for path in ("/sign-on/hosted", "/sign-on/redirectless")]
                alive = browser.get("/healthz").status
            assert ([503, 503], 200) == ([page.status for page in pages], alive)
            assert browser.sign_on("hosted").status == 200
            assert browser.signed_in
        finally:
            services.close()
