"""How a session ends: by its owner, by PingOne (in a frame, or from server to server), or because it is over."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..oidc.errors import SignOnError
from ..oidc.keys import LOGOUT_TOKEN
from ..oidc.logout_token import OLDEST, check_logout_claims
from ..oidc.pkce import Token
from ..oidc.sign_off import SignOffRequest
from ..pingone import end_session
from ..store.ended import Ended
from ..store.protocol import StoreUnavailable
from ..store.sessions import Sessions
from .parties import Parties
from .recorded import Recorded
from .signed_in import SignedIn, from_record


@dataclass(frozen=True)
class SignedOff:
    """What became of a sign-off."""

    person: SignedIn | None
    """Who was signed on, as far as it could be read."""
    request: SignOffRequest = field(repr=False)
    """What takes the browser to PingOne to end its session; empty when nothing is left for it to end."""
    state: str = field(default="", repr=False)
    """What PingOne sends back with the browser, if the request takes it there."""
    left: tuple[str, ...] = ()
    """What there is to report: `nobody` (there was no session); `record` (the store did not answer: a copied cookie may
    open the session until its lifetime ends); `unread` (nor could it be read, so nothing that it held was given back);
    `revocation` and `session`, which could not be done at PingOne; `ended` (our server has ended PingOne's session)."""


@dataclass(frozen=True)
class SignOffs:
    """Ends sessions, here and at PingOne."""

    parties: Parties
    sessions: Sessions
    ended: Ended
    recorded: Recorded
    now: Callable[[], float]
    token: Token

    def by_owner(self, id: str, seen: SignedIn | None) -> SignedOff:
        """End the session with this id here, then at PingOne. Raises nothing: a person who signs off is signed off.

        `seen` is the session as the request found it, None when it found none. What the store held last counts, as a
        refresh may have renewed the tokens since; only when the store does not answer, what was seen is given back.
        A session that gave way to a newer one of the same browser a moment ago means that newer one.
        """
        person, removed = seen, True
        try:
            person = self._ended(id) or seen
        except StoreUnavailable:
            removed = False
        state = self.token(32)
        request = SignOffRequest() if person is None else self._farewell(person, state)
        if not removed:
            with contextlib.suppress(StoreUnavailable):
                late = self._ended(id)
                removed = True
                if late is not None and (person is None or late.refresh_token != person.refresh_token):
                    person, request = late, self._farewell(late, state)
        return SignedOff(person, request, state, _left(person, request, removed))

    def _ended(self, id: str) -> SignedIn | None:
        record = self.sessions.end(id) or self.sessions.end(self.sessions.replaced_by(id))
        return from_record((record or {}).get("signed_in"))

    def _farewell(self, held: SignedIn, state: str) -> SignOffRequest:
        with contextlib.suppress(SignOnError, StoreUnavailable), self.recorded.story(held) as (http, story):
            request = self.parties.of_client(held.on.client_id).sign_off(http, held.on, state, self.now)
            if request.url:
                story.hop("browser", "pingone", request.method, request.url, at=self.now(), body=request.form.items())
            return request
        return SignOffRequest(undone=("revocation", "session"))

    def give_back(self, held: SignedIn) -> None:
        """Give back what a session held that nobody will sign off: its refresh token, and the PingOne session that only
        our server can end. PingOne's session in the browser is left alone."""
        http, party = self.recorded.open_http(None), self.parties.of_client(held.on.client_id)
        party.give_back(http, held.on.tokens, self.now)
        if held.pingone_cookies:
            with contextlib.suppress(SignOnError):
                end_session(http, party.provider.get(http), held.pingone_cookies, held.id_token)

    def give_back_record(self, record: Mapping[str, Any] | None) -> None:
        """The same for the record of a session that was removed from the store; None for no record."""
        held = from_record(record.get("signed_in")) if record else None
        if held is not None:
            self.give_back(held)

    def by_frame(self, sid: str) -> None:
        """PingOne's page says that its session `sid` has ended (OpenID Connect Front-Channel Logout 1.0, section 2)."""
        self.ended.mark_session(sid)

    def by_token(self, token: str) -> None:
        """PingOne's server says so with a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6).

        Marked first, remembered afterwards: a token whose mark could not be written works when it is sent again. One
        that was carried out before changes nothing. Raises the `SignOnError` of the rule that the token breaks.
        """
        claims, _ = self.parties.main.keys.verified_claims(token, self.recorded.open_http(None), LOGOUT_TOKEN)
        check_logout_claims(claims, self.parties.main.issuer, self.parties.client_ids, self.now())
        if self.ended.heard(claims["jti"]):
            return
        # sid names one PingOne session; without it, sub means all of the person's.
        if claims.get("sid"):
            self.ended.mark_session(claims["sid"])
        else:
            self.ended.mark_subject(claims["sub"], float(claims["iat"]))
        self.ended.remember(claims["jti"], OLDEST * 2)


def _left(person: SignedIn | None, request: SignOffRequest, removed: bool) -> tuple[str, ...]:
    if person is None:
        return ("nobody",) if removed else ("record", "unread")
    ended = () if request.url else ("ended",)
    return (*(() if removed else ("record",)), *(request.undone or ended))
