"""What the doctor says about groups, which only somebody who is signed on can show it."""

import pytest

from webapp.doctor.groups import look_at_groups


@pytest.mark.parametrize(
    ("claims", "ok", "title"),
    [
        ({}, False, "Groups do not arrive"),
        ({"groups": None}, False, "Groups do not arrive"),
        ({"groups": "members"}, False, "Groups cannot be read"),
        ({"groups": ["members", 7]}, False, "Groups cannot be read"),
        ({"groups": []}, True, "Groups arrive"),
        ({"groups": ["members"]}, True, "Groups arrive"),
    ],
    ids=str,
)
def test_whether_groups_arrive_is_said_with_the_console_field(claims, ok, title):
    """A mapping that is missing, or gives something else than a list of strings, is named with its place."""
    (finding,) = look_at_groups(claims, "groups")
    assert (ok, title) == (finding.ok, finding.title)
    assert ok or "Attribute Mappings > Group Names" in finding.console_field
