"""A sign-on page of the host's own: PingOne sends a browser there with a flow, and the right attempt takes it over."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..oidc.attempt import Attempt, Attempts, Browser, Clock
from ..oidc.errors import ResponseMalformed
from ..oidc.http import HttpClient
from ..oidc.pkce import Token, new_token
from ..oidc.relying_party import RelyingParty
from ..oidc.request import Ask
from . import api
from .endpoints import environment_in, is_uuid
from .errors import ResumeNoCookie
from .flow import Flow
from .flows import endpoints_of, flow_of

ADOPTABLE = 300
"""Seconds after its start for which an attempt may be given a flow: in between is one redirect of PingOne's."""
LOOKED_AT = 8
"""Attempts of one browser that are looked at, the newest: cookies are easily invented."""
FOR_PAGE = {"adoptable": True}
"""What an attempt holds that waits for a flow at our own sign-on page."""


def begin_page(
    http: HttpClient,
    party: RelyingParty,
    ask: Ask,
    now: Clock,
    token: Token = new_token,
    note: Mapping[str, Any] | None = None,
    response_mode: str = "",
) -> tuple[str, Attempt]:
    """As `RelyingParty.begin`, for the client whose Signon URL is a page of the host's.

    PingOne sends the browser to that page with a `flowId`, and `adopt` takes the flow over. Raises as `begin`.
    """
    attempt = party.attempt(ask, now, token, note=note or {}, held=FOR_PAGE)
    return party.url(http, attempt, now, response_mode), attempt


def adopt(
    http: HttpClient,
    attempts: Attempts,
    browser: Browser,
    flow_id: str,
    now: Clock,
    token: Token = new_token,
    environment_id: str = "",
) -> tuple[Flow, Attempt]:
    """Take over the flow with which PingOne sent this browser to our page; the attempt that drives it is kept.

    Only a browser that began so a moment ago is given a flow, one per beginning: otherwise an attacker could have
    another user finish the attacker's. Which attempt the flow answers is settled by the state in its answer. The same
    address again finds the flow where it is. Give the browser the cookie of the attempt that is returned. Raises
    `ResponseMalformed`, `ResumeNoCookie`, `Refused` for a flow that failed, and as `api.read`.
    """
    mine = newest(attempts, browser)
    driven = driving(mine, flow_id)
    if driven is not None:
        return flow_of(driven), driven
    begun = awaiting(mine, flow_id, now())
    environment = environment_in(endpoints_of(begun).base).lower()
    if environment and environment_id and environment != environment_id.lower():
        raise ResponseMalformed("environmentId is not ours")
    return take_over(http, attempts, begun, flow_id, now, token)


def driving(mine: Sequence[Attempt], flow_id: str) -> Attempt | None:
    """Return the one of a browser's attempts that drives the flow already. Raises as `flow_of`."""
    known = (each for each in mine if "flow" in each.held)
    return next((each for each in known if flow_of(each).id.lower() == flow_id.lower()), None)


def awaiting(mine: Sequence[Attempt], flow_id: str, now: float) -> Attempt:
    """Return the newest of a browser's attempts that waits for a flow at our page.

    Raises `ResponseMalformed` for what is no flow id, which would become part of a URL, and `ResumeNoCookie`.
    """
    if not is_uuid(flow_id):
        raise ResponseMalformed("flowId is not one of PingOne's")
    for each in mine:
        if each.held.get("adoptable") and 0 <= now - each.begun_at <= ADOPTABLE:
            return each
    raise ResumeNoCookie("a flow arrived at the sign-on page of a browser that awaits none")


def take_over(
    http: HttpClient,
    attempts: Attempts,
    begun: Attempt,
    flow_id: str,
    now: Clock,
    token: Token = new_token,
    id: str = "",
) -> tuple[Flow, Attempt]:
    """Have a new attempt (with this `id`, if given) drive the flow that `begun` waited for. Raises as `adopt`."""
    flow, cookies = api.read(http, endpoints_of(begun), flow_id, {})
    api.not_failed(flow)
    # Only the attempt as it was loses its mark: of two flows that arrive at the same time one finds it, and a sign-off
    # in between, which ends the attempt, is not undone.
    if not attempts.replace(replace(begun, held={}), begun):
        raise ResumeNoCookie("the sign-on was finished, or another flow came first")
    driven = begun.again(now(), token, id=id, held={"flow": flow.document, "cookies": cookies})
    attempts.put(driven)
    return flow, driven


def newest(attempts: Attempts, browser: Browser) -> list[Attempt]:
    """Return the latest attempts of a browser, the newest first; each is read once."""
    found = (attempts.get(id, browser[id]) for id in sorted(browser, reverse=True)[:LOOKED_AT])
    return [attempt for attempt in found if attempt is not None]
