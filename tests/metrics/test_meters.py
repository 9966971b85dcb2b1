"""What is counted: sign-ons, calls, the store, threads; and what can never become a label."""

import re
import subprocess
import sys

import pytest

from config import PROJECT
from tests.bench.calls import Counting
from tests.metrics.conftest import Site
from tests.support import provider_faults as http
from tests.support import provider_wire as wire
from webapp.metrics.meters import CAUSES, ENDPOINTS
from webapp.store.protocol import StoreUnavailable

EXPECTED = {
    "hosted": ["token"],
    "redirectless": ["authorize", "flow", "resume", "token"],
    "custom": ["flow", "flow", "resume", "token"],
}


@pytest.mark.parametrize("mode", EXPECTED)
def test_a_sign_on_is_counted_by_its_mode_and_its_calls_by_endpoint(site: Site, mode: str) -> None:
    """Each call is timed once."""
    site.new_browser().sign_on("hosted")
    browser, before = site.new_browser(), site.numbers()
    added = site.counted(lambda: browser.sign_on(mode))
    assert 1 == added.pop(f'sign_ons_total{{mode="{mode}",outcome="signed_on"}}')
    assert EXPECTED[mode] == sorted(
        name for key, value in added.items() for name in re.findall(r'calls_total{endpoint="(\w+)"', key) * int(value)
    )
    timed = {key: value - before.get(key, 0) for key, value in site.numbers().items() if "call_seconds_count" in key}
    assert len(EXPECTED[mode]) == sum(timed.values())
    assert not [key for key in added if "failures" in key or "errors" in key]


def test_what_follows_a_sign_on_is_counted(site: Site) -> None:
    """Refresh, sign-off by its owner, and a page that is refused to nobody in particular."""
    browser = site.new_browser()
    browser.sign_on("hosted")
    assert 1 == site.counted(lambda: browser.post("/session/refresh"))['refreshes_total{outcome="refreshed"}']
    assert 1 == site.counted(lambda: browser.post("/sign-off"))['sign_offs_total{by="owner"}']
    assert {'refusals_total{code="not_found"}': 1} == site.counted(lambda: browser.get("/nowhere"))


def test_a_refused_refresh_is_not_one_that_failed(site: Site) -> None:
    """PingOne said no, or nothing of use."""
    browser = site.new_browser()
    browser.sign_on("hosted")
    for fault, outcome in ((http.status(503), "failed"), (wire.reset_before, "failed"), (http.status(400), "refused")):
        site.provider.faults["refresh"] = fault
        assert 1 == site.counted(lambda: browser.post("/session/refresh"))[f'refreshes_total{{outcome="{outcome}"}}']


def test_a_refused_sign_on_is_counted_by_its_code(site: Site) -> None:
    """The code of the error, as in the log and on the page."""
    site.provider.tamper("id_token", nonce="another")
    added = site.counted(lambda: site.new_browser().sign_on("hosted"))
    assert 1 == added['sign_ons_total{mode="hosted",outcome="id_token_claim"}']


@pytest.mark.parametrize(
    ("endpoint", "fault", "cause", "status"),
    [
        ("token", wire.reset_before, "dropped", "none"),
        ("token", wire.late(3), "time", "none"),
        ("token", http.status(503), "status_5xx", "5xx"),
        ("token", http.status(429), "status_429", "4xx"),
        ("token", wire.length_negative, "malformed", "none"),
        ("token", http.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"), "too_large", "none"),
    ],
)
def test_a_failure_is_counted_by_its_cause(site: Site, endpoint: str, fault: object, cause: str, status: str) -> None:
    """And as a call that was made, with the class of its status, if it has one."""
    site.new_browser().sign_on("hosted")
    site.provider.faults[endpoint] = fault
    added = site.counted(lambda: site.new_browser().sign_on("hosted"))
    assert 1 == added[f'call_failures_total{{cause="{cause}",endpoint="{endpoint}"}}']
    assert 1 == added[f'calls_total{{endpoint="{endpoint}",status="{status}"}}']


def test_a_circuit_that_opens_is_seen_and_its_calls_are_no_calls(site: Site) -> None:
    """Five refused connections, then PingOne is left alone; when it answers again, that is seen as well."""
    site.provider.server.down()
    for _ in range(6):
        site.new_browser().start("redirectless")
    numbers = site.numbers()
    assert 1 == numbers["circuit_open"]
    assert 0 < numbers['call_failures_total{cause="circuit",endpoint="discovery"}']
    assert 5 == numbers['call_failures_total{cause="refused",endpoint="discovery"}']
    assert 5 == numbers['calls_total{endpoint="discovery",status="none"}']
    site.services.watch.meters.answered("discovery", 200, 0.1)
    assert 0 == site.numbers()["circuit_open"]


def test_the_store_is_timed_and_its_errors_are_counted(site: Site) -> None:
    """By operation."""
    browser = site.new_browser()
    browser.sign_on("hosted")
    assert site.numbers()['store_seconds_count{operation="change"}'] >= 1

    def fail(call: str) -> None:
        if call.startswith("touch"):
            raise StoreUnavailable("gone")

    site.store.before = fail
    assert 1 == site.counted(lambda: browser.get("/session"))['store_errors_total{operation="touch"}']


def test_records_are_counted_by_kind_now_and_then(site: Site) -> None:
    """And none is shown while the store cannot count them: 0 would be believed."""
    numbers = site.numbers()
    assert (0, 0) == (numbers['records{kind="session"}'], numbers['records{kind="other"}'])
    assert 0 == numbers['call_failures_total{cause="time",endpoint="token"}']  # What never happened is there as well.
    site.new_browser().sign_on("hosted")
    assert 0 == site.numbers()['records{kind="session"}']  # Not counted again so soon.
    assert {"session": 1, "session-of": 1, "story": 1}.items() <= site.services.watch.census().items()


def test_busy_threads_are_those_that_answer(site: Site) -> None:
    """One, while the store is asked; none afterwards, whatever went wrong."""
    seen, registry = set(), site.services.watch.meters.registry
    site.store.before = lambda call: seen.add(registry.get_sample_value("pingone_signon_threads_busy"))
    site.new_browser().sign_on("hosted")
    assert {1.0} == seen
    names = ("threads_busy", "calls_in_progress", "threads", "calls_limit")
    assert [0, 0, 32, 24] == [site.numbers()[name] for name in names]


def test_no_visitor_makes_a_label(site: Site) -> None:
    """Paths, parameters, user names, states, and what PingOne says: the labels stay those of this program."""
    browser = site.new_browser()
    site.provider.tamper("token", error="canary", error_description="canary")
    for path in (
        "/canary", "/sign-on/canary", "/sign-on/hosted?return_to=/canary&login_hint=canary",
        "/callback?code=canary&state=canary", "/callback?error=canary&state=canary", "/sign-on/step/canary",
        "/resume?flowId=canary", "/sign-on/prepare?mode=canary", "/help/canary", "/traces/canary",
    ):  # fmt: skip
        browser.get(path, X_Request_Id="canary", User_Agent="canary")
    page = browser.start("redirectless")
    browser.submit(page, username="canary", password="canary")
    site.provider.faults["token"] = http.status(400, body=b'{"error":"canary","error_description":"canary"}')
    browser.sign_on("hosted")
    text = site.text()
    assert "canary" not in text
    assert {"none", "1xx", "2xx", "3xx", "4xx", "5xx"} >= set(re.findall(r'status="(.*?)"', text))
    assert set(ENDPOINTS) >= set(re.findall(r'endpoint="(.*?)"', text))
    assert set(CAUSES) >= set(re.findall(r'cause="(.*?)"', text))


@pytest.mark.parametrize(("mode", "most"), [("hosted", 230), ("redirectless", 430), ("custom", 540)])
def test_what_counting_costs_a_sign_on(site: Site, monkeypatch: pytest.MonkeyPatch, mode: str, most: int) -> None:
    """Calls of Python and C functions: some 190, 390 and 500, and a sweep of the store may fall into them."""
    for _ in range(2):
        site.new_browser().sign_on(mode)
    browser = site.new_browser()
    counting = Counting({"metrics": ("/webapp/metrics/", "/prometheus_client/")})
    application = browser.client.application
    answer = application.wsgi_app

    def counted(environ, start_response):
        with counting:
            return answer(environ, start_response)

    monkeypatch.setattr(application, "wsgi_app", counted)
    browser.sign_on(mode)
    assert 0 < counting.parts["metrics"] <= most


def test_nothing_is_loaded_while_the_port_is_closed() -> None:
    """Neither the library nor our own modules: METRICS_PORT is 0 unless it is set."""
    script = (
        "import sys; from config import Settings; from webapp import create_app\n"
        "create_app(Settings.from_env({'SECRET_KEY': '0123456789abcdefghijklmnopqrstuvwxyz', 'SIMULATOR': 'on'}))\n"
        "print([name for name in sys.modules if 'prometheus' in name or name.startswith('webapp.metrics')])"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, timeout=60)
    assert ("[]\n", "") == (ended.stdout, ended.stderr)
