"""Who may do what: pure decisions about a signed-on person, strict on types, each returned as a check.

`"members" in claims["groups"]` is also true for the string `"former-members"`. So a claim that is not of the type that
it should have decides nothing, and what was never asked of the provider (a policy, a fresh sign-on) is not believed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .checks import Check
from .errors import SignOnError
from .id_token import LEEWAY, moment
from .request import Ask
from .signed_on import SignedOn

GROUPS = "https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3.1"
SCOPES = "https://www.rfc-editor.org/rfc/rfc6749#section-3.3"
STEP_UP = "https://www.rfc-editor.org/rfc/rfc9470#section-5"


class AccessRefused(SignOnError):
    """The person is known and may not do this. To sign on again with the same rights would change nothing."""

    code = "access_refused"
    status = 403


@dataclass(frozen=True)
class Wanted:
    """What a page or an action asks for. Empty members are not asked for.

    `acr_values` and `scope` are separated by spaces: one of the first, all of the second. `max_age`: seconds since the
    person last proved who they are.
    """

    group: str = ""
    acr_values: str = ""
    max_age: int | None = None
    scope: str = ""


def groups_of(claims: Mapping[str, Any], claim: str = "groups") -> tuple[str, ...]:
    """Return the names of the groups; none for a claim that is not a list of strings through and through."""
    found = claims.get(claim)
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        return ()
    return tuple(found)


def in_group(claims: Mapping[str, Any], group: str, claim: str = "groups") -> Check:
    """Whether the person is in a group. Upper and lower case differ, as they do in the directory."""
    groups, found = groups_of(claims, claim), claims.get(claim)
    shown = ", ".join(groups)[:200] if groups or found == [] else "absent" if found is None else "not a list of strings"
    return Check("group", f"{group}, in the claim {claim}", shown or "no group", group in groups, GROUPS)


def has_scope(granted: object, scope: str) -> Check:
    """Whether every one of the wanted scopes was granted; both are separated by spaces, `granted` may be no string."""
    passed = isinstance(granted, str) and set(scope.split()) <= set(granted.split(" "))
    return Check("scope", scope, str(granted or "none")[:200], passed, SCOPES)


def by_policy(claims: Mapping[str, Any], wanted: str, asked: str) -> Check:
    """Whether the sign-on fulfilled one of the wanted policies, and was asked for it.

    An `acr` that nobody asked for is what the provider happened to say: it was compared with nothing at sign-on.
    """
    acr = claims.get("acr")
    passed = isinstance(acr, str) and acr in wanted.split() and acr in asked.split()
    shown = acr[:200] if isinstance(acr, str) else "absent" if acr is None else "not a string"
    if not passed and isinstance(acr, str) and acr in wanted.split():
        shown += ", which the sign-on did not ask for"
    return Check("step-up acr", " or ".join(wanted.split()), shown, passed, STEP_UP)


def recent(claims: Mapping[str, Any], max_age: int, asked: bool, now: float) -> Check:
    """Whether the person proved who they are at most `max_age` seconds ago. `now`: seconds since 1970, UTC.

    `asked`: a fresh sign-on was asked for. Only then does a refresh leave `auth_time` where it was: a time that a
    refresh may move says nothing about the person.
    """
    since = moment(claims.get("auth_time"))
    passed = asked and since is not None and now - max_age - LEEWAY <= since <= now + LEEWAY
    shown = "absent" if since is None else f"{int(now - since)} s ago"
    shown += "" if asked or since is None else ", without being asked for"
    return Check("step-up auth_time", f"at most {max_age} s ago", shown, passed, STEP_UP)


def examined(on: SignedOn, wanted: Wanted, now: float, groups_claim: str = "groups") -> tuple[Check, ...]:
    """Return a check for each thing that is wanted of a signed-on person, passed or not. `now`: seconds since 1970."""
    checks = []
    if wanted.group:
        checks.append(in_group(on.claims, wanted.group, groups_claim))
    if wanted.acr_values:
        checks.append(by_policy(on.claims, wanted.acr_values, on.asked_acr))
    if wanted.max_age is not None:
        checks.append(recent(on.claims, wanted.max_age, on.fresh, now))
    if wanted.scope:
        checks.append(has_scope(on.tokens.scope, wanted.scope))
    return tuple(checks)


def refuse(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Return the checks if all of them passed; raise `AccessRefused` with the first that did not."""
    checks = tuple(checks)
    for check in checks:
        if not check.passed:
            raise AccessRefused(f"{check.name}: {check.actual}", check=check, checks=checks)
    return checks


def step_up(ask: Ask, wanted: Wanted) -> Ask:
    """Return what to ask the provider for, so that a person who lacks what a page wants may come back with it."""
    scope = " ".join(dict.fromkeys([*ask.scope.split(), *wanted.scope.split()]))
    return Ask(scope=scope, max_age=wanted.max_age, login_hint=ask.login_hint, acr_values=wanted.acr_values)
