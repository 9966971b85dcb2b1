"""What several folders of tests share: one browser and one running application for each test process."""

import signal
from collections.abc import Generator, Iterator

import pytest
import redis
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser

from tests.contract.summary import pytest_terminal_summary
from tests.support.browser import chromium
from tests.support.live_server import Addresses, LiveServer
from tests.support.redis_server import RedisServer

__all__ = ["pytest_terminal_summary"]  # The count of the contract suite, in the process that reports.


LONGEST_TEST = 180
"""Seconds. A test that waits for ever is a failure like any other, and says where it waited."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    def stop(*_: object) -> None:
        raise TimeoutError(f"the test did not end within {LONGEST_TEST} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST_TEST)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    """A running browser. Each test opens a window of its own in it."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """The addresses of a running application with its simulator."""
    with LiveServer(tmp_path_factory.mktemp("instance")) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """A thousand applications share their compiled templates; compiling is what an application costs."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A redis-server for the tests that leave it running."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The URL of an empty Redis."""
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url
