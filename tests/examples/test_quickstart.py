"""docs/quickstart.md says what a run finds, and the copied core lets nothing through."""

from tests.examples import table


def test_the_table_is_fresh_and_the_core_refuses_everything():
    """`python -m tests.examples.table` writes the page; no poisoned answer signs anybody on at our
    example, in hosted mode and by its own form."""
    core, by_form = table.measured("flask_app"), table.measured("flask_app", "redirectless")
    assert {"refused"} == {seen for mode in (core, by_form) for cases in mode.values() for seen in cases.values()}
    assert table.page(table.measured("authlib_quickstart"), core) == table.PAGE.read_text(encoding="utf-8")
