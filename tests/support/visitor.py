"""A person with a browser who wants to sign on, and knows what the demo users know."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.browser import PATIENCE, Watch, path_of
from tests.support.live_server import Addresses
from webapp.simulator import PASSWORD

MODES = ("hosted", "redirectless", "custom")
NEW_PASSWORD = "Another-2026!"
# Whoever draws a form, we or the simulator, a person recognizes its button.
ONWARD = re.compile(r"^(Continue|Confirm|Change( the)? password|(I )?[Aa]ccept|Save and continue)$")


class Visitor:
    """One browser profile with its own cookies. `page` is the tab that is looked at."""

    def __init__(self, context: BrowserContext, at: Addresses) -> None:
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.context = context
        self.at = at
        self.watch = Watch(context)
        self.page = context.new_page()

    def visit(self, path: str) -> Page:
        """Open an address of the application (`/…`) or a whole one."""
        self.page.goto(self.at.application + path if path.startswith("/") else path)
        return self.page

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(label, exact=True)

    def press(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name, exact=isinstance(name, str)).first.click()

    # -- signing on -----------------------------------------------------------------------------------------------

    def begin(self, mode: str, query: str = "") -> None:
        """Start, and arrive at the form for user name and password."""
        self.visit(f"/sign-on/{mode}{query}")
        expect(self.field("Password")).to_be_visible()

    def give(self, username: str, password: str = PASSWORD) -> None:
        """Fill in the first form and send it."""
        self.field("User name").fill(username)
        self.field("Password").fill(password)
        self.press("Sign on")

    def go_on(self, username: str) -> None:
        """Do what the sign-on asks of this demo user after the password."""
        if username in ("mfaTestUser", "otpTestUser"):
            if username == "mfaTestUser":
                self.page.get_by_role("radio").first.check()
                self.press(ONWARD)
            expect(self.field("Passcode")).to_be_visible()
            self.field("Passcode").fill(self.passcode(username))
        elif username in ("changeTestUser", "expiredTestUser"):
            self.field("Current password").fill(PASSWORD)
            self.field("New password").fill(NEW_PASSWORD)
        elif username == "profileTestUser":
            self.field("Mobile phone").fill("+1 555 0100")
        elif username != "agreementTestUser":
            return
        self.press(ONWARD)

    def sign_on(self, mode: str, username: str = "sharedTestUser") -> None:
        """Sign on from the start to the session page."""
        self.begin(mode)
        self.give(username)
        self.go_on(username)
        self.arrives("/session")

    def sign_off(self) -> None:
        self.page.get_by_role("banner").get_by_role("button", name="Sign off", exact=True).click()
        self.arrives("/signed-off")

    # -- looking --------------------------------------------------------------------------------------------------

    def arrives(self, path: str) -> None:
        """Wait until the tab shows this page of the application."""
        expect(self.page).to_have_url(
            re.compile(rf"^{re.escape(self.at.application + path)}([?#]|$)"), timeout=PATIENCE
        )

    @property
    def path(self) -> str:
        return path_of(self.page)

    @property
    def refused_with(self) -> str:
        """The error code of the page, waiting for it to be an error page."""
        return self.page.locator("[data-error-code]").get_attribute("data-error-code") or ""

    def session(self) -> dict[str, Any]:
        """`GET /session` as JSON, with this browser's cookies."""
        answer = self.context.request.get(f"{self.at.application}/session", headers={"Accept": "application/json"})
        found: dict[str, Any] = answer.json()
        assert (200 if found["signed_in"] else 401) == answer.status
        return found

    def passcode(self, username: str) -> str:
        """The newest code in the simulator's inbox for this user."""
        answer = self.context.request.get(f"{self.at.simulator}/inbox", headers={"Accept": "application/json"})
        return next(each["code"] for each in answer.json()["messages"] if each["username"] == username and each["code"])


MakeVisitor = Callable[..., Visitor]
"""What the fixture `make_visitor` is: keywords are Playwright's for a window, such as `java_script_enabled`."""
