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
    "api_call": CodePlace("webapp/signon/api_calls.py", "ApiCalls.get"),
    "check": CodePlace("webapp/oidc/response.py", "check_response"),
}


def explain(name: str) -> Explanation:
    """The explanation of a step by its name, as `classify.name_of` gives it; unknown names are `other`."""
    kind, _, action = name.partition(":")
    return ACTIONS.get(action) or STEPS.get(kind) or STEPS["other"]


def code_place(name: str) -> CodePlace | None:
    """Where the step is made; None for steps that PingOne or the browser makes alone."""
    return PLACES.get(name.partition(":")[0])
