"""Firefox and WebKit: the three modes, the story, sign-off and Back, with JavaScript and without."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.support.engines import ENTER, DriverHung, Tab, firefox, webkit
from tests.support.live_server import Addresses
from tests.support.visitor import MODES
from webapp.simulator import PASSWORD

Engine = Callable[[Path, bool], AbstractContextManager[Tab]]


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("engine", [firefox, webkit], ids=["Firefox", "WebKit"])
def test_each_mode_signs_on_and_off_and_back_shows_nobody(
    engine: Engine, script: bool, site: Addresses, tmp_path: Path
) -> None:
    """A browser differs from Chromium in how it keeps pages, follows redirects of forms and obeys policies."""
    try:
        _sign_on_and_off(engine, script, site, tmp_path / "first")
    except DriverHung:
        _sign_on_and_off(engine, script, site, tmp_path / "second")


def _sign_on_and_off(engine: Engine, script: bool, site: Addresses, folder: Path) -> None:
    folder.mkdir()
    with engine(folder, script) as tab:
        for mode in MODES:
            tab.open(f"{site.application}/")
            tab.follow(f"main a[href^='/sign-on/{mode}']", "input[name=username]")
            tab.type("input[name=username]", "sharedTestUser")
            tab.type("input[name=password]", PASSWORD + ENTER)
            tab.arrives(f"{site.application}/session", "Shared Test User")
            if mode == "custom":  # The longest story; one is enough.
                tab.follow("main a[href^='/traces/']", "#steps")
                assert PASSWORD not in tab.text()
                tab.open(f"{site.application}/session")
                tab.arrives(f"{site.application}/session", "Shared Test User")
            tab.click("header form button")
            tab.arrives(f"{site.application}/signed-off", "You are signed off")
            if engine is webkit and not script:
                continue  # On plain http WebKit keeps pages in spite of no-store, and only a script can blank them.
            tab.back()
            tab.arrives(f"{site.application}/session", "Sign on with PingOne, and see every step")
            assert "Shared Test User" not in tab.text()
