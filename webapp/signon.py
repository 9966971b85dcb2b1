"""Signing on with PingOne, as a story per mode.

Hosted:        begin -> (PingOne's own page) -> complete
Redirectless:  begin_redirectless -> submit ... submit -> resume -> finish
Custom page:   begin -> adopt -> submit ... submit -> resume -> finish

Who holds PingOne's `ST` cookie may call resume: the browser in hosted mode, our server in the two others. However the
authorization response arrives, `RelyingParty.finish` is the only way to a session.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import requests

from .attempts import Attempts, know
from .oidc.errors import Refused, ResponseMalformed, Said
from .oidc.request import Ask, authorization_url
from .oidc.response import Parameters
from .pingone import api
from .pingone.endpoints import Endpoints, is_uuid
from .pingone.errors import FlowPending, FlowRefused, ResumeNoCookie
from .pingone.flow import Flow, parse_flow
from .pingone.steps import body_of, known_action
from .relying_party import RelyingParty
from .signed_in import SignedIn
from .store.pending import Browser, PendingSignOn
from .trace.story import Story

OpenHttp = Callable[[Any], requests.Session]
"""Opens an HTTP session that reports each exchange to the given recorder (None: to nobody)."""

ADOPT_SECONDS = 300
"""Between the start of a custom page sign-on and its arrival at our page there is one redirect of PingOne's."""


@dataclass(frozen=True)
class Begun:
    """An attempt that has begun: where the browser goes now and the secret that binds the attempt to it."""

    handle: str
    secret: str = field(repr=False)
    url: str = ""
    """PingOne's authorization endpoint; empty where the next page is our own step form."""


@dataclass(frozen=True)
class Standing:
    """A flow that waits for its next step."""

    attempt: PendingSignOn
    flow: Flow


@dataclass(frozen=True)
class SignOn:
    """The use cases. HTTP, time and storage are arguments: a test passes its own, and nothing is patched."""

    party: RelyingParty
    endpoints: Endpoints
    attempts: Attempts
    open_http: OpenHttp
    now: Callable[[], float]

    # -- beginning ------------------------------------------------------------------------------------------------

    def begin(self, mode: str, ask: Ask, return_to: str, clicked: bool = True) -> Begun:
        """Hosted and custom page mode: return the URL that takes the browser to PingOne."""
        attempt, secret = self.attempts.begin(mode, ask, return_to, clicked)
        with self.attempts.telling(attempt, secret, self._opening(attempt)) as story:
            http = self.open_http(story.record)
            parameters = self.party.parameters(http, attempt, self.party.us.response_mode)
            url = authorization_url(self.party.provider.get(http), parameters)
            story.hop("browser", "pingone", "GET", url, at=self.now())
            self.attempts.pending.put(attempt, secret)
        return Begun(attempt.handle, secret, url)

    def begin_redirectless(self, ask: Ask, return_to: str, clicked: bool = True) -> Begun | SignedIn:
        """Redirectless mode: our server sends the request (`response_mode=pi.flow`) and gets a flow to drive.

        A flow that needs no step at all is finished here: PingOne then puts the code into its first answer.
        """
        attempt, secret = self.attempts.begin("redirectless", ask, return_to, clicked)
        with self.attempts.telling(attempt, secret, self._opening(attempt)) as story:
            story.hop("browser", "application", "GET", "/sign-on/redirectless", at=self.now())
            http = self.open_http(story.record)
            parameters = self.party.parameters(http, attempt, "pi.flow")
            flow, cookies = api.start(http, authorization_url(self.party.provider.get(http), parameters))
            attempt = replace(attempt, flow=flow.document, cookies=cookies)
            if flow.status == "FAILED":
                raise _failed(flow)
            if flow.status == "COMPLETED":
                know(story, attempt)
                params = tuple((flow.authorize_response or {}).items()) or api.resume(
                    http, self.endpoints, flow.id, cookies, self.party.us.redirect_uri
                )
                return self._answered(http, story, attempt, params, attempt)
            self.attempts.pending.put(attempt, secret)
        return Begun(attempt.handle, secret)

    def adopt(self, environment_id: str, flow_id: str, browser: Browser) -> Begun:
        """Custom page mode: PingOne sent this browser to our sign-on page with a flow; take the flow over.

        Our form feeds whatever flow is taken over, and who else knows its id can read along. So only an attempt of this
        mode is answered, begun by a click here and not by another site, within `ADOPT_SECONDS`, and once. Which attempt
        the flow belongs to is settled by the state in its answer: a foreign flow leads to no session.
        """
        if not is_uuid(flow_id) or self.party.us.environment_id not in ("", environment_id.lower()):
            raise ResponseMalformed("environmentId or flowId is not one of ours")
        pending = self.attempts.pending
        mine = [found for handle in sorted(browser, reverse=True) if (found := pending.get(handle, browser))]
        for each in mine:
            if each.flow and str(each.flow.get("id", "")).lower() == flow_id.lower():
                return Begun(each.handle, browser[each.handle])  # The same address again: the form is still there.
        begun = next((one for one in mine if self._awaits_flow(one) and pending.adopt(one.handle, browser)), None)
        if begun is None:
            raise ResumeNoCookie("a flow arrived at the sign-on page of a browser that awaits none")
        drive, secret = self.attempts.drive(begun)
        with self.attempts.telling(begun, browser[begun.handle]) as story:
            page = f"/sign-on/page?environmentId={environment_id}&flowId={flow_id}"
            story.hop("browser", "application", "GET", page, at=self.now())
            flow, cookies = api.read(self.open_http(story.record), self.endpoints, flow_id, {})
            self.attempts.pending.put(replace(drive, flow=flow.document, cookies=cookies), secret)
        return Begun(drive.handle, secret)

    def _awaits_flow(self, attempt: PendingSignOn) -> bool:
        fresh = self.now() - attempt.begun_at <= ADOPT_SECONDS
        return attempt.mode == "custom" and bool(attempt.state) and attempt.clicked and fresh

    def _opening(self, attempt: PendingSignOn) -> Story:
        return know(Story.begin(attempt.trace, attempt.mode, attempt.begun_at), attempt)

    # -- the flow, driven by our server ---------------------------------------------------------------------------

    def standing(self, handle: str, browser: Browser) -> Standing:
        """Return the step at which a flow waits. Raises the reason when this browser has no such attempt."""
        attempt = self.attempts.pending.get(handle, browser)
        if attempt is None or attempt.flow is None:
            raise self.attempts.lost(handle, browser)
        return Standing(attempt, parse_flow(attempt.flow))

    def look(self, handle: str, browser: Browser) -> Standing | SignedIn:
        """Ask PingOne whether a flow that waits for something elsewhere (a push confirmation) has moved on."""
        at = self.standing(handle, browser)
        with self.attempts.telling(at.attempt, browser[handle]) as story:
            http = self.open_http(story.record)
            flow, cookies = api.read(http, self.endpoints, at.flow.id, at.attempt.cookies)
            if flow.finished and flow.status != "FAILED" and not api.may_resume(cookies):
                # Finished by a step that is still on its way, perhaps: whoever may not resume must not use it up.
                raise ResumeNoCookie("the flow was finished elsewhere")
            if self.attempts.pending.get(handle, browser) != at.attempt:
                return self.standing(handle, browser)  # A step has moved it meanwhile: what that one stored counts.
            return self._moved(http, story, at.attempt, flow, cookies, browser)

    def submit(self, handle: str, browser: Browser, action: str, fields: Mapping[str, str]) -> Standing | SignedIn:
        """Take the next step. Raises `FlowRefused` when PingOne wants the form again: the flow is still there."""
        at = self.standing(handle, browser)
        with self.attempts.telling(at.attempt, browser[handle]) as story:
            story.hop("browser", "application", "POST", f"/sign-on/step/{handle}", at=self.now())
            http = self.open_http(story.record)
            try:
                body = body_of(action, fields)
                media = known_action(action).name
                flow, cookies = api.act(http, self.endpoints, at.flow.id, media, body, at.attempt.cookies)
            except FlowRefused:
                self.attempts.pending.update(at.attempt, browser[handle])  # PingOne's 15 minutes begin anew, ours too.
                raise
            return self._moved(http, story, at.attempt, flow, cookies, browser)

    def _moved(
        self,
        http: requests.Session,
        story: Story,
        attempt: PendingSignOn,
        flow: Flow,
        cookies: dict[str, str],
        browser: Browser,
    ) -> Standing | SignedIn:
        attempt = replace(attempt, flow=flow.document, cookies=cookies)
        know(story, attempt)
        if flow.finished:
            return self._resume(http, story, attempt, flow, browser)
        if not self.attempts.pending.update(attempt, browser[attempt.handle]):
            raise self.attempts.lost(attempt.handle, browser)  # Finished in another tab meanwhile.
        return Standing(attempt, flow)

    def resume(self, flow_id: str, browser: Browser) -> Standing | SignedIn:
        """Finish a flow that a browser brings back, if our server drove it for this browser.

        For any other flow the ST cookie is elsewhere: PingOne would refuse, and rightly. A flow that still waits for a
        step goes on waiting: nothing is used up.
        """
        for handle in browser:
            attempt = self.attempts.pending.get(handle, browser)
            if attempt and attempt.flow and str(attempt.flow.get("id", "")).lower() == flow_id.lower():
                if not api.may_resume(attempt.cookies):
                    return self.look(handle, browser)
                with self.attempts.telling(attempt, browser[handle]) as story:
                    story.hop("browser", "application", "GET", f"/resume?flowId={flow_id}", at=self.now())
                    http = self.open_http(story.record)
                    try:
                        return self._resume(http, story, attempt, parse_flow(attempt.flow), browser)
                    except FlowPending as pending:
                        attempt = replace(attempt, flow=pending.flow.document)
                        self.attempts.pending.put(attempt, browser[handle])
                        return Standing(attempt, pending.flow)
        raise ResumeNoCookie("the flow is not one that this browser began here")

    def _resume(
        self, http: requests.Session, story: Story, driven: PendingSignOn, flow: Flow, browser: Browser
    ) -> SignedIn:
        """The step that this project is about: `GET /as/resume?flowId=` with the ST cookie, for the code."""
        if self.attempts.pending.take(driven.handle, browser) is None:
            raise self.attempts.lost(driven.handle, browser)
        if flow.status == "FAILED":
            raise _failed(flow)
        params = api.resume(http, self.endpoints, flow.id, driven.cookies, self.party.us.redirect_uri)
        # With two tabs it may be either of this browser's attempts that a flow of custom page mode answers.
        owner = self.attempts.take(params, browser) if driven.mode == "custom" else driven
        return self._answered(http, story, owner, params, driven)

    def _answered(
        self, http: requests.Session, story: Story, owner: PendingSignOn, params: Parameters, driven: PendingSignOn
    ) -> SignedIn:
        if driven.mode == "redirectless" and not any(name == "state" for name, _ in params):
            # PingOne's documented answer may lack a state. Our server made the request and holds the flow and its
            # cookie, so nobody else can have put this answer here; a state that does come is compared.
            params = (*params, ("state", driven.state))
        return self.party.finish(http, story, owner, params, driven, self.now)

    # -- the authorization response -------------------------------------------------------------------------------

    def complete(self, params: Parameters, browser: Browser) -> SignedIn:
        """Finish a sign-on whose answer a browser brought to the redirect URI."""
        attempt = self.attempts.take(params, browser)
        with self.attempts.telling(attempt, browser[attempt.handle]) as story:
            method = "POST" if self.party.us.response_mode else "GET"
            story.hop("browser", "application", method, "/callback", at=self.now(), body=params)
            return self.party.finish(self.open_http(story.record), story, attempt, params, None, self.now)


def _failed(flow: Flow) -> Refused:
    return Refused(flow.error, said=Said(flow.error or "access_denied", flow.error_message))
