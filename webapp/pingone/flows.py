"""Sign-ons whose form is the host's own page: a flow that our server drives, from its start to the same `finish`.

PingOne's cookies, `ST` among them, stay in the attempt: the holder of `ST` may collect the code. A flow that fails,
at its start or later, raises `Refused` with PingOne's words from whichever call learns of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..oidc.attempt import Attempt, Attempts, Browser, Clock, found, take
from ..oidc.http import HttpClient
from ..oidc.pkce import Token, new_token
from ..oidc.provider import Provider
from ..oidc.relying_party import GOODBYE, RelyingParty
from ..oidc.request import Ask
from ..oidc.response import Direct
from ..oidc.sign_off import end_held_session, sign_off_parameters, sign_off_request
from ..oidc.signed_on import SignedOn
from . import api
from .cookies import Cookies
from .endpoints import Endpoints
from .errors import ResumeNoCookie
from .flow import Flow, parse_flow
from .steps import body_of, known_action

Call = Callable[..., tuple[Flow, Attempt]]
"""`read` or `act`."""


def begin_flow(
    http: HttpClient,
    party: RelyingParty,
    ask: Ask,
    now: Clock,
    token: Token = new_token,
    note: Mapping[str, Any] | None = None,
) -> tuple[Flow, Attempt]:
    """Redirectless (`response_mode=pi.flow`): our server sends the request and gets a flow to drive.

    Keep the attempt, give the browser its `secret`, then show the form of the step, or call `finish_flow` for a flow
    that is `finished`: one that needs no step at all.
    Raises `Refused`, `TokenRefused` (PAR), `FlowPolicyUnsupported`, `ProviderError`, `ProviderUnreachable`,
    `MetadataInvalid`; `ValueError` for a scope without openid, or an attempt that another relying party began.
    """
    return start(http, party, party.attempt(ask, now, token, note=note or {}, direct=True), now)


def start(http: HttpClient, party: RelyingParty, attempt: Attempt, now: Clock) -> tuple[Flow, Attempt]:
    """Start the flow of an attempt that is `direct`. `begin_flow` does both; this is for a host that needs the attempt
    before anything is asked. Raises as `begin_flow`."""
    return started(http, attempt, party.url(http, attempt, now, "pi.flow"))


def started(http: HttpClient, attempt: Attempt, url: str) -> tuple[Flow, Attempt]:
    """Start the flow of an attempt whose authorization request is at `url`. Raises as `api.start`, and `Refused`."""
    flow, cookies = api.start(http, url)
    api.not_failed(flow)
    held = {"flow": flow.document, "cookies": cookies}
    if flow.authorize_response:
        held["answer"] = dict(flow.authorize_response)
    return flow, replace(attempt, held=held)


def flow_of(attempt: Attempt) -> Flow:
    """Return the flow as PingOne last reported it. Raises `ResumeNoCookie` for an attempt that drives none,
    and as `parse_flow` for a record that was changed."""
    if "flow" not in attempt.held:
        raise ResumeNoCookie("this attempt drives no flow")
    return parse_flow(attempt.held["flow"])


def read(http: HttpClient, attempt: Attempt) -> tuple[Flow, Attempt]:
    """Ask where the flow is now: after a push to a telephone, say. Keep the attempt that is returned.

    Raises `Refused` for a flow that failed, as `flow_of`, and as `api.read`.
    """
    flow, cookies = api.read(http, endpoints_of(attempt), flow_of(attempt).id, attempt.held["cookies"])
    return _moved(attempt, flow, cookies)


def act(http: HttpClient, attempt: Attempt, action: str, fields: Mapping[str, str]) -> tuple[Flow, Attempt]:
    """Take the next step with the fields of a form. Keep the attempt that is returned.

    `action` is one of `steps.ACTIONS`; of `fields`, those in `fields_of(flow, action)` are sent.
    Raises `FlowRefused` when PingOne wants the form again (the flow is where it was), `StepUnsupported`, `Refused`
    for a flow that failed, as `flow_of`, and as `api.act`.
    """
    at = flow_of(attempt)
    media, body = known_action(action).name, body_of(at, action, fields)
    flow, cookies = api.act(http, endpoints_of(attempt), at.id, media, body, attempt.held["cookies"])
    return _moved(attempt, flow, cookies)


def _moved(attempt: Attempt, flow: Flow, cookies: Cookies) -> tuple[Flow, Attempt]:
    api.not_failed(flow)
    return flow, replace(attempt, held={"flow": flow.document, "cookies": cookies})


def resume(http: HttpClient, attempt: Attempt) -> Direct:
    """Hand the finished flow back to PingOne, with `ST`, and return the parameters for `finish`.

    Raises as `api.resume` does.
    """
    if "answer" in attempt.held:
        answer = Direct(attempt.held["answer"].items(), attempt.held["cookies"])
    else:
        answer = api.resume(
            http, endpoints_of(attempt), flow_of(attempt).id, attempt.held["cookies"], attempt.redirect_uri
        )
    if attempt.direct and not any(name == "state" for name, _ in answer):
        # PingOne's documented answer may lack a state, an error's too. Our server made the request and holds the flow
        # and its cookie, so nobody else can have put this answer here; a state that does come is compared.
        return Direct((*answer, ("state", attempt.state)), answer.cookies)
    return answer


def finish_flow(
    http: HttpClient, party: RelyingParty, attempts: Attempts, attempt: Attempt, browser: Browser, now: Clock
) -> SignedOn:
    """Use the attempt of a finished flow up, resume, and finish. Raises as `find`, `resume` and `finish` do."""
    if not party.began(attempt):  # Before anything is used up: with two clients the wrong one is a slip of the host.
        raise ValueError("the attempt belongs to another issuer, client or redirect URI")
    owner, parameters = redeem(http, attempts, attempt, browser, now)
    return party.finish(http, owner, parameters, now)


def redeem(
    http: HttpClient, attempts: Attempts, driven: Attempt, browser: Browser, now: Clock
) -> tuple[Attempt, Direct]:
    """Use the attempt of a finished flow up and resume; return what `finish` wants.

    Raises as `find`, `take` and `resume` do. `FlowPending`, for a flow that nobody has called finished so far, leaves
    the attempt where it was.
    """

    def used() -> None:
        found(attempts.take(driven.id, driven.secret), driven.id, {driven.id: driven.secret}, now())

    certain = "answer" in driven.held or flow_of(driven).finished
    if certain:
        used()
    parameters = resume(http, driven)
    if not certain:
        used()  # Not before: putting it back would undo a sign-off made since.
    # With two tabs it may be either of this browser's attempts that a flow of the custom page answers.
    return (driven if driven.direct else take(attempts, parameters, browser, now())), parameters


def may_resume(attempt: Attempt) -> bool:
    """Whether PingOne would let the holder of this attempt resume its flow."""
    return "answer" in attempt.held or api.may_resume(attempt.held.get("cookies", {}))


def end_session(http: HttpClient, provider: Provider, cookies: Cookies, id_token: str = "") -> bool:
    """End the PingOne session whose `ST` our server holds: of a flow that is given up, say. Whether that went well.

    `RelyingParty.sign_off` does it for a signed-on person. Raises nothing.
    """
    request = sign_off_request(provider, sign_off_parameters(id_token, "", ""))
    return bool(request.url) and end_held_session(http, request, cookies, GOODBYE)


def endpoints_of(attempt: Attempt) -> Endpoints:
    """Return PingOne's endpoints beside the issuer of an attempt: never from a link in an answer."""
    return Endpoints(attempt.issuer.removesuffix("/as"))
