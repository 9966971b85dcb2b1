"""Visitors with a browser of their own, who notice whatever their browser complains about."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.live_server import Addresses
from tests.support.visitor import MakeVisitor, Visitor


@pytest.fixture
def make_visitor(chromium_browser: Browser, site: Addresses) -> Iterator[MakeVisitor]:
    """Make a visitor; keywords are Playwright's for a window, such as `java_script_enabled`.

    When the test is over, nothing may have been reported: no violation of the content security policy, no error on
    the console.
    """
    visitors: list[Visitor] = []
    with ExitStack() as stack:

        def make(**window: Any) -> Visitor:
            context = chromium_browser.new_context(**window)
            stack.callback(context.close)
            visitors.append(Visitor(context, site))
            return visitors[-1]

        yield make
        complaints = [each for visitor in visitors for each in visitor.watch.complaints]
    assert [] == complaints


@pytest.fixture
def visitor(make_visitor: MakeVisitor) -> Visitor:
    """A visitor with an ordinary window."""
    return make_visitor()


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def either_visitor(request: pytest.FixtureRequest, make_visitor: MakeVisitor) -> Visitor:
    """A visitor with JavaScript, then one without."""
    return make_visitor(java_script_enabled=request.param)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for a visitor needs a browser."""
    for item in items:
        if "make_visitor" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
