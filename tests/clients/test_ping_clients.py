"""Ping's own clients for browsers, unmodified, in Chromium: the page is on one origin, the simulator on another."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page

from tests.clients.node import bundle
from tests.clients.page_server import serving
from tests.support.browser import Watch
from webapp.simulator import BROWSER_CLIENT_ID, PASSWORD
from webapp.simulator.control import Control
from webapp.simulator.running import running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Where the page is."""
    with serving(bundle()) as found:
        yield found


@pytest.fixture(scope="module")
def simulator(origin: str) -> Iterator[Control]:
    """A simulator over real HTTP, on another origin, whose browser application lives on the page's."""
    with running(browser_origins=[origin]) as control:
        yield control


@pytest.fixture
def page(chromium_browser: Browser, origin: str) -> Iterator[Page]:
    """A window on the page; nothing may be reported on its console when the test is over."""
    context = chromium_browser.new_context()
    watch = Watch(context)
    window = context.new_page()
    window.goto(f"{origin}/")
    yield window
    context.close()
    assert [] == watch.complaints


def config(simulator: Control, origin: str) -> dict[str, Any]:
    return {
        "clientId": BROWSER_CLIENT_ID, "redirectUri": f"{origin}/callback", "scope": "openid profile email orders:read",
        "serverConfig": {"wellknown": simulator.metadata_url, "timeout": 5_000},
    }


def sign_on(page: Page, origin: str) -> None:
    """On the page that PingOne hosts, until the application is back."""
    page.get_by_label("User name", exact=True).fill("sharedTestUser")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign on", exact=True).click()
    page.wait_for_url(f"{origin}/callback?*")


def test_the_oidc_client(page: Page, simulator: Control, origin: str) -> None:
    """@forgerock/oidc-client: hosted sign-on, exchange, UserInfo, background renewal, revocation, logout."""
    settings = config(simulator, origin)

    def ask(script: str, given: Any = None) -> Any:
        return page.evaluate(
            f"async ([config, given]) => {{ const client = await ping.oidc({{config}}); return {script}; }}",
            [settings, given],
        )

    page.goto(ask("await client.authorize.url()"))
    sign_on(page, origin)
    answer = page.evaluate("Object.fromEntries(new URL(location.href).searchParams)")
    first = ask("await client.token.exchange(given.code, given.state)", answer)
    assert {"accessToken", "idToken", "refreshToken"} <= set(first)
    assert "sharedTestUser" == ask("await client.user.info()")["preferred_username"]
    renewed = ask("await client.token.get({forceRenew: true})")
    assert "accessToken" in renewed, renewed
    assert first["accessToken"] != renewed["accessToken"]
    for _ in range(100):  # The client has the former token revoked, and does not wait for it.
        if not is_active(simulator, first["accessToken"]):
            break
        page.wait_for_timeout(50)
    assert [False, True] == [is_active(simulator, each["accessToken"]) for each in (first, renewed)]
    assert "error" not in (ask("await client.token.revoke()") or {})
    assert not is_active(simulator, renewed["accessToken"])
    again = ask("await client.token.get({backgroundRenew: true})")
    assert "accessToken" in again, again
    ended = ask("await client.user.logout()")
    assert {"sessionResponse": None, "revokeResponse": None, "deleteResponse": None} == ended
    # The client itself would log this refusal as an error.
    refused = page.evaluate(
        "async (config) => await (await ping.oidc({config, logger: {level: 'none'}})).authorize.background()", settings
    )
    assert "User authentication is required" in refused["error_description"]
    assert "redirectUrl" in refused


def is_active(simulator: Control, token: str) -> bool:
    asked = {"token": token, "client_id": BROWSER_CLIENT_ID}
    return bool(requests.post(f"{simulator.issuer}/introspect", data=asked, timeout=10).json()["active"])


def test_the_older_client(page: Page, simulator: Control, origin: str) -> None:
    """@forgerock/javascript-sdk: redirect, exchange, UserInfo, revocation and logout, with PingOne's paths."""
    settings = {**config(simulator, origin), "platformHeader": False, "redirectUri": f"{origin}/callback"}

    def ask(script: str, given: Any = None) -> Any:
        return page.evaluate(
            f"async ([config, given]) => {{ await ping.Config.setAsync(config); return {script}; }}", [settings, given]
        )

    with page.expect_navigation(url=f"{simulator.base_url}/**"):
        page.evaluate(
            "async (config) => { await ping.Config.setAsync(config);"
            " ping.TokenManager.getTokens({login: 'redirect', skipBackgroundRequest: true}); }", settings,
        )
    sign_on(page, origin)
    answer = page.evaluate("Object.fromEntries(new URL(location.href).searchParams)")
    tokens = ask("await ping.TokenManager.getTokens({query: given})", answer)
    assert is_active(simulator, tokens["accessToken"])
    assert "sharedTestUser" == ask("await ping.UserManager.getCurrentUser()")["preferred_username"]
    ask("await ping.FRUser.logout({redirect: false})")
    assert not is_active(simulator, tokens["accessToken"])
    assert ask("await ping.TokenStorage.get()") is None


def test_session_management(page: Page, simulator: Control, origin: str) -> None:
    """A frame of the simulator in the application's page says when the session has changed."""
    page.goto(page.evaluate("async (config) => (await ping.oidc({config})).authorize.url()", config(simulator, origin)))
    sign_on(page, origin)

    def ask(state: str) -> str:
        script = """async ([frame, told]) => {
            const iframe = Object.assign(document.createElement("iframe"), {src: frame});
            await new Promise((done) => { iframe.onload = done; document.documentElement.append(iframe); });
            const answer = new Promise((done) => { onmessage = (event) => done(event.data); });
            iframe.contentWindow.postMessage(told, new URL(frame).origin);
            return await answer; }"""
        return str(page.evaluate(script, [f"{simulator.issuer}/checksession", f"{BROWSER_CLIENT_ID} {state}"]))

    state = page.evaluate("new URL(location.href).searchParams.get('session_state')")
    assert ("unchanged", "error", "changed") == (ask(state), ask("nonsense"), ask(f"{'0' * 64}.00"))
    page.goto(f"{simulator.issuer}/signoff")
    page.goto(f"{origin}/")
    assert "changed" == ask(state)
