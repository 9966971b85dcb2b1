"""Signing on: three starts, our form, and the two ways back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for

from ..oidc.attempt import Browser
from ..oidc.errors import ResponseMalformed, SignOnError, SignOnOtherBrowser, SignOnUnknown
from ..oidc.request import Ask
from ..oidc.response import Parameters, single
from ..pingone.errors import FlowRefused, StepUnsupported
from ..signon.outcomes import Begun, Done, Finished, Waiting
from ..signon.sign_on import UNCHANGED
from ..signon.signed_in import from_record
from ..signon.turns import SignOnRefused, mode_of, trace_of
from . import asked_once, forms, logs
from .asking import ask, local_path, return_to
from .browser import (
    attempts_of_browser,
    bind,
    browser_in_words,
    clicked,
    drop_stories_of_others,
    leave_approval,
    leave_story,
    unbind,
)
from .context import own_session, services, sessions, signed_in
from .errors import Refusal
from .errors import show as show_error
from .faults import forgotten, over
from .marks import acts_on_get
from .posted import carried
from .protection import go_to
from .refusals import problems
from .shown_once import of_session, show_at, shown_now
from .throttled import TooManyRequests, admit_start, admit_step, count_refusal, too_many

pages = Blueprint("sign_on", __name__)
LONGEST_QUERY = 8000


@pages.get("/sign-on/hosted")
@acts_on_get
def hosted() -> Response:
    """PingOne draws the page, and calls resume from the browser."""
    return start("hosted", ask(services().settings.scopes), return_to())


@pages.get("/sign-on/custom")
@acts_on_get
def custom() -> Response:
    """PingOne sends the browser to our own page (`loginPageUrl`); our server drives the flow from there."""
    return start("custom", ask(services().settings.scopes), return_to())


@pages.get("/sign-on/redirectless")
@acts_on_get
def redirectless() -> Response:
    """Nobody is redirected: our server starts the flow, our form shows its steps."""
    return start("redirectless", ask(services().settings.scopes), return_to())


def start(mode: str, wishes: Ask, target: str, changes: Mapping[str, str] = UNCHANGED) -> Response:
    """Begin a sign-on that leads to `target`, a path on this site or empty. `changes`: see `SignOn.begin`."""
    admit_start(mode)
    faultless = over()
    begin = services().sign_on.begin_redirectless if mode == "redirectless" else partial(services().sign_on.begin, mode)
    outcome = begin(wishes, target, clicked(), changes)
    response = go_on(outcome) if isinstance(outcome, Begun) else done(outcome)
    return forgotten(response) if faultless else response


@pages.get("/sign-on/page")
@acts_on_get
def page() -> Response:
    """The application's Signon URL: PingOne sends the browser here with a flow, or with an error."""
    params = _params()
    if any(name == "error" for name, _ in params):
        raise ResponseMalformed("PingOne sent an error to the sign-on page")
    environment_id, flow_id = single(params, "environmentId"), single(params, "flowId")
    return go_on(services().sign_on.adopt(environment_id, flow_id, attempts_of_browser()))


@pages.get("/sign-on/step/<handle>")
def step(handle: str) -> Response:
    """The form for the flow's next step."""
    browser = attempts_of_browser()
    key = f"{handle}\n{browser.get(handle, '')}"
    if asked_once.is_asked(key):
        return make_response(render_template("asking.html"), 200)
    if lost := asked_once.answered(key):
        return _arrived_late(lost)
    at = services().sign_on.waiting(handle, browser)
    if forms.waits_elsewhere(at.flow) or at.flow.finished:
        outcome = services().sign_on.look(at, browser)
        return _form(outcome) if isinstance(outcome, Waiting) else done(outcome)
    refused = shown_now(key)
    return _form(at, refused.get("errors"), request.args.get("show", ""), refused.get("entered"))


@pages.post("/sign-on/step/<handle>")
def submit(handle: str) -> Response:
    """One step; whatever comes of it, the browser is sent to a GET again, so that a reload repeats nothing.

    A second press while the first is under way asks nothing: it is shown what comes of the first.
    """
    browser = attempts_of_browser()
    key = f"{handle}\n{browser.get(handle, '')}"
    with asked_once.asking(key) as first:
        if lost := asked_once.answered(key):
            return _arrived_late(lost)
        return _submitted(handle, browser, key) if first else go_to(url_for(".step", handle=handle))


def _submitted(handle: str, browser: Browser, key: str) -> Response:
    at = services().sign_on.waits(admit_step(handle, browser.get(handle, "")), handle, browser)
    action = request.form.get("action") or forms.default_action(at.flow)
    if not forms.ready(action, request.form):
        # A way around the main form may need a form of its own first, such as the user name of a forgotten password.
        return go_to(url_for(".step", handle=handle, show=action))
    try:
        outcome = services().sign_on.submit(at, browser, action, forms.fields(action, request.form, at.flow))
    except FlowRefused as refusal:
        count_refusal()
        logs.event("step_refused", code=refusal.problem.first_code, mode=mode_of(at.attempt),
                   pingone=refusal.problem.reference)  # fmt: skip
        shown = {"errors": problems(refusal.problem, action), "entered": forms.shown_again(request.form)}
        return show_at(url_for(".step", handle=handle, show=action), key, shown)
    return go_to(url_for(".step", handle=handle)) if isinstance(outcome, Waiting) else done(outcome, key)


def _arrived_late(lost: asked_once.Answered) -> Response:
    """The session of a sign-on whose answer its browser did not wait for, if it is there still."""
    found = sessions().open(lost.begun.id)
    if found.record is None:
        raise SignOnUnknown("the session of this sign-on has ended")
    own_session().fill(replace(lost.begun, record=found.record))
    return unbind(go_to(lost.url), *lost.attempts)


@pages.get("/callback")
@acts_on_get
def callback() -> Response:
    """The redirect URI."""
    params = carried(_params()) if services().settings.response_mode == "form_post" else _params()
    return _signed_in(services().sign_on.complete(params, attempts_of_browser()))


pages.register_error_handler(TooManyRequests, too_many)


@pages.errorhandler(SignOnError)
@pages.errorhandler(SignOnRefused)
def refused(problem: SignOnError | SignOnRefused) -> Response:
    """Back button, reload, double click: the attempt is gone, but a visitor who is signed on needs no explanation."""
    error = problem.error if isinstance(problem, SignOnRefused) else problem
    if isinstance(error, (SignOnUnknown, SignOnOtherBrowser)) and signed_in() is not None:
        return go_to(url_for("session.show"))
    return show_error(error, of=Refusal.of(problem) if isinstance(problem, SignOnRefused) else Refusal())


@pages.get("/resume")
@acts_on_get
def resume() -> Response:
    """Receives a browser that finished a flow which our server drives."""
    flow_id = single(_params(), "flowId")
    outcome = services().sign_on.resume(flow_id, attempts_of_browser())
    if isinstance(outcome, Waiting):
        return go_to(url_for(".step", handle=outcome.attempt.id))
    return done(outcome)


@pages.get("/sign-on/initiate")
@acts_on_get
def initiate() -> Response:
    """Sign-on that begins in PingOne's application portal (OpenID Connect Core 4)."""
    params = _params()
    issuer = single(params, "iss")
    if issuer != services().settings.issuer:
        raise ResponseMalformed("iss is not our issuer")
    target = single(params, "target_link_uri")
    inside = target.startswith(services().settings.public_url + "/")
    wishes: dict[str, Any] = {
        "login_hint": single(params, "login_hint"),
        "return_to": local_path(target.removeprefix(services().settings.public_url)) if inside else "",
    }
    return go_to(url_for(".hosted", **{name: value for name, value in wishes.items() if value}))


def _params() -> Parameters:
    if len(request.query_string) > LONGEST_QUERY:
        raise ResponseMalformed("the query is too long")
    params: Sequence[tuple[str, str]] = tuple(request.args.items(multi=True))
    return params


def go_on(begun: Begun) -> Response:
    return bind(go_to(begun.url or url_for("sign_on.step", handle=begun.id)), begun)


def _form(
    at: Waiting, errors: dict[str, str] | None = None, wanted: str = "", entered: forms.Form | None = None
) -> Response:
    step = forms.step(at, errors or {}, wanted, entered or {})
    if step["kind"] == "unsupported":
        logs.event("step_unsupported", status=at.flow.status)
    approves = at.attempt.note.get("approves", "")
    status = 422 if errors else StepUnsupported.status if step["kind"] == "unsupported" else 200
    page = render_template("step.html", step=step, trace_id=trace_of(at.attempt), approves=approves)
    return make_response(page, status)


def done(outcome: Done, key: str = "") -> Response:
    """Nothing is left to ask: a session begins, or something is approved in one. `key`: of the form that was sent."""
    if isinstance(outcome, Finished):
        return _signed_in(outcome, key)
    person = signed_in()
    if person is None or person.subject != outcome.subject:
        raise SignOnOtherBrowser("the session in which this was to be approved is over")
    logs.event("approved", subject=outcome.subject)
    shown = {"done": outcome.words, "trace": outcome.trace}
    return leave_approval(show_at(url_for("approval.form"), of_session("approval"), shown), outcome)


def _signed_in(finished: Finished, key: str = "") -> Response:
    """Begin the session and leave the address that held the code."""
    session, person = own_session(), finished.person
    where = browser_in_words(request.user_agent.string)
    begun = services().session_use.begin(person, session.sid, finished.story, where)
    session.fill(begun)
    logs.event("signed_on", mode=person.mode, subject=person.subject)
    target = services().settings.public_url + (person.return_to or "/session")
    response = unbind(go_to(target), *person.attempts)
    if key:
        asked_once.keep(key, asked_once.Answered(begun, target, person.attempts))
    former = from_record((begun.former or {}).get("signed_in"))
    if former is not None and former.subject == person.subject:
        leave_story(response, former)
    return drop_stories_of_others(response, person)
