"""One run through a sign-on policy, and the steps that are left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from .authorization_request import AuthorizationRequest
from .inbox import Message
from .policies import Policy
from .sessions import Session
from .users import Device, User

COMPLETED = "COMPLETED"
FAILED = "FAILED"

#: The step that is due -> the status in which the flow waits for it.
STATUS: Mapping[str, str] = {
    "login": "USERNAME_PASSWORD_REQUIRED",
    "identifier": "SIGN_ON_REQUIRED",
    "password": "PASSWORD_REQUIRED",
    "must_change_password": "MUST_CHANGE_PASSWORD",
    "password_expired": "PASSWORD_EXPIRED",
    "recovery": "RECOVERY_CODE_REQUIRED",
    "verification": "VERIFICATION_CODE_REQUIRED",
    "mfa": "DEVICE_SELECTION_REQUIRED",
    "agreement": "AGREEMENT_CONSENT_REQUIRED",
    "profile": "PROFILE_DATA_REQUIRED",
    "external": "EXTERNAL_AUTHENTICATION_REQUIRED",
    "linking": "ACCOUNT_LINKING_REQUIRED",
    "confirmation": "ACCOUNT_CONFIRMATION_REQUIRED",
}

#: Steps that authenticate; the others collect something from the user.
_INTERIM = frozenset({"identifier", "password", "recovery", "verification", "linking", "confirmation"})


@dataclass
class Code:
    """A secret that was sent to the user: worth something until ``expires_at``."""

    value: str = field(repr=False)
    expires_at: float


@dataclass
class Flow:
    """PingOne's flow resource before it is written as JSON."""

    request: AuthorizationRequest
    policy: Policy
    created_at: float
    id: str = field(default_factory=lambda: str(uuid4()))
    status: str = ""
    todo: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    methods: list[str] = field(default_factory=list)
    user: User | None = None
    session_id: str = ""
    auth_time: float | None = None
    error: tuple[str, str] | None = None
    resumed: bool = False
    fault: str = ""
    password_used: str = field(default="", repr=False)
    device: Device | None = None
    code: Code | None = None
    wrong_codes: int = 0
    push: Message | None = None
    push_until: float = 0.0
    challenge: str = ""
    forgot_username: str = ""
    external_user: str = ""

    def start(self) -> None:
        """The first step of the policy, with nobody attached."""
        self.todo = self._due([self.policy.start, *self.policy.steps[1:]])
        self.done, self.methods = set(), []
        self.user, self.session_id, self.auth_time = None, "", None
        self.device = self.code = self.push = None
        self.enter()

    def step_up(self, session: Session) -> None:
        """Attach a living session and ask only for what the policy wants beyond it."""
        self.user, self.session_id = session.user, session.id
        self.done, self.methods = set(session.done), list(session.methods)
        self.auth_time = session.authenticated_at
        self.todo = self._due([step for step in self.policy.steps if step not in session.done])
        self.done -= set(self.todo)
        self.enter()

    def name_user(self, user: User, session: Session) -> None:
        """Attach somebody whom the application has named; a second factor must still show that it is they."""
        self.user, self.session_id = user, session.id
        self.todo = self._due(self.policy.steps)
        self.enter()

    def _due(self, steps: Sequence[str]) -> list[str]:
        """The steps, and for a transaction a second factor whatever was done before: it approves this one alone."""
        if self.request.transaction is None or "mfa" in steps:
            return list(steps)
        return [*steps, "mfa"]

    def enter(self) -> None:
        """Wait for the next step, or be COMPLETED when none is left."""
        self.code = self.push = None
        self.status = STATUS[self.todo[0]] if self.todo else COMPLETED

    def detour(self, step: str) -> None:
        """Put a step in front of the others."""
        self.todo.insert(0, step)
        self.enter()

    def finish_step(self) -> None:
        """The step that was due is done."""
        step = self.todo.pop(0)
        if step not in _INTERIM:
            self.done.add(step)
        self.enter()

    def add_method(self, *methods: str) -> None:
        """Record an authentication method (RFC 8176) once, in the order of use."""
        self.methods.extend(method for method in methods if method not in self.methods)

    def fail(self, code: str, message: str) -> None:
        """End in FAILED: there is nothing left but to resume, which reports the error to the application."""
        self.status, self.error, self.todo = FAILED, (code, message), []
        self.code = self.push = None

    @property
    def over(self) -> bool:
        """Whether the flow takes no more actions."""
        return self.status in (COMPLETED, FAILED)

    @property
    def acr(self) -> str:
        """The name of the policy; a user who had to bring a second factor beyond it went through Multi_Factor."""
        return "Multi_Factor" if "mfa" in self.done - set(self.policy.steps) else self.policy.name


def send_code(flow: Flow, make: Callable[[], str], now: float, seconds: float) -> str:
    """A fresh secret for this flow; the one before is worthless from now on."""
    value = make()
    flow.code = Code(value, now + seconds)
    return value
