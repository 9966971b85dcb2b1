"""Whether the groups of a person arrive, which only the claims of somebody who is signed on can show."""

from collections.abc import Iterator, Mapping
from typing import Any

from .. import console
from ..oidc.access import groups_of
from .finding import Finding


def look_at_groups(claims: Mapping[str, Any], claim: str) -> Iterator[Finding]:
    """Yield what the `claims` of somebody's ID token say about groups; `claim` is the one that should name them."""
    found = claims.get(claim)
    if found is None:
        detail = (
            f"Your ID token has no claim {claim}, so no page for a group lets you in. Either you are in no group, or "
            "the application does not map Group Names to it. Leave Required off: a required mapping without a value "
            "stops the sign-on."
        )
        yield Finding(False, "Groups do not arrive", detail, str(console.GROUP_NAMES))
    elif not groups_of(claims, claim) and found != []:
        detail = f"The claim {claim} of your ID token is not a list of strings, so it names no group."
        yield Finding(False, "Groups cannot be read", detail, str(console.GROUP_NAMES))
    else:
        yield Finding(True, "Groups arrive", ", ".join(groups_of(claims, claim))[:200] or "You are in none.")
