"""The benchmark: it is run by hand, so that a test must notice when it has stopped working."""

import pytest

from tests.bench.__main__ import main


def test_the_benchmark_runs_and_prints_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    """A short run measures the application beside the floor: each sign-on costs one call."""
    main(["--rounds", "1", "--sign-ons", "8", "--only", "this application, hosted"])
    head, _, floor, hello, ours, *_ = capsys.readouterr().out.splitlines()
    calls = slice(head.index("requests") + 2, head.index("requests") + len("requests"))
    assert ["1.00", "", "1.00"] == [line[calls].strip() for line in (floor, hello, ours)]
