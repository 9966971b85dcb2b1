"""What kind of step a request is, seen from its method, its path and who sent it to whom.

The names are the keys of the explanations and of the code references, and what `Story.checked(step=...)` takes.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from .steps import Step


# Requests of the browser to this application, by path.
_OWN_PATHS = (
    (re.compile(r"/sign-on/(hosted|redirectless|custom)"), "start"),
    (re.compile(r"/sign-on/prepare"), "prepare"),
    (re.compile(r"/sign-on/page"), "sign_on_page"),
    (re.compile(r"/sign-on/step/[^/]*"), "step"),
    (re.compile(r"/sign-on/initiate"), "initiate"),
    (re.compile(r"/callback"), "callback"),
    (re.compile(r"/resume"), "resume_by_browser"),
    (re.compile(r"/sign-off"), "sign_off"),
    (re.compile(r"/signed-off"), "signed_off"),
    (re.compile(r"/front-channel-sign-off|/back-channel-sign-off"), "sign_off_by_pingone"),
    (re.compile(r"/session(/.*)?"), "session"),
    (re.compile(r"/members|/admins"), "guarded"),
    (re.compile(r"/transfer"), "step_up"),
    (re.compile(r"/orders(/invoices)?"), "scoped"),
    (re.compile(r"/approval"), "approval"),
)

# Requests to PingOne, by the end of the path: the part before it differs between regions and custom domains.
_PINGONE_PATHS = (
    ("/as/.well-known/openid-configuration", "discovery"),
    ("/as/jwks", "jwks"),
    ("/as/par", "par"),
    ("/as/userinfo", "userinfo"),
    ("/as/introspect", "introspect"),
    ("/as/revoke", "revoke"),
    ("/as/signoff", "signoff"),
    ("/as/idpSignoff", "signoff"),
)

_FLOW = re.compile(r"/flows/[^/]+")
_ACTION = re.compile(r"application/vnd\.pingidentity\.(?P<action>[A-Za-z.]+)\+json")
_GRANTS = {"authorization_code": "token", "refresh_token": "refresh"}


def name_of(step: "Step") -> str:
    """The name of a step: one of the keys of the explanations, `flow_action:<action>`, or `other`."""
    path = _path(step["url"])
    if step["receiver"] == "api":
        return "api_call"
    if step["receiver"] == "pingone":
        return _by_pingone(step, path)
    if step["sender"] == "pingone" and step["receiver"] == "application":
        return "sign_off_by_pingone"
    if step["sender"] == step["receiver"]:
        return "check"
    return next((name for pattern, name in _OWN_PATHS if pattern.fullmatch(path)), "other")


def _by_pingone(step: "Step", path: str) -> str:
    by_browser = step["sender"] == "browser"
    if path.endswith("/as/authorize"):
        return "authorize" if by_browser else "authorize_by_server"
    if path.endswith("/as/resume"):
        return "resume_of_browser" if by_browser else _resume(step["status"])
    if path.endswith("/as/token"):
        return _GRANTS.get(_field(step["body"], "grant_type"), "token_other")
    if path.endswith(("/signon", "/signon/")):
        return "pingone_page" if step["method"] == "GET" else "pingone_form"
    if _FLOW.search(path):
        return _flow(step)
    return next((name for end, name in _PINGONE_PATHS if path.endswith(end)), "other")


def _resume(status: int | None) -> str:
    if status == 200:
        return "resume_json"
    return "resume_redirect" if status is not None and 300 <= status < 400 else "resume_refused"


def _flow(step: "Step") -> str:
    if step["method"] != "POST":
        return "flow_read"
    found = _ACTION.match(str(step["body"].get("type", "")))
    return f"flow_action:{found['action']}" if found else "flow_action"


def _field(body: Mapping[str, object], name: str) -> str:
    pairs = body.get("pairs")
    return next((value for key, value in pairs if key == name), "") if isinstance(pairs, list) else ""


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
