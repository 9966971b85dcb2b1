"""Signing on with PingOne, as a story per mode.

Hosted:        begin -> (PingOne's own page) -> complete
Redirectless:  begin -> submit ... submit -> finish
Custom page:   begin -> adopt -> submit ... submit -> finish

Who holds PingOne's `ST` cookie may call resume: the browser in hosted mode, our server in the other two modes. However
the authorization response arrives, `RelyingParty.finish` is the only way to a session.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from ..oidc.attempt import Attempt, Browser, Clock, found, take
from ..oidc.errors import Refused, ResponseMalformed, SignOnError
from ..oidc.pkce import Token
from ..oidc.request import Ask
from ..oidc.response import Parameters
from ..pingone import approval, flows, page
from ..pingone.approval import Transaction
from ..pingone.errors import FlowPending, ResumeNoCookie
from ..pingone.flow import Flow
from ..store.protocol import StoreUnavailable
from . import changed
from .approvals import approved, is_approval
from .attempts import SealedAttempts, new_id
from .outcomes import Begun, Done, Finished, Waiting
from .parties import Parties
from .signed_in import SignedIn
from .turns import Turn, Turns, mode_of, trace_of

UNCHANGED: Mapping[str, str] = {}


@dataclass(frozen=True)
class SignOn:
    """The use cases. HTTP, time and storage are arguments: a test passes its own, and patches nothing of ours."""

    parties: Parties
    attempts: SealedAttempts
    turns: Turns
    now: Clock
    token: Token

    # -- beginning ------------------------------------------------------------------------------------------------

    def begin(
        self, mode: str, ask: Ask, return_to: str, clicked: bool = True, changes: Mapping[str, str] = UNCHANGED
    ) -> Begun:
        """Hosted and custom page mode: return the URL that takes the browser to PingOne.

        `clicked`: begun by a click on a page of ours, or by the address bar; not by another site's navigation.
        `changes`: parameters of the request that the visitor sets, or leaves out by an empty value, to see it refused.
        """
        held = page.FOR_PAGE if mode == "custom" and clicked else {}
        attempt = self._attempt(mode, ask, return_to, clicked, changes, held=held)
        with self.turns.recorded(attempt, opening=True) as turn:
            party = self.parties.of_mode(mode)
            url = changed.url_of(turn.http, party, attempt, self.now, self.parties.response_mode)
            turn.story.hop("browser", "pingone", "GET", url, at=self.now())
            turn.attempts.put(attempt)
        return Begun(attempt.id, attempt.secret, url)

    def begin_redirectless(
        self, ask: Ask, return_to: str, clicked: bool = True, changes: Mapping[str, str] = UNCHANGED
    ) -> Begun | Finished:
        """Redirectless mode: our server sends the request (`response_mode=pi.flow`) and gets a flow to drive.

        A flow that needs no step at all is finished here: PingOne then puts the code into its first answer.
        """
        attempt = self._attempt("redirectless", ask, return_to, clicked, changes, direct=True)
        with self.turns.recorded(attempt, opening=True) as turn:
            turn.story.hop("browser", "application", "GET", "/sign-on/redirectless", at=self.now())
            url = changed.url_of(turn.http, self.parties.main, attempt, self.now, "pi.flow")
            flow, started = flows.started(turn.http, attempt, url)
            turn.goes_on(started)
            if flow.finished:
                return self._signed_in(turn, started, flows.resume(turn.http, started), started)
            turn.attempts.put(started)
        return Begun(attempt.id, attempt.secret)

    def begin_approval(self, subject: str, transaction: Transaction) -> Begun:
        """Ask a person who is signed on to approve: our server drives the flow, our form shows its steps."""
        party, id = self.parties.approving or self.parties.main, self._new_id()
        note = {"mode": "redirectless", "trace": id, "approves": str(transaction), "subject": subject}
        ask = Ask(scope="openid", acr_values=approval.POLICY)
        attempt = party.attempt(ask, self.now, self.token, id=id, note=note, direct=True)
        with self.turns.recorded(attempt, opening=True) as turn:
            turn.story.hop("browser", "application", "POST", "/approval", at=self.now())
            _, started = approval.start(turn.http, party, attempt, transaction, subject, self.now, self.token)
            turn.goes_on(started)
            turn.attempts.put(started)
        return Begun(attempt.id, attempt.secret)

    def adopt(self, environment_id: str, flow_id: str, browser: Browser) -> Begun:
        """Custom page mode: PingOne sent this browser to our sign-on page with a flow; take the flow over.

        Our form feeds whatever flow is taken over, and who else knows its id can read along. So only an attempt of this
        mode is answered, begun by a click here and not by another site, soon after its start, and once.
        """
        if self.parties.environment_id not in ("", environment_id.lower()):
            raise ResponseMalformed("environmentId is not ours")
        mine = page.newest(self.attempts, browser)
        driven = page.driving(mine, flow_id)
        if driven is None:
            with self.attempts.explained(browser, self.token):
                begun = page.awaiting(mine, flow_id, self.now())
            with self.turns.recorded(begun) as turn:
                address = f"/sign-on/page?environmentId={environment_id}&flowId={flow_id}"
                turn.story.hop("browser", "application", "GET", address, at=self.now())
                id = self._new_id()
                _, driven = page.take_over(turn.http, turn.attempts, begun, flow_id, self.now, self.token, id)
        return Begun(driven.id, driven.secret)

    def _new_id(self, clicked: bool = True) -> str:
        return new_id(self.now(), self.token, clicked, self.attempts.mark(self.token))

    def _attempt(
        self, mode: str, ask: Ask, return_to: str, clicked: bool, changes: Mapping[str, str], **more: object
    ) -> Attempt:
        id = self._new_id(clicked)
        note = {"mode": mode, "trace": id, "return_to": return_to, **({changed.NOTE: dict(changes)} if changes else {})}
        return self.parties.of_mode(mode).attempt(ask, self.now, self.token, id=id, note=note, **more)

    # -- the flow, driven by our server ---------------------------------------------------------------------------

    def waiting(self, id: str, browser: Browser) -> Waiting:
        """Return the step at which a flow waits. Raises the reason when this browser has no such attempt."""
        return self.waits(self.attempts.get(id, browser.get(id, "")), id, browser)

    def waits(self, attempt: Attempt | None, id: str, browser: Browser) -> Waiting:
        """The same for what was found of the attempt with this id."""
        if attempt is not None and "flow" not in attempt.held:
            attempt = None
        with self.attempts.explained([id], self.token):
            attempt = found(attempt, id, browser, self.now())
        return Waiting(attempt, flows.flow_of(attempt))

    def look(self, at: Waiting, browser: Browser) -> Waiting | Done:
        """Ask PingOne whether a flow that waits for something elsewhere (a push confirmation) has moved on."""
        with self.turns.recorded(at.attempt) as turn:
            flow, after = self._unless_failed(flows.read, turn)
            if flow.finished and not flows.may_resume(after):
                # Finished by a step that is still on its way, perhaps: a caller that may not resume must not use it up.
                raise ResumeNoCookie("the flow was finished elsewhere")
            if flow.finished:
                turn.goes_on(after)
                return self._finished(turn, browser)
            if not turn.attempts.replace(after, at.attempt):
                return self.waiting(after.id, browser)  # A step was faster: what that one stored counts.
            return Waiting(after, flow)

    def submit(self, at: Waiting, browser: Browser, action: str, fields: Mapping[str, str]) -> Waiting | Done:
        """Take the next step. Raises `FlowRefused` when PingOne wants the form again: the flow is still there."""
        with self.turns.recorded(at.attempt) as turn:
            path, typed = f"/sign-on/step/{at.attempt.id}", [("action", action), *fields.items()]
            turn.story.hop("browser", "application", "POST", path, at=self.now(), body=typed)
            flow, after = self._unless_failed(flows.act, turn, action, fields)
            turn.goes_on(after)
            if flow.finished:
                return self._finished(turn, browser)
            if not turn.attempts.replace(after):
                found(None, after.id, browser, self.now())  # Finished in another tab at the same time.
            return Waiting(after, flow)

    def resume(self, flow_id: str, browser: Browser) -> Waiting | Done:
        """Finish a flow that a browser brings back, if our server drove it for this browser.

        For any other flow the ST cookie is elsewhere: PingOne would refuse, and rightly. A flow that still waits for a
        step goes on waiting: nothing is used up.
        """
        attempt = page.driving(page.newest(self.attempts, browser), flow_id)
        if attempt is None:
            with self.attempts.explained(browser, self.token):
                raise ResumeNoCookie("the flow is not one that this browser began here")
        if not flows.may_resume(attempt):
            return self.look(Waiting(attempt, flows.flow_of(attempt)), browser)
        with self.turns.recorded(attempt) as turn:
            turn.story.hop("browser", "application", "GET", f"/resume?flowId={flow_id}", at=self.now())
            try:
                return self._finished(turn, browser)
            except FlowPending as pending:
                held = {**attempt.held, "flow": pending.flow.document}
                turn.attempts.replace(replace(attempt, held=held), attempt)
                return Waiting(attempt, pending.flow)

    def _unless_failed(self, call: flows.Call, turn: Turn, *step: object) -> tuple[Flow, Attempt]:
        """A flow that has failed is over, and so is its attempt."""
        try:
            return call(turn.http, turn.attempt, *step)
        except Refused:
            self.attempts.take(turn.attempt.id, turn.attempt.secret)
            raise

    def _finished(self, turn: Turn, browser: Browser) -> Done:
        """The step that this project is about: `GET /as/resume?flowId=` with the ST cookie, for the code."""
        driven = turn.attempt
        owner, parameters = flows.redeem(turn.http, turn.attempts, driven, browser, self.now)
        if is_approval(owner):
            return approved(turn, self.parties.of_attempt(owner), owner, parameters, self.now)
        return self._signed_in(turn, owner, parameters, driven)

    # -- the authorization response -------------------------------------------------------------------------------

    def complete(self, parameters: Parameters, browser: Browser) -> Finished:
        """Finish a sign-on whose answer a browser brought to the redirect URI."""
        method = "POST" if self.parties.response_mode else "GET"
        unclaimed: SignOnError | None = None
        named = (value.partition(".")[0] for name, value in parameters if name == "state")
        try:
            with self.attempts.explained(named, self.token):
                attempt = take(self.attempts, parameters, browser, self.now())
        except SignOnError as error:
            waiting = changed.belongs_to(error, self.attempts, browser)
            if waiting is None:
                raise
            attempt, unclaimed = waiting, error
        with self.turns.recorded(attempt) as turn:
            turn.story.hop("browser", "application", method, "/callback", at=self.now(), body=parameters)
            if unclaimed is not None:
                raise unclaimed
            return self._signed_in(turn, attempt, parameters, attempt)

    def _signed_in(self, turn: Turn, owner: Attempt, parameters: Parameters, driven: Attempt) -> Finished:
        party = self.parties.of_attempt(owner)
        signed_on = party.finish(turn.http, owner, parameters, self.now, turn.story.checked)
        with party.given_back_unless_used(turn.http, signed_on.tokens, self.now):
            turn.story.end("signed_on", at=self.now())
            person = SignedIn.new(signed_on, owner, mode_of(driven), (owner.id, driven.id))
            return Finished(person, turn.story.to_record())

    def end_attempts(self, browser: Browser) -> set[str]:
        """End every open attempt of this browser, and forget their stories, as far as the store answers.

        Return the ids of those that were over: what came of them may still be read.
        """
        over = set()
        with suppress(StoreUnavailable):
            for id, secret in browser.items():
                attempt = self.attempts.take(id, secret)
                if attempt is None:
                    over.add(id)
                else:
                    self.turns.traces.forget(trace_of(attempt), browser.values())
        return over
