"""One run of a module: the application over real HTTP, a person's browser, and the suite's judgement.

The person does everything that a visitor can do: signs on, asks userinfo, refreshes, signs off, whatever the pages
before said. So a call that the suite waits for comes, and one that must not come would come.
"""

import html
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import BytecodeCache

from config import Settings
from tests.conformance.suite import SECRET, Suite
from tests.support.provider import CLIENT_ID
from tests.support.web import Page, WebBrowser, served
from webapp import create_app, wiring


@dataclass
class Run:
    """The parts of one run. `pages` are where the person's steps ended, in order."""

    suite: Suite
    rp: str
    browser: WebBrowser = field(default_factory=WebBrowser)
    pages: list[Page] = field(default_factory=list)

    def sign_on(self, path: str = "/sign-on/hosted", came_from: str = "") -> Page:
        return self._seen(self.browser.visit(f"{self.rp}{path}", came_from))

    def ask_userinfo(self) -> Page:
        return self._seen(self.browser.submit(f"{self.rp}/session/userinfo"))

    def refresh(self) -> Page:
        return self._seen(self.browser.submit(f"{self.rp}/session/refresh"))

    def sign_off(self) -> Page:
        """Press "Sign off", load the frame of the provider's page when it has one, and go home."""
        page = self._seen(self.browser.submit(f"{self.rp}/sign-off"))
        frame = re.search(r'<iframe src="([^"]+)"', page.text)
        if frame is None:
            return page
        self._seen(self.browser.load(html.unescape(frame[1]), page.trail[-1]))
        back = re.search(r'<a href="([^"]+)"', page.text)
        return self._seen(self.browser.visit(html.unescape(back[1]) if back else "", page.trail[-1]))

    def _seen(self, page: Page) -> Page:
        self.pages.append(page)
        return page

    @property
    def asked(self) -> list[str]:
        """What was asked of the provider, by browser or server, in order."""
        return self.suite.ledger.endpoints

    @property
    def signed_in(self) -> bool:
        return bool(self.browser.json(f"{self.rp}/session")["signed_in"])

    def count(self, endpoint: str) -> int:
        return self.asked.count(endpoint)


@contextmanager
def running(folder: Path, templates: BytecodeCache | None = None, jwks: str = "jwks", **environ: str) -> Iterator[Run]:
    """A suite and an application that is set up for it; keywords are settings."""
    with ExitStack() as stack:
        suites: list[Suite] = []

        def make(url: str) -> object:
            suites.append(Suite(url, jwks))
            stack.callback(suites[0].server.stop)
            settings = Settings.from_env(
                {
                    "PINGONE_ISSUER": suites[0].issuer,
                    "PINGONE_CLIENT_ID": CLIENT_ID,
                    "PINGONE_CLIENT_SECRET": SECRET,
                    "PUBLIC_URL": url,
                    "SECRET_KEY": "conformance-conformance-conformance-1",
                    "INSTANCE_PATH": str(folder),
                    "LOG_LEVEL": "error",
                    "BACK_CHANNEL_SIGN_OFF": "on",
                    "FRONT_CHANNEL_SIGN_OFF": "on",
                    **environ,
                }
            )
            services = wiring.build(settings)
            stack.callback(services.close)
            app = create_app(settings, services)
            app.jinja_env.bytecode_cache = templates
            return app

        url = stack.enter_context(served(make))
        yield Run(suites[0], url)
