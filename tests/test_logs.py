"""Logs: one line for each request and outcome, nothing secret in them, nothing forged."""

import json
import logging
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace

import pytest
from flask import Flask, request

from config import Settings
from webapp.log_lines import WithoutQueries
from webapp.views import logs
from webapp.views.marks import probe

SETTINGS = {"SECRET_KEY": "0123456789abcdefghijklmnopqrstuv"}


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What went to stderr since it was last asked; the process's logging is as before afterwards."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield lambda: capsys.readouterr().err
    root.setLevel(level)
    root.handlers[:] = handlers


def application(form: str = "text", level: str = "info", addresses: str = "", proxies: str = "") -> Flask:
    app = Flask(__name__)
    chosen = {"LOG_FORMAT": form, "LOG_LEVEL": level, "LOG_ADDRESSES": addresses, "TRUSTED_PROXIES": proxies}
    logs.configure(app, Settings.from_env({**SETTINGS, **chosen}))

    @app.get("/callback")
    def callback() -> str:
        logs.event("signed_on", mode="hosted", subject="user-1", code=None)
        return "signed on"

    @app.get("/healthz")
    @probe
    def healthz() -> str:
        return "ok"

    @app.get("/broken")
    def broken() -> str:
        raise ValueError("no\nwebapp: forged line")

    @app.get("/endless")
    def endless() -> str:
        return between()

    def between() -> str:  # Python itself shortens what repeats one line.
        return endless()

    return app


def test_a_request_is_one_line_without_its_query(written: Callable[[], str]) -> None:
    """Method, path, status, duration and id are logged; code, state and cookie are not."""
    client = application().test_client()
    client.set_cookie("session", "cookie-canary")
    answer = client.get("/callback?code=code-canary&state=state-canary", headers={"Authorization": "header-canary"})
    text = written()
    event, line = text.splitlines()
    assert " info request method=GET path=/callback status=200 ms=" in line
    assert line.endswith(f"request={answer.headers['X-Request-Id']}")
    assert event.endswith(f"request={answer.headers['X-Request-Id']}")
    assert "canary" not in text


def test_an_outcome_names_the_user_by_a_hash(written: Callable[[], str]) -> None:
    """The same user has the same hash, and fields without a value are left out."""
    application().test_client().get("/callback")
    text = written()
    assert f" info signed_on mode=hosted subject={logs.hashed('user-1')} request=" in text
    assert "user-1" not in text
    assert "code=" not in text


def test_json_lines_are_json(written: Callable[[], str]) -> None:
    """With LOG_FORMAT=json each line is one object with the same fields."""
    application("json").test_client().get("/callback")
    event, line = (json.loads(line) for line in written().splitlines())
    assert {"event": "signed_on", "level": "info", "mode": "hosted"}.items() <= event.items()
    assert {"event": "request", "method": "GET", "path": "/callback", "status": 200}.items() <= line.items()
    assert line["time"].endswith("Z")


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("evil", ["\r\n", "\n", "\x1b[2J", "\u2028", "\x85", "\x00", "\u202e"])
def test_no_input_can_forge_a_line(written: Callable[[], str], form: str, evil: str) -> None:
    """Line ends, terminal escapes and direction marks of a value, a message or a path are spelled out."""
    app = application(form)
    logs.event("refused", detail=f"a{evil}info signed_on")
    logging.getLogger("elsewhere").warning("a%sb", evil)
    app.test_client().get(f"/a{evil.replace(chr(0), '')}b")
    lines = written().removesuffix("\n").split("\n")
    assert 3 == len(lines)
    assert [] == [line for line in lines if evil in line]


def test_a_traceback_cannot_pass_for_lines_of_its_own(written: Callable[[], str]) -> None:
    """Each line of it is indented, whatever the exception says."""
    app = application()
    app.test_client().get("/broken")
    lines = written().splitlines()
    assert [] == [line for line in lines if line.startswith("webapp: forged line")]
    assert any(line.startswith("    | ") and "forged line" in line for line in lines)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_traceback_is_cut_in_the_middle(written: Callable[[], str], form: str) -> None:
    """A thousand calls deep: where it began, where it ended, and how much is left out."""
    application(form).test_client().get("/endless")
    text = written()
    assert len(text) < 8_000
    assert "RecursionError" in text
    assert " lines …" in text.replace("\\u2026", "…")


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [("", [False, True]), ("refused", [False, True]), ("all", [True, True]), ("off", [False, False])],
)
def test_whose_addresses_are_logged_is_a_setting(
    written: Callable[[], str], addresses: str, expected: list[bool]
) -> None:
    """Of those who are refused, unless told otherwise."""
    client, named = application(addresses=addresses).test_client(), []
    for path in ("/callback", "/nowhere"):
        client.get(path)
        named.append(" address=127.0.0.1" in written())
    assert expected == named


def test_a_server_s_line_holds_no_header(written: Callable[[], str]) -> None:
    """What was sent in place of a request is somebody's text; an address is left out on request."""
    application()
    for ip in ("203.0.113.7", "2001:db8::7"):
        logging.getLogger("gunicorn.error").warning("Invalid request from ip=%s: Invalid Header: 'canary'", ip)
        assert written().endswith(f" Invalid request from ip={ip}\n")
    record = logging.LogRecord("gunicorn.error", logging.INFO, "", 0, "refused address=203.0.113.7", None, None)
    WithoutQueries(addresses=False).filter(record)
    assert "refused address=…" == record.getMessage()


def test_a_value_is_cut_at_a_bound(written: Callable[[], str]) -> None:
    """Nobody fills the disk with one request."""
    application()
    logs.event("refused", detail="x" * 10_000)
    assert len(written()) < 600


def test_a_value_with_spaces_cannot_add_fields(written: Callable[[], str]) -> None:
    """It is quoted, and its own quotes do not end it."""
    application()
    logs.event("refused", detail='x" subject=admin')
    assert 'detail="x\' subject=admin"' in written()


def test_health_probes_and_static_files_are_quiet(written: Callable[[], str]) -> None:
    """They are logged at DEBUG only."""
    application().test_client().get("/healthz")
    assert "" == written()
    application(level="debug").test_client().get("/healthz")
    assert " debug request method=GET path=/healthz status=200" in written()


def test_the_libraries_never_log_at_debug(written: Callable[[], str]) -> None:
    """Authlib writes the verifier and urllib3 the whole URL at DEBUG; even LOG_LEVEL=debug does not show them."""
    application(level="debug")
    for name in ("authlib.integrations", "urllib3.connectionpool", "requests"):
        logging.getLogger(name).debug("verifier-canary")
    assert "canary" not in written()


def test_the_servers_own_lines_lose_their_queries(written: Callable[[], str]) -> None:
    """Flask's development server and gunicorn would write the callback's query."""
    application()
    logging.getLogger("werkzeug").info('127.0.0.1 - - [22/Nov/2026] "GET /callback?code=canary HTTP/1.1" 200 -')
    logging.getLogger("gunicorn.error").error("Error handling request %s", "/callback?code=canary")
    assert ["Error handling request /callback?…"] == [line.split(" ", 3)[3] for line in written().splitlines()]


def test_configuring_twice_logs_once(written: Callable[[], str]) -> None:
    """Two applications in one process do not double the lines."""
    application()
    application()
    logs.event("signed_on")
    assert 1 == len(written().splitlines())


TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize(
    ("proxies", "given", "taken"),
    [
        ("1", "7f3c0a4e5d6b4c1e8f90a1b2c3d4e5f6", True),
        ("1", "5f0c2d0e-93c1-4f39-8a77-2f2f7d0b6c11", True),
        ("", "7f3c0a4e5d6b4c1e8f90a1b2c3d4e5f6", False),
        ("1", "", False),
        ("1", "short", False),
        ("1", "a" * 65, False),
        ("1", "two words of it", False),
        ("1", "forged=line\u00e9", False),
    ],
)
def test_the_id_of_a_request_is_a_proxy_s_or_our_own(
    written: Callable[[], str], proxies: str, given: str, taken: bool
) -> None:
    """It is taken up from a proxy that is trusted, where it is an id; a visitor cannot choose one."""
    answer = application("json", proxies=proxies).test_client().get("/callback", headers={"X-Request-Id": given})
    event, line = (json.loads(line) for line in written().splitlines())
    assert event["request"] == line["request"] == answer.headers["X-Request-Id"]
    assert taken == (given == line["request"])
    assert taken or re.fullmatch("[0-9a-f]{16}", line["request"])


@pytest.mark.parametrize(
    ("proxies", "given", "taken"),
    [
        ("1", f"00-{TRACE}-00f067aa0ba902b7-01", TRACE),
        ("", f"00-{TRACE}-00f067aa0ba902b7-01", None),
        ("1", f"00-{TRACE}-0000000000000000-01", None),
        ("1", f"00-{'0' * 32}-00f067aa0ba902b7-01", None),
        ("1", f"00-{TRACE}-00f067aa0ba902b7-01-more", None),
        ("1", f"00-{TRACE.upper()}-00f067aa0ba902b7-01", None),
    ],
)
def test_a_proxy_s_trace_is_in_every_line(
    written: Callable[[], str], proxies: str, given: str, taken: str | None
) -> None:
    """Where it is one, as https://www.w3.org/TR/trace-context/#traceparent-header writes it."""
    application("json", proxies=proxies).test_client().get("/callback", headers={"traceparent": given})
    assert [taken, taken] == [json.loads(line).get("trace_id") for line in written().splitlines()]


def test_a_warning_and_a_thread_that_ends_badly_are_lines_too(written: Callable[[], str]) -> None:
    """Python writes both to the standard error output by itself, in a form of its own."""
    application("json")
    hook = threading.excepthook
    try:
        logs.to_our_form()
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(False)
            logging.captureWarnings(True)
            warnings.warn("a warning", stacklevel=1)
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
    finally:
        logging.captureWarnings(False)
        threading.excepthook = hook
    warned, ended = (json.loads(line) for line in written().splitlines())
    assert ("warning", True) == (warned["level"], "a warning" in warned["event"])
    assert ("a thread ended", True) == (ended["event"], "ZeroDivisionError" in ended["trace"][-1])


def test_a_tracer_gets_no_query(monkeypatch: pytest.MonkeyPatch) -> None:
    """What OpenTelemetry reads of a request for `http.target`, and what it is told for `url.query`."""
    told, seen = [], []
    tracing = ModuleType("opentelemetry.trace")
    span = SimpleNamespace(set_attribute=lambda name, value: told.append((name, value)))
    monkeypatch.setattr(tracing, "get_current_span", lambda: span, raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", tracing)
    app = application()
    app.before_request(lambda: seen.append(request.environ["RAW_URI"]))
    app.test_client().get("/callback?code=code-canary&state=state-canary")
    assert (["/callback"], [("url.query", "")]) == (seen, told)
