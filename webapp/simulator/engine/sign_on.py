"""From an authorization request to a code: starting a flow, settling it, handing out the answer."""

from __future__ import annotations

from . import request_object
from .authorization_request import AuthorizationRequest
from .environment import Environment
from .faults import APPROVAL, SIGN_ON
from .flow import COMPLETED, Flow
from .grants import Grant
from .refusals import RefusedRequest
from .session_state import session_state
from .sessions import Session
from .users import User

#: User names of this domain belong to another identity provider.
PARTNER_DOMAIN = "@partner.example"
#: Steps that say who the user is; the others collect something.
_AUTHENTICATION = frozenset({"login", "mfa", "external"})


def begin(environment: Environment, request: AuthorizationRequest, session: Session | None) -> Flow:
    """A flow for the request; COMPLETED at once when the session of the ST cookie satisfies it.

    Raises RefusedRequest (login_required) for ``prompt=none`` without such a session.
    """
    flow = Flow(request, request.policy, environment.now())
    named = _named(environment, request) if request.login_hint_token else None
    if named is not None and request.policy.start == "mfa":
        flow.name_user(named, environment.sessions.begin(named, session))
    elif session is not None and _carries_over(environment, request, session):
        flow.step_up(session)
    else:
        flow.start()
        hint = request.login_hint if named is None else named.username
        if hint and (flow.status == "SIGN_ON_REQUIRED" or (named is not None and "login" in request.policy.steps)):
            # A hint that leads nowhere is no failure: the user is asked then.
            identify(environment, flow, hint)
    if flow.status == "DEVICE_SELECTION_REQUIRED" and flow.user is None:
        raise told(request, RefusedRequest("invalid_request", "login_hint_token is required", "login_hint_token"))
    if "none" in request.prompt and flow.status != COMPLETED:
        refused = RefusedRequest("login_required", "User authentication is required", "prompt", code="LOGIN_REQUIRED")
        raise told(request, refused)
    flow.fault = environment.faults.take(SIGN_ON) or (request.transaction and environment.faults.take(APPROVAL)) or ""
    environment.flows.put(flow.id, flow)
    return flow


def told(request: AuthorizationRequest, refused: RefusedRequest) -> RefusedRequest:
    """The refusal with what it takes to bring it to the application."""
    refused.redirect_uri, refused.response_mode = request.redirect_uri, request.response_mode
    refused.state, refused.davinci = request.state, request.application.davinci
    return refused


def _named(environment: Environment, request: AuthorizationRequest) -> User:
    """The user in ``sub`` of a token that the application signed."""
    try:
        claims = request_object.signed(request.login_hint_token, request.application)
        request_object.check(claims, request.application, environment.issuer, environment.now())
    except RefusedRequest as refused:
        words = refused.description.replace("The request object", "login_hint_token")
        raise told(request, RefusedRequest("invalid_request", words, "login_hint_token")) from None
    user = environment.users.by_id(str(claims.get("sub", "")))
    if user is None or not user.enabled or user.seconds_locked(environment.now()):
        raise told(request, RefusedRequest("invalid_request", "login_hint_token names no user", "login_hint_token"))
    return user


def _carries_over(environment: Environment, request: AuthorizationRequest, session: Session) -> bool:
    """Whether the session answers the request, wholly or up to a further step such as a second factor."""
    if session.authenticated_at is None or "login" in request.prompt:
        return False
    if request.max_age is not None and environment.now() - session.authenticated_at > request.max_age:
        return False
    return set(request.policy.steps) <= session.done or ("login" in session.done and "login" in request.policy.steps)


def identify(environment: Environment, flow: Flow, username: str) -> bool:
    """Identifier first: who checks this user, the password or another identity provider. False: nobody has the name."""
    if username.strip().casefold().endswith(PARTNER_DOMAIN):
        flow.todo[0] = "external"
    else:
        user = environment.users.find(username)
        if user is None:
            return False
        flow.user, flow.todo[0] = user, "password"
    flow.enter()
    return True


def attach(environment: Environment, flow: Flow, user: User, before: Session | None) -> Session:
    """Attach a user whose credentials were just checked; the session's cookie must be set by the answer."""
    session = environment.sessions.begin(user, before)
    flow.user, flow.session_id = user, session.id
    return session


def settle(environment: Environment, flow: Flow) -> None:
    """When the last step is done the session counts as signed on: only now may it serve other requests."""
    session = environment.sessions.by_id(flow.session_id)
    if flow.status != COMPLETED or session is None:
        return
    if flow.auth_time is None or (flow.done - session.done) & _AUTHENTICATION:
        session.authenticated_at = flow.auth_time = environment.now()
    session.methods, session.done = tuple(flow.methods), session.done | flow.done


def response(environment: Environment, flow: Flow) -> dict[str, str]:
    """The parameters of the authorization response, handed out once: ``code`` or ``error``, and ``state``."""
    request = flow.request
    flow.resumed = True
    answer: dict[str, str] = {}
    if flow.error is not None:
        answer = {"error": "access_denied", "error_description": f"{flow.error[0]}: {flow.error[1]}"}
    elif flow.user is not None:
        answer["code"] = environment.grants.new_code(_grant(flow, flow.user))
        if (session := environment.sessions.by_id(flow.session_id)) is not None:
            session.applications.add(request.application.client_id)
            if request.application.session_check:
                answer["session_state"] = session_state(session, request.application.client_id, request.redirect_uri)
    if request.state is not None:
        answer["state"] = request.state
    return answer


def _grant(flow: Flow, user: User) -> Grant:
    request = flow.request
    return Grant(
        request.application.client_id, user, flow.session_id, request.scope, flow.acr, tuple(flow.methods),
        int(flow.auth_time or flow.created_at), request.nonce, request.redirect_uri, request.challenge, flow.fault,
    )
