"""`form_post` in a real browser: its cookie rules, its cross-site POST, with JavaScript and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Request

from tests.support.live_server import Addresses, LiveServer
from tests.support.visitor import Visitor


@pytest.fixture(scope="module")
def posting_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """The application with its simulator, asking for the answer by POST."""
    with LiveServer(tmp_path_factory.mktemp("instance"), SIMULATOR="on", PINGONE_RESPONSE_MODE="form_post") as at:
        yield at


@pytest.mark.browser
@pytest.mark.parametrize("mode", ["hosted", "custom"])
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_posted_answer_signs_on(
    chromium_browser: Browser, posting_site: Addresses, mode: str, script: bool
) -> None:
    """PingOne's page posts across sites; the attempt's Lax cookie is there for the GET that follows."""
    context = chromium_browser.new_context(java_script_enabled=script)
    try:
        visitor = Visitor(context, posting_site)
        asked: list[Request] = []
        context.on("request", lambda request: asked.append(request))
        visitor.begin(mode)
        visitor.give("sharedTestUser")
        if mode == "hosted" and not script:
            visitor.page.get_by_role("button").first.click()  # The simulator's page cannot post itself.
        visitor.arrives("/session")
        assert mode == visitor.session()["mode"]
        posts = [each for each in asked if each.url == f"{posting_site.application}/callback"]
        assert ["POST"] * (mode == "hosted") == [each.method for each in posts]
        assert [] == [each.url for each in asked if "code=" in each.url and "/callback" in each.url]
        assert {"Lax"} == {each["sameSite"] for each in context.cookies(posting_site.application)}
        assert [] == visitor.watch.complaints
    finally:
        context.close()
