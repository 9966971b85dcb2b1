"""Sign-on policies: the name becomes the ``acr`` claim, the steps are what a flow goes through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """``start`` is the first step when nobody is signed on; ``steps`` must all have been done for SSO."""

    name: str
    what: str
    start: str
    steps: tuple[str, ...]
    registration: bool = False
    davinci: bool = False


POLICIES: tuple[Policy, ...] = (
    Policy("Single_Factor", "user name and password", "login", ("login",)),
    Policy("Multi_Factor", "password, then a second factor", "login", ("login", "mfa")),
    Policy("Identifier_First", "user name first, then the password or the company's own sign-on",
           "identifier", ("login",)),
    Policy("Registration", "sign on, or register a new user", "login", ("login",), registration=True),
    Policy("Agreement", "password, then an agreement to accept", "login", ("login", "agreement")),
    Policy("Progressive_Profiling", "password, then missing profile data", "login", ("login", "profile")),
    Policy("MFA_Only", "a second factor alone, for the user whom login_hint_token names", "mfa", ("mfa",)),
    Policy("External_IdP", "an external identity provider", "external", ("external",)),
)


def choose(acr_values: Sequence[str], known: Sequence[Policy] = POLICIES) -> Policy | None:
    """The first policy named, PingOne's order of preference; the default when none is asked for.

    None when names were given and the application has none of them.
    """
    if not acr_values:
        return known[0]
    by_name = {policy.name: policy for policy in known}
    return next((by_name[name] for name in acr_values if name in by_name), None)
