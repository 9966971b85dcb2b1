"""The PingOne environment: everything the endpoints work on, in memory, behind one lock."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import constants
from .applications import Application, registered
from .faults import Switchboard
from .flow import Flow
from .grants import Grants
from .inbox import Inbox
from .keys import SigningKey, SigningKeys
from .policies import Policy
from .resources import Resource
from .sessions import Sessions
from .switches import Switches
from .tables import Table
from .users import Directory

#: Seconds without any access after which a flow is gone (PingOne: 15 minutes, sliding).
FLOW_SECONDS = 900.0


class Environment:
    """One environment.

    ``lock`` guards all of it: handlers hold it while they work, so that a code, an attempt or a refresh token is
    used once however many requests arrive together. Nothing waits while holding it.
    """

    def __init__(
        self, base_url: str, public_url: str, redirect_uris: Sequence[str],
        now: Callable[[], float], sleep: Callable[[float], None], browser_origins: Sequence[str] = (),
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.public_url = public_url.rstrip("/")
        self.now = now
        self.sleep = sleep
        self.applications: Mapping[str, Application] = registered(
            public_url.rstrip("/"), redirect_uris, browser_origins
        )
        self.resource = Resource()
        self.sign_off_uris = (f"{public_url.rstrip('/')}/",)
        self.assertions: Table[bool] = Table(now, lifetime=3_600.0, capacity=10_000)
        self.everybodys: Environment | None = None
        self.opened_from = ""
        self.keys_of_others: Callable[[], Sequence[SigningKey]] = tuple
        self.lock = threading.RLock()
        self.begin(SigningKeys(now))

    def for_visitor(
        self, make_key: Callable[[], SigningKey], keys_of_others: Callable[[], Sequence[SigningKey]], rows: int
    ) -> Environment:
        """The same environment as one visitor finds it: issuer and applications are shared, nothing else is.

        No table holds more than ``rows`` rows (of access tokens twice as many). The identifiers of client assertions
        are shared as well, so that one cannot be used again in somebody else's environment.
        """
        theirs = copy.copy(self)
        theirs.everybodys = self
        theirs.keys_of_others = keys_of_others
        theirs.lock = threading.RLock()
        theirs.begin(SigningKeys(self.now, self.keys.current, make_key, lambda: self.keys.default), rows)
        return theirs

    def begin(self, keys: SigningKeys, rows: int = 10_000) -> None:
        """As at the beginning: the demo users, nobody signed on."""
        now = self.now
        self.users = Directory(now, min(500, rows))
        self.keys = keys
        self.sessions = Sessions(now, rows)
        self.flows: Table[Flow] = Table(now, lifetime=FLOW_SECONDS, capacity=min(2_000, rows))
        self.pushed: Table[tuple[float, dict[str, list[str]]]] = Table(now, lifetime=600.0, capacity=min(2_000, rows))
        self.grants = Grants(now, rows)
        self.inbox = Inbox(now, min(200, rows))
        #: What browsers exchanged with the hosted page, by the challenge of their sign-on, as long as an hour.
        self.journals: Table[tuple[Any, ...]] = Table(now, lifetime=3_600.0, capacity=min(200, max(1, rows // 4)))
        self.faults = Switchboard()
        self.switches = Switches()

    def __contains__(self, name: str) -> bool:
        """Whether a flow, session, code, token or pushed request of that name belongs here."""
        return any(name in held for held in (self.flows, self.sessions, self.grants, self.pushed))

    def take_pushed(self, reference: str) -> tuple[float, dict[str, list[str]]] | None:
        """A pushed request, once. An application that knows no visitor's environment pushes into everybody's."""
        held = self.pushed.take(reference)
        if held is None and self.everybodys is not None:
            with self.everybodys.lock:
                held = self.everybodys.pushed.take(reference)
        return held

    @property
    def url(self) -> str:
        """The base to which ``/as`` and ``/flows`` are appended."""
        return f"{self.base_url}/{constants.ENVIRONMENT_ID}"

    @property
    def issuer(self) -> str:
        return f"{self.url}/as"

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The sign-on policies of all applications."""
        return tuple(dict.fromkeys(policy for each in self.applications.values() for policy in each.policies))

    def flow_url(self, flow: Flow) -> str:
        return f"{self.url}/flows/{flow.id}"

    def resume_url(self, flow: Flow) -> str:
        return f"{self.url}/as/resume?flowId={flow.id}"

    def sign_on_page(self, flow: Flow) -> str:
        """Where a browser is sent to sign on: the application's own page when it has one."""
        login_page = flow.request.application.login_page_url
        if not login_page:
            return f"{self.url}/signon/?flowId={flow.id}"
        joint = "&" if "?" in login_page else "?"
        return f"{login_page}{joint}environmentId={constants.ENVIRONMENT_ID}&flowId={flow.id}"

    def find_flow(self, flow_id: str) -> Flow | None:
        """A living flow. Looking at it starts its 15 minutes anew."""
        flow = self.flows.get(flow_id)
        if flow is not None:
            self.flows.put(flow.id, flow)
        return flow
