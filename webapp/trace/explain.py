"""What a step does and why, and where in this application it is made: a reader of a trace can go on in the code.

A test keeps this table honest: every file and every function named here exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .explanation import Explanation
from .explanations import STEPS
from .flow_explanations import ACTIONS


@dataclass(frozen=True)
class CodePlace:
    """A file, relative to the project, and a function in it; a method is written `Class.method`."""

    file: str
    function: str


PLACES: Mapping[str, CodePlace] = {
    "start": CodePlace("webapp/signon/sign_on.py", "SignOn.begin"),
    "discovery": CodePlace("webapp/oidc/provider.py", "discover"),
    "jwks": CodePlace("webapp/oidc/keys.py", "fetch_keys"),
    "par": CodePlace("webapp/oidc/request.py", "push"),
    "authorize": CodePlace("webapp/signon/sign_on.py", "SignOn.begin"),
    "authorize_by_server": CodePlace("webapp/pingone/api.py", "start"),
    "sign_on_page": CodePlace("webapp/signon/sign_on.py", "SignOn.adopt"),
    "step": CodePlace("webapp/signon/sign_on.py", "SignOn.submit"),
    "flow_read": CodePlace("webapp/pingone/api.py", "read"),
    "flow_action": CodePlace("webapp/pingone/api.py", "act"),
    "resume_json": CodePlace("webapp/pingone/api.py", "resume"),
    "resume_redirect": CodePlace("webapp/pingone/api.py", "resume"),
    "resume_refused": CodePlace("webapp/pingone/api.py", "resume"),
    "resume_by_browser": CodePlace("webapp/signon/sign_on.py", "SignOn.resume"),
    "callback": CodePlace("webapp/signon/sign_on.py", "SignOn.complete"),
    "token": CodePlace("webapp/oidc/tokens.py", "exchange_code"),
    "refresh": CodePlace("webapp/oidc/tokens.py", "refresh"),
    "userinfo": CodePlace("webapp/oidc/userinfo.py", "fetch_userinfo"),
    "introspect": CodePlace("webapp/oidc/userinfo.py", "introspect"),
    "revoke": CodePlace("webapp/oidc/userinfo.py", "revoke"),
    "signoff": CodePlace("webapp/oidc/sign_off.py", "sign_off_parameters"),
    "guarded": CodePlace("webapp/oidc/access.py", "in_group"),
    "step_up": CodePlace("webapp/oidc/access.py", "by_policy"),
    "scoped": CodePlace("webapp/oidc/access.py", "has_scope"),
    "approval": CodePlace("webapp/signon/sign_on.py", "SignOn.begin_approval"),
    "api_call": CodePlace("webapp/signon/api_calls.py", "ApiCalls.get"),
    "check": CodePlace("webapp/oidc/response.py", "check_response"),
}


LABELS: Mapping[str, str] = {
    "prepare": "Look at the request", "initiate": "Begin, asked by PingOne", "discovery": "Metadata",
    "jwks": "Public keys", "par": "Push the request", "authorize": "Authorization request",
    "authorize_by_server": "Ask for a flow", "pingone_page": "PingOne’s own page", "pingone_form": "PingOne’s form",
    "sign_on_page": "The flow, given to our page", "resume_json": "Resume: flow for code",
    "resume_redirect": "Resume: flow for code", "resume_refused": "Resume: no code",
    "resume_of_browser": "Resume by the browser", "resume_by_browser": "The flow, given back",
    "callback": "The answer arrives", "token": "Code for tokens", "refresh": "Refresh", "token_other": "Token endpoint",
    "userinfo": "Userinfo", "introspect": "Introspect", "revoke": "Revoke", "signed_off": "Back from sign-off",
    "sign_off_by_pingone": "Sign-off by PingOne", "api_call": "Call the API", "check": "Check, nothing sent",
}  # fmt: skip
"""Titles in a few words, for the diagram and the list of steps, where the title is longer."""
OPENED = ("guarded", "step_up", "scoped", "approval")
"""Pages of this application that want something of the visitor."""


def explain(name: str) -> Explanation:
    """The explanation of a step by its name, as `classify.name_of` gives it; unknown names are `other`."""
    kind, _, action = name.partition(":")
    return ACTIONS.get(action) or STEPS.get(kind) or STEPS["other"]


def label_of(name: str, url: str = "") -> str:
    """The step in at most thirty characters; pages that are alike in all but their address are named by it."""
    if name in OPENED and url.startswith("/"):
        return f"Open {url.partition('?')[0]}"[:30]
    return LABELS.get(name.partition(":")[0]) or explain(name).title


def code_place(name: str) -> CodePlace | None:
    """Where the step is made; None for steps that PingOne or the browser makes alone."""
    return PLACES.get(name.partition(":")[0])
