"""The alert rules and the dashboard of `deploy/`: they ask for what is there, and an alert fires when PingOne stops."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import PROJECT
from tests.metrics.conftest import Site

ALERTS = PROJECT / "deploy/prometheus/alerts.yml"
DASHBOARD = PROJECT / "deploy/grafana/dashboard.json"
needs_promtool = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not here (package prometheus)")


def promtool(*arguments: object, given: str | None = None) -> None:
    ended = subprocess.run(
        ["promtool", *map(str, arguments)], input=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert 0 == ended.returncode, ended.stdout + ended.stderr


def expressions() -> Iterator[str]:
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel["targets"]:
            yield target["expr"].replace("$__rate_interval", "1m").replace("$instance", ".*")


def test_rules_and_dashboard_ask_for_what_is_exported(site: Site) -> None:
    """Every name that they use is there, with the labels that they choose by, and every number is on the dashboard."""
    site.new_browser().sign_on("hosted")
    text = site.text()
    exported = set(re.findall(r"^(pingone_signon_\w+)", text, re.MULTILINE))
    rules, dashboard = ALERTS.read_text(), DASHBOARD.read_text()
    assert set() == set(re.findall(r"pingone_signon_\w+", rules + dashboard)) - exported
    families = set(re.findall(r"^# TYPE pingone_signon_(\w+?)(?:_total)? ", text, re.MULTILINE))
    families = {name for name in families if not name.endswith("_created")}  # Of one process alone.
    assert set() == {name for name in families if f"pingone_signon_{name}" not in dashboard}
    documented = (PROJECT / "docs/operate.md").read_text().partition("## Metrics")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", documented, re.MULTILINE)[1:]
    assert families == {name.removesuffix("_total") for row in rows for name in re.findall(r"`(\w+)`", row)}
    chosen = re.findall(r'(outcome|cause|code|kind|endpoint)[!=]=?~?\s*\\?"([\w|]+)', rules + dashboard)
    assert len(chosen) > 10
    values = {(name, value) for name, found in chosen for value in found.split("|")}
    assert set() == {(name, value) for name, value in values if f'{name}="{value}"' not in text}


@needs_promtool
def test_promtool_finds_nothing_wrong(site: Site, tmp_path: Path) -> None:
    """With the page of the metrics, the configuration, its rules, and the queries of the dashboard."""
    site.new_browser().sign_on("hosted")
    promtool("check", "metrics", given=site.text())
    promtool("check", "config", PROJECT / "deploy/prometheus/prometheus.yml")
    rules = [{"record": f"panel{number}", "expr": query} for number, query in enumerate(expressions())]
    (tmp_path / "dashboard.yml").write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    promtool("check", "rules", tmp_path / "dashboard.yml")


@needs_promtool
def test_an_alert_fires_when_pingone_is_stopped(site: Site, tmp_path: Path) -> None:
    """Two sign-ons a minute, and what is read after each: PingOne listens for eight minutes, and then no more."""
    pages = list[dict[str, float]]()
    for minute in range(14):
        if minute == 8:
            site.provider.server.down()
        for _ in range(2):
            site.new_browser().sign_on("redirectless")
        pages.append(site.numbers())
    firing = 'ALERTS{alertstate="firing",severity="page"}'
    unreachable = 'ALERTS{alertname="PingOneUnreachable",alertstate="firing",severity="page"}'
    expected = {"9m": [], "13m": [{"labels": unreachable, "value": 1}]}
    test = {
        "interval": "1m",
        "input_series": [
            {"series": f"pingone_signon_{name}", "values": " ".join(str(page.get(name, "_")) for page in pages)}
            for name in sorted({*pages[0], *pages[-1]})
        ],
        "promql_expr_test": [
            {"expr": firing, "eval_time": when, "exp_samples": alerts} for when, alerts in expected.items()
        ],
    }
    given = {"rule_files": [str(ALERTS)], "evaluation_interval": "1m", "tests": [test]}
    (tmp_path / "test.yml").write_text(json.dumps(given))
    promtool("test", "rules", tmp_path / "test.yml")
