"""How to sign on so that a fault of the simulator is seen: a row for each that takes more than a plain sign-on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import url_for

from config import Settings

from ..simulator.engine.fault_catalogue import CATALOGUE

SHARED = "sharedTestUser"
REDIRECTED = "custom"
"""Our own page in a mode that redirects: a visitor who tries something out stays on this site."""
USERINFO = "Then press “Read userinfo” on your session page."
REFRESH = "Then press “Refresh the tokens” on your session page."
POLICY = "{step_up}"


@dataclass(frozen=True)
class Trial:
    """One sign-on to begin. `ask` is the query of its start; `then` is what is left to do after it."""

    mode: str = "redirectless"
    ask: Mapping[str, str] = field(default_factory=dict)
    then: str = ""
    later: str = ""
    """The page where it begins for a visitor who is signed on already; empty where it takes a sign-on of its own."""
    fault: str = ""
    title: str = ""
    """Says what is tried where no fault does."""

    def url(self, settings: Settings, signed_in: bool) -> str:
        """Return where it begins."""
        if signed_in and self.later:
            return url_for(self.later)
        asked = {"login_hint": SHARED, **self.ask}
        asked = {name: value.replace(POLICY, settings.step_up_acr) for name, value in asked.items()}
        return url_for(f"sign_on.{self.mode}") + "?" + urlencode(asked)


ORDERS = {"scope": "openid profile orders:read", "return_to": "/orders"}
MEMBERS = {"return_to": "/members"}
FRESH_ENOUGH = {"login_hint": "mfaTestUser", "acr_values": POLICY, "max_age": "86400", "return_to": "/transfer"}
BY_FAULT = {
    "auth_time_nonsense": Trial(ask={"max_age": "60"}),
    "acr_downgraded": Trial(ask={"acr_values": "Registration"}),
    "signed_on_long_ago": Trial(ask=FRESH_ENOUGH),
    "another_person": Trial(ask={"return_to": "/approval"}, then="Then ask for an approval.", later="approval.form"),
    "groups_missing": Trial(ask=MEMBERS),
    "groups_text": Trial(ask=MEMBERS),
    "scope_not_granted": Trial(ask=ORDERS),
    "state_dropped": Trial(REDIRECTED),
    "code_twice": Trial(REDIRECTED),
    "resume_elsewhere": Trial(REDIRECTED),
    "locked_older_form": Trial(ask={"login_hint": "lockedTestUser"}),
    **dict.fromkeys(("userinfo_subject", "userinfo_500", "userinfo_html"), Trial(then=USERINFO)),
    **dict.fromkeys(("refresh_subject", "refresh_refused"), Trial(then=REFRESH, later="session.show")),
    **{fault.name: Trial(ask=ORDERS) for fault in CATALOGUE if fault.name.startswith("access_") and not fault.refusal},
}
BY_RULE = {
    "step-up-acr": Trial(
        ask={"acr_values": f"Single_Factor {POLICY}", "max_age": "300", "return_to": "/transfer"},
        title="A weaker policy, on a page that wants a second factor",
    ),
}
"""Rules that an ordinary sign-on breaks: PingOne need do nothing wrong."""


def trial_of(fault: str) -> Trial:
    """Return how a fault is seen."""
    return BY_FAULT.get(fault, Trial())
