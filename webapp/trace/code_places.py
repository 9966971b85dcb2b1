"""Where in this application each step is made, so that a reader of a trace can go on reading in the code.

A test keeps this table honest: every file and every function named here exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class CodePlace:
    """A file, relative to the project, and a function in it; a method is written `Class.method`."""

    file: str
    function: str


PLACES: Mapping[str, CodePlace] = {
    "start": CodePlace("webapp/signon.py", "SignOn.begin"),
    "discovery": CodePlace("webapp/oidc/provider.py", "discover"),
    "jwks": CodePlace("webapp/oidc/keys.py", "fetch_keys"),
    "par": CodePlace("webapp/oidc/request.py", "push"),
    "authorize": CodePlace("webapp/signon.py", "SignOn.begin"),
    "authorize_by_server": CodePlace("webapp/pingone/api.py", "start"),
    "sign_on_page": CodePlace("webapp/signon.py", "SignOn.adopt"),
    "step": CodePlace("webapp/signon.py", "SignOn.submit"),
    "flow_read": CodePlace("webapp/pingone/api.py", "read"),
    "flow_action": CodePlace("webapp/pingone/api.py", "act"),
    "resume_json": CodePlace("webapp/pingone/api.py", "resume"),
    "resume_redirect": CodePlace("webapp/pingone/api.py", "resume"),
    "resume_refused": CodePlace("webapp/pingone/api.py", "resume"),
    "resume_by_browser": CodePlace("webapp/signon.py", "SignOn.resume"),
    "callback": CodePlace("webapp/signon.py", "SignOn.complete"),
    "token": CodePlace("webapp/oidc/tokens.py", "exchange_code"),
    "refresh": CodePlace("webapp/oidc/tokens.py", "refresh"),
    "userinfo": CodePlace("webapp/oidc/userinfo.py", "fetch_userinfo"),
    "introspect": CodePlace("webapp/oidc/userinfo.py", "introspect"),
    "revoke": CodePlace("webapp/oidc/userinfo.py", "revoke"),
    "signoff": CodePlace("webapp/oidc/sign_off.py", "sign_off_parameters"),
    "check": CodePlace("webapp/oidc/response.py", "check_response"),
}
