"""The four calls with which a server drives a flow, one request each: start, read, act, resume.

Each is given the cookies of the attempt and returns them as they are afterwards. No call follows a redirect and none
sends an Authorization header. Start, read and act need no cookie; PingOne knows who may resume by the ST cookie.
`flows` holds them right: a host calls that.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ..oidc.checks import Check
from ..oidc.errors import ProviderError, Refused, ResponseMalformed, Said
from ..oidc.http import Answer, HttpClient
from ..oidc.response import Direct, Parameters
from ..oidc.strict_json import parse_object
from ..oidc.wire import send
from .cookies import Cookies, header, received
from .endpoints import Endpoints
from .errors import FlowExpired, FlowPending, FlowRefused, ResumeForeignLocation, ResumeNoCookie
from .flow import Flow, parse_flow
from .form_answer import form_answer
from .platform_error import Problem, parse_problem, problem_of

ACCEPT = {"Accept": "application/json, */*;q=0.5"}
"""JSON if there is any: an answer of another type (a redirect, a page) is an answer too and must not become a 406."""
RESUME = "https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/resume.html"


def start(http: HttpClient, url: str) -> tuple[Flow, dict[str, str]]:
    """Send the authorization request ourselves (`response_mode=pi.flow`): the answer is a flow, not a page.

    Raises `Refused` with PingOne's words when it starts none, `FlowPolicyUnsupported`, `ProviderUnreachable`, and
    `ProviderError` for any other answer.
    """
    answer = send(http, "GET", url, headers=ACCEPT)
    problem = _problem_in_location(answer) if answer.status in (302, 303) else None
    if 400 <= answer.status < 500:
        problem = parse_problem(answer)
    if problem is not None:
        # The details say which parameter; the message is the same for all.
        first = " ".join(f"{each.message} ({each.target})" for each in problem.details[:1] if each.message)
        words = Said(problem.first_code.lower(), first or problem.message, problem.reference)
        raise Refused(problem.first_code, said=words)
    if answer.status != 200:
        raise ProviderError(f"the authorization endpoint answered {answer.status}")
    return parse_flow(answer.object()), received({}, answer.fields)


def read(http: HttpClient, endpoints: Endpoints, flow_id: str, cookies: Cookies) -> tuple[Flow, dict[str, str]]:
    """Ask PingOne for the state of the flow.

    Raises `FlowExpired` when PingOne has forgotten it, `FlowRefused`, `FlowPolicyUnsupported`, `ProviderError`,
    `ProviderUnreachable`; `ValueError` for a `flow_id` that is no UUID, before any call.
    """
    answer = send(http, "GET", endpoints.flow(flow_id), headers={**ACCEPT, **header(cookies)})
    return _flow(answer, flow_id), received(cookies, answer.fields)


def act(
    http: HttpClient, endpoints: Endpoints, flow_id: str, action: str, body: Mapping[str, Any], cookies: Cookies
) -> tuple[Flow, dict[str, str]]:
    """Take one step. The media type names the action; plain `application/json` would be answered with 415.

    `action` is the media type's suffix (`otp.check`), `body` its JSON. Raises `FlowRefused` (the flow stays as it was),
    `FlowExpired`, `FlowPolicyUnsupported`, `ProviderError`, `ProviderUnreachable`; `ValueError` as `read`.
    https://developer.pingidentity.com/pingone-api/auth/flows/flows-1.html
    """
    headers = {**ACCEPT, "Content-Type": f"application/vnd.pingidentity.{action}+json", **header(cookies)}
    answer = send(http, "POST", endpoints.flow(flow_id), headers=headers, body=json.dumps(body))
    return _flow(answer, ""), received(cookies, answer.fields)


def resume(http: HttpClient, endpoints: Endpoints, flow_id: str, cookies: Cookies, redirect_uri: str) -> Direct:
    """Resume the finished flow and return the authorization response, however PingOne delivers it.

    A flow that began with `pi.flow` answers 200 with `authorizeResponse`, one that asked for `form_post` 200 with a
    page, whose form is read, any other 302 with a `Location`, which is read and not followed. An OAuth error without a
    flow around it is an authorization response too.
    Raises `ResumeNoCookie` before any call when the attempt holds no ST cookie: knowing a flow id must not be enough to
    collect a code. Raises `FlowPending`, `Refused`, `FlowExpired`, `FlowRefused`, `ResumeForeignLocation`,
    `ResponseMalformed`, `FlowPolicyUnsupported`, `ProviderError`, `ProviderUnreachable`; `ValueError` as `read`.
    """
    if not may_resume(cookies):
        check = Check("ST cookie", "held by this attempt", "absent", False, RESUME)
        raise ResumeNoCookie("the attempt holds no ST cookie", check=check, checks=(check,))
    answer = send(http, "GET", endpoints.resume(flow_id), headers={**ACCEPT, **header(cookies)})
    after = received(cookies, answer.fields)
    if answer.status in (302, 303):
        return Direct(parse_location(answer.header("Location"), redirect_uri), after)
    if answer.status != 200:
        raise _refusal(answer)
    if answer.header("Content-Type").startswith("text/html"):
        return Direct(form_answer(answer.body, redirect_uri), after)
    members = answer.object()
    if "status" not in members and isinstance(members.get("error"), str):
        return Direct(((name, value) for name, value in members.items() if isinstance(value, str)), after)
    flow = not_failed(parse_flow(members, flow_id))
    if flow.status != "COMPLETED":
        raise FlowPending(flow)
    if not flow.authorize_response:
        raise ProviderError("resume answered COMPLETED without a code")
    return Direct(flow.authorize_response.items(), after)


def not_failed(flow: Flow) -> Flow:
    """Return the flow; raise `Refused` with PingOne's words for one that has failed."""
    if flow.status == "FAILED":
        raise Refused(flow.error, said=Said(flow.error or "access_denied", flow.error_message))
    return flow


def may_resume(cookies: Cookies) -> bool:
    """Whether these cookies make their holder the one who may call resume.

    PingOne sets `ST-NO-SS` beside `ST` for clients that mishandle SameSite; its mobile SDK sends either.
    """
    return "ST" in cookies or "ST-NO-SS" in cookies


def parse_location(location: str, redirect_uri: str) -> Parameters:
    """Return the query of a `Location` that is exactly our redirect URI; raise `ResumeForeignLocation` otherwise.

    Raises `ResponseMalformed` for a query that cannot be read.
    Compared as strings, not as parsed URLs: parsers and browsers disagree about what a host is.
    """
    target, _, query = location.partition("?")
    passed = target == redirect_uri and "#" not in query and query.isprintable() and len(query) <= 16_384
    if not passed:
        check = Check("Location", redirect_uri, target[:200] or "absent", False, RESUME)
        raise ResumeForeignLocation("the resume answer leads elsewhere", check=check, checks=(check,))
    try:
        return tuple(parse_qsl(query, keep_blank_values=True, max_num_fields=40))
    except ValueError as fault:
        raise ResponseMalformed(str(fault)) from None


def _flow(answer: Answer, flow_id: str) -> Flow:
    if answer.status != 200:
        raise _refusal(answer)
    return parse_flow(answer.object(), flow_id)


def _refusal(answer: Answer) -> FlowExpired | FlowRefused | ProviderError:
    if answer.status == 404:
        return FlowExpired("the flow is unknown to PingOne")
    if answer.status == 400:
        return FlowRefused(parse_problem(answer))
    return ProviderError(f"the flow answered {answer.status} {parse_problem(answer).first_code}")


def _problem_in_location(answer: Answer) -> Problem | None:
    """An unknown application or redirect URI is answered with `302 .../signon/?error={JSON}`; others have none."""
    try:
        error = dict(parse_qsl(urlsplit(answer.header("Location")).query)).get("error", "")
    except ValueError:
        return None
    try:
        return problem_of(parse_object(unquote(error)), "configuration_error")
    except ValueError:
        return Problem(error[:200]) if error else None
