"""The PingOne environment: everything the endpoints work on, in memory, behind one lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from .. import constants
from .applications import Application, registered
from .faults import Switchboard
from .flow import Flow
from .grants import Grants
from .inbox import Inbox
from .keys import KeyRing
from .sessions import Sessions
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
        now: Callable[[], float], sleep: Callable[[float], None],
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.now = now
        self.sleep = sleep
        self.lock = threading.RLock()
        self.applications: Mapping[str, Application] = registered(public_url.rstrip("/"), redirect_uris)
        self.users = Directory(now)
        self.keys = KeyRing(now)
        self.sessions = Sessions(now)
        self.flows: Table[Flow] = Table(now, lifetime=FLOW_SECONDS)
        self.pushed: Table[tuple[float, dict[str, list[str]]]] = Table(now, lifetime=600.0)
        self.assertions: Table[bool] = Table(now, lifetime=3_600.0, capacity=10_000)
        self.grants = Grants(now)
        self.inbox = Inbox(now)
        self.faults = Switchboard()

    @property
    def url(self) -> str:
        """The base to which ``/as`` and ``/flows`` are appended."""
        return f"{self.base_url}/{constants.ENVIRONMENT_ID}"

    @property
    def issuer(self) -> str:
        return f"{self.url}/as"

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
