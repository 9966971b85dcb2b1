"""The benchmark: it is run by hand, so that a test must notice when it has stopped working."""

from pathlib import Path

import pytest

from tests.bench.__main__ import main, running
from tests.bench.contestants import named


def test_the_benchmark_runs_and_prints_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    """A short run measures the application beside the floor: each sign-on costs one call."""
    main(["--rounds", "1", "--sign-ons", "8", "--only", "this application, hosted"])
    head, _, floor, hello, ours, *_ = capsys.readouterr().out.splitlines()
    calls = slice(head.index("requests") + 2, head.index("requests") + len("requests"))
    assert ["1.00", "", "1.00"] == [line[calls].strip() for line in (floor, hello, ours)]


def test_a_sign_on_stays_lean(tmp_path: Path) -> None:
    """Python calls in one warm sign-on, start to session page, with every check, the sealed store, story and log."""
    most = {
        "this application, hosted": 7_000,
        "this application, with Redis": 8_300,
        "this application, redirectless": 11_500,
    }
    with running(tmp_path, named("this application")) as (_, applications):
        calls = {each.name: sum(application.calls().values()) for each, application in applications.items()}
    assert {"this application, hosted"} <= {*calls}
    assert [] == [(name, calls[name]) for name in most if calls.get(name, 0) > most[name]]
