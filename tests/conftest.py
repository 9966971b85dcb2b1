"""What several folders of tests share: one browser and one running application for each test process."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.contract.summary import pytest_terminal_summary
from tests.support.browser import chromium
from tests.support.live_server import Addresses, LiveServer

__all__ = ["pytest_terminal_summary"]  # The count of the contract suite, in the process that reports.


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
