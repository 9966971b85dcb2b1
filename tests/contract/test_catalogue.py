"""The list of facts is kept: each has its test or its reason, and the documentation tells the same."""

from types import SimpleNamespace

import pytest

from tests.contract.coverage_table import PAGE, checked_by, page
from tests.contract.facts import FACTS, GROUPS, fact
from tests.contract.summary import lines


def test_each_fact_has_a_test_or_a_reason():
    """Never both and never neither."""
    tests = checked_by()
    assert [] == [each.id for each in FACTS.values() if not each.unchecked and each.id not in tests]
    assert [] == [each.id for each in FACTS.values() if each.unchecked and each.id in tests]


def test_facts_are_documented_or_seen():
    """What was only concluded is not in the list."""
    assert {"D", "C"} == {each.tag for each in FACTS.values()}
    assert set(GROUPS) == {each.group for each in FACTS.values()}


def test_an_unknown_fact_cannot_be_named():
    """A misspelt id is noticed when its test is collected."""
    with pytest.raises(ValueError, match="there is no fact 0-nothing"):
        fact("4-members", "0-nothing")


def test_enough_is_checked():
    """At least 150 facts."""
    assert len(checked_by()) >= 150


def test_the_documentation_is_current():
    """``python -m tests.contract.coverage_table`` writes it."""
    assert page() == PAGE.read_text(encoding="utf-8")


def test_a_fact_counts_when_no_test_of_it_failed():
    """Two tests of one fact passed and failed: it is not counted; another one is."""

    def report(*facts: str) -> object:
        return SimpleNamespace(user_properties=[("facts", ["simulator", *facts])])

    unrelated = SimpleNamespace(user_properties=[])
    stats = {"passed": [report("4-use", "4-kid-uuid"), unrelated], "failed": [report("4-use")]}
    expected = f"contract: 1 facts checked against the simulator (D: 0, C: 1), {len(FACTS) - 1} not covered"
    assert [expected] == lines(stats)
