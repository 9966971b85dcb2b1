"""The count at the end of a test run: how many facts were checked against which target."""

from collections import defaultdict

import pytest
from _pytest.terminal import TerminalReporter

from tests.contract.facts import FACTS

_SAID = pytest.StashKey[bool]()


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Say it once, whichever conftest brought this hook along; nothing when no such test ran."""
    if config.stash.get(_SAID, False):
        return
    config.stash[_SAID] = True
    for line in lines(terminalreporter.stats):
        terminalreporter.write_line(line)


def lines(stats: dict[str, list[object]]) -> list[str]:
    """A fact counts for a target when a test of it passed there and none failed."""
    passed, failed = _seen(stats, "passed"), _seen(stats, "failed", "error", "xfailed")
    found = []
    for target in sorted(passed | failed):
        checked = passed[target] - failed[target]
        tags = [FACTS[each].tag for each in checked]
        found.append(
            f"contract: {len(checked)} facts checked against the {target} "
            f"(D: {tags.count('D')}, C: {tags.count('C')}), {len(FACTS) - len(checked)} not covered"
        )
    return found


def _seen(stats: dict[str, list[object]], *outcomes: str) -> dict[str, set[str]]:
    """Target -> facts of the tests that ended in one of these ways."""
    seen: dict[str, set[str]] = defaultdict(set)
    for outcome in outcomes:
        for report in stats.get(outcome, []):
            properties = dict(getattr(report, "user_properties", ()))
            target, *ids = properties.get("facts", [""])
            if target:
                seen[target].update(ids)
    return seen
