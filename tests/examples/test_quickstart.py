"""docs/quickstart.md says what a run finds, and the copied core lets nothing through."""

from tests.examples import table


def test_the_table_is_fresh_and_the_core_refuses_everything():
    """`python -m tests.examples.table` writes the page; every poisoned answer signs nobody on at our example."""
    core = table.measured("flask_app")
    assert {"refused"} == {seen for cases in core.values() for seen in cases.values()}
    assert table.page(table.measured("authlib_quickstart"), core) == table.PAGE.read_text(encoding="utf-8")
