"""The table of the OpenID Foundation's tests is whole: every row that applies has a test of its own."""

import subprocess
import sys
from pathlib import Path

from tests.adversarial import table

PROJECT = Path(__file__).resolve().parents[2]


def test_every_row_has_a_test_or_a_reason() -> None:
    """A row without a test would be printed as not run, and nobody reads a table to its end."""
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", "tests/adversarial"]
    collected = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    tested = {row for line in collected.splitlines() for row in table.rows_of(line)}
    without = {row for row, expected in table.EXPECTED.items() if expected.startswith("n/a")}
    assert table.EXPECTED.keys() - without == tested


def test_a_row_fails_with_any_of_its_tests() -> None:
    """Name, expectation, and how many of its tests ended how."""
    found = table.lines([
        ("tests/adversarial/test_x.py::test_id_token_is_refused[A02-iss-hosted]", "passed"),
        ("tests/adversarial/test_x.py::test_id_token_is_refused[A02-iss-custom]", "failed"),
        ("tests/adversarial/test_x.py::test_a39_a40_refresh[x]", "passed"),
    ])  # fmt: skip
    by_row = {line[:3]: line[4:].strip() for line in found}
    assert "ID token of another issuer: refused" in by_row["A02"]
    assert by_row["A02"].endswith("1 failed, 1 passed")
    assert ["1 passed", "1 passed"] == [by_row[row][-8:] for row in ("A39", "A40")]
    assert by_row["A03"].endswith("not run")
    assert by_row["A35"].endswith("-")
