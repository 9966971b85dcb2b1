"""The page that the benchmark writes: its own part of docs/performance.md, between two marks."""

import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PAGE = "docs/performance.md"
PROJECT = Path(__file__).resolve().parents[2]
SHOWN = ("flask", "werkzeug", "gunicorn", "authlib", "joserfc", "cryptography", "redis", "urllib3", "requests")


def write(table: str, rounds: int, count: int, part: str) -> None:
    """Replace the part of the page that is between its marks."""
    page = PROJECT / PAGE
    versions = ", ".join(f"{name} {version(name)}" for name in SHOWN)
    text = (
        f"<!-- {part}: written by make bench -->\n"
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors, Python {platform.python_version()}, {versions}. "
        f"The median of {rounds} interleaved rounds of {count} sign-ons.\n\n```text\n{table}\n```\n"
        f"<!-- end of {part} -->"
    )
    found = re.compile(rf"<!-- {part}: written.*?<!-- end of {part} -->", re.DOTALL)
    page.write_text(found.sub(lambda _: text, page.read_text(encoding="utf-8")), encoding="utf-8")
