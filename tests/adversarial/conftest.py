"""The application in front of a provider that lies, one pair per test."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter
from jinja2 import FileSystemBytecodeCache

from config import Settings
from tests.adversarial import table
from tests.support.adversarial import Witness
from tests.support.provider import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID, Provider, providing
from tests.support.relying_party import Browser
from webapp import create_app, wiring

PUBLIC_URL = "http://localhost:5999"
DEADLINE = 0.4

MakeBrowser = Callable[..., Browser]
Clock = Callable[[], float]


@pytest.fixture
def provider() -> Iterator[Provider]:
    """An honest provider, to be poisoned by the test."""
    with providing(PUBLIC_URL) as provider:
        yield provider


@pytest.fixture
def make_browser(
    provider: Provider, tmp_path: Path, compiled_templates: FileSystemBytecodeCache
) -> Iterator[MakeBrowser]:
    """Make an application for the provider and a browser in front of it.

    `deadline` is seconds for each outbound call, `now` its clock; other keywords are environment variables.
    """
    with ExitStack() as stack:

        def make(at: Provider | None = None, deadline: float = 5.0, now: Clock = time.time, **environ: str) -> Browser:
            target = at or provider
            settings = Settings.from_env(
                {
                    "PINGONE_ENVIRONMENT_ID": ENVIRONMENT_ID,
                    "PINGONE_AUTH_BASE_URL": target.base_url,
                    "PINGONE_CLIENT_ID": CLIENT_ID,
                    "PINGONE_CUSTOM_CLIENT_ID": CUSTOM_CLIENT_ID,
                    "PUBLIC_URL": PUBLIC_URL,
                    "SECRET_KEY": "adversarial-tests-adversarial-tests-0001",
                    "INSTANCE_PATH": str(tmp_path),
                    **environ,
                }
            )
            services = wiring.build(settings, deadline=deadline, now=now)
            stack.callback(services.close)
            app = create_app(settings, services)
            app.jinja_env.bytecode_cache = compiled_templates
            return Browser(app, PUBLIC_URL, target, environ.get("PINGONE_CA_BUNDLE", ""))

        yield make


@pytest.fixture
def browser(make_browser: MakeBrowser) -> Browser:
    """A browser in front of an application with default settings."""
    return make_browser()


@pytest.fixture
def witness(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Witness:
    """What the application prints and logs."""
    caplog.set_level("INFO")
    return Witness(caplog, capfd)


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """With -v: every case by its own name, then the table of rows, expectations and results."""
    if config.get_verbosity() < 1:
        return
    results = [
        (report.nodeid, outcome)
        for outcome in ("passed", "failed", "error", "skipped", "xfailed")
        for report in terminalreporter.stats.get(outcome, [])
        if "tests/adversarial/" in report.nodeid
    ]
    terminalreporter.section("every case")
    for nodeid, outcome in sorted(results):
        terminalreporter.write_line(f"{nodeid.removeprefix('tests/adversarial/'):120} {outcome}")
    terminalreporter.section("the rows of the OpenID Foundation's relying-party tests")
    for line in table.lines(results):
        terminalreporter.write_line(line)
