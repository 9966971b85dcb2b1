"""Guards believe a claim of the right type and value, and nothing that only looks like one."""

import pytest

from webapp.oidc.access import AccessRefused, Wanted, by_policy, groups_of, has_scope, in_group, recent, refuse, step_up
from webapp.oidc.request import Ask

NOW = 1_800_000_000.0
LOOKALIKES = [
    "members",
    "former-members",
    "members,admins",
    ["former-members"],
    ["Members"],
    [" members"],
    [["members"]],
    ["members", ["admins"]],
    ["members", 1],
    {"members": True},
    {"0": "members"},
    [{"name": "members"}],
    [b"members"],
    ("members",),
    True,
    1,
    None,
    [],
    [None],
]


@pytest.mark.parametrize("claim", LOOKALIKES, ids=repr)
def test_a_claim_that_only_looks_like_the_group_opens_nothing(claim: object) -> None:
    """A string that contains the name, a nested list, a number, another case: refused, and said so in words."""
    with pytest.raises(AccessRefused) as refused:
        refuse([in_group({"groups": claim}, "members")])
    assert 403 == refused.value.status
    assert refused.value.check and not refused.value.check.passed


@pytest.mark.parametrize("claim", [["members"], ["admins", "members"]])
def test_a_list_with_the_name_opens(claim: list[str]) -> None:
    """Wherever in the list it is, under the claim that the settings name."""
    [check] = refuse([in_group({"roles": claim}, "members", "roles")])
    assert (True, ", ".join(claim)) == (check.passed, check.actual)
    assert tuple(claim) == groups_of({"roles": claim}, "roles")


def test_a_group_without_a_name_is_nobodys() -> None:
    """A guard that forgot its group must not open to the group ''."""
    assert not in_group({}, "").passed


@pytest.mark.parametrize(
    ("acr", "asked", "passed"),
    [
        ("Multi_Factor", "Multi_Factor", True),
        ("Multi_Factor", "Multi_Factor Single_Factor", True),
        ("Multi_Factor", "", False),
        ("Multi_Factor", "Single_Factor", False),
        ("Single_Factor", "Multi_Factor", False),
        ("Single_Factor", "Single_Factor", False),
        ("Multi_Factor2", "Multi_Factor2", False),
        (["Multi_Factor"], "Multi_Factor", False),
        ({"Multi_Factor": 1}, "Multi_Factor", False),
        (1, "Multi_Factor", False),
        (None, "Multi_Factor", False),
        ("", "", False),
    ],
)
def test_a_policy_counts_where_it_was_asked_for(acr: object, asked: str, passed: bool) -> None:
    """And where the provider said exactly its name."""
    assert passed is by_policy({"acr": acr}, "Multi_Factor", asked).passed


@pytest.mark.parametrize(
    ("auth_time", "asked", "passed"),
    [
        (NOW - 300, True, True),
        (NOW - 330, True, True),
        (NOW - 331, True, False),
        (NOW + 30, True, True),
        (NOW + 31, True, False),
        (NOW - 10, False, False),
        (str(NOW - 10), True, False),
        (True, True, False),
        ([NOW], True, False),
        (float("nan"), True, False),
        (float("inf"), True, False),
        (None, True, False),
    ],
)
def test_a_sign_on_is_fresh_for_so_long(auth_time: object, asked: bool, passed: bool) -> None:
    """By the clock of the provider, thirty seconds more or less, and only if freshness was asked for."""
    assert passed is recent({"auth_time": auth_time}, 300, asked, NOW).passed


@pytest.mark.parametrize(
    ("granted", "wanted", "passed"),
    [
        ("openid orders:read", "orders:read", True),
        ("openid orders:read orders:write", "orders:write orders:read", True),
        ("openid orders:readonly", "orders:read", False),
        ("openid", "orders:read", False),
        ("", "orders:read", False),
        ("openid\u00a0orders:read", "orders:read", False),
        (["orders:read"], "orders:read", False),
    ],
)
def test_a_scope_is_a_word_of_its_own(granted: str, wanted: str, passed: bool) -> None:
    """`orders:readonly` is not `orders:read`, and only a space separates."""
    assert passed is has_scope(granted, wanted).passed


def test_a_step_up_asks_for_what_is_missing_and_keeps_what_was_asked() -> None:
    """Scopes are added; the policy and the age are the page's own; nobody is silently signed on by `prompt=none`."""
    ask = Ask(scope="openid profile", prompt="none", login_hint="jo", acr_values="Single_Factor")
    wanted = Wanted(acr_values="Multi_Factor", max_age=300, scope="orders:read openid")
    expected = Ask(scope="openid profile orders:read", max_age=300, login_hint="jo", acr_values="Multi_Factor")
    assert expected == step_up(ask, wanted)
