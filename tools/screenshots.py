"""The pictures of the README, taken from the running application: `python -m tools.screenshots`.

Needs what `make test` needs: the test extras and a Chromium or Chrome. Run it after a change of the looks.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from tests.support.browser import chromium
from tests.support.live_server import LiveServer
from tests.support.visitor import Visitor

FOLDER = Path(__file__).parents[1] / "docs" / "images"
WINDOW = {"width": 1280, "height": 860}
LARGEST = 250_000
"""Bytes of one picture: the README should not take longer to load than to read."""


@contextmanager
def visiting() -> Iterator[Visitor]:
    """A visitor of an application of its own, simulator included, in a window of the pictures' size."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        site = stack.enter_context(LiveServer(folder))
        browser = stack.enter_context(chromium())
        context = browser.new_context(viewport=WINDOW, color_scheme="light", reduced_motion="reduce")
        stack.callback(context.close)
        yield Visitor(context, site)


def take(page: Page, name: str) -> None:
    """Keep what the window shows now."""
    keep(name, page.screenshot(animations="disabled", caret="hide"))


def keep(name: str, picture: bytes) -> None:
    """Keep a picture (PNG). Raises `ValueError` if it is too large for a README."""
    if len(picture) > LARGEST:
        raise ValueError(f"{name}.png would have {len(picture):,} bytes, more than {LARGEST:,}")
    (FOLDER / f"{name}.png").write_bytes(picture)


def main() -> None:
    """Take all pictures: home, the form of a step, the session, its story and the step that it is about."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with visiting() as visitor:
        take(visitor.visit("/"), "home")
        visitor.begin("redirectless")
        visitor.field("User name").fill("sharedTestUser")
        take(visitor.page, "step")
        visitor.give("sharedTestUser")
        visitor.arrives("/session")
        take(visitor.page, "session")
        trace = visitor.session()["trace"]
        page = visitor.visit(f"/traces/{trace}")
        page.set_viewport_size({**WINDOW, "height": 1040})
        take(page, "trace")
        card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Resume:"))
        keep("resume", card.screenshot(animations="disabled"))


if __name__ == "__main__":
    main()
