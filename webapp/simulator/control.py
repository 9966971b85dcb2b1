"""What tests do to a simulator: add users, applications, policies; choose faults, set the clock, sign somebody on."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, cast
from uuid import uuid4

from flask import Flask

from . import constants
from .engine.applications import NONE, PRIVATE_KEY_JWT, Application
from .engine.clock import Clock
from .engine.environment import Environment
from .engine.fault_catalogue import BY_NAME
from .engine.faults import MODES, NEXT
from .engine.flow_json import timestamp
from .engine.policies import Policy
from .engine.switches import BY_NAME as SWITCHES
from .engine.users import User, devices_of
from .engine.worlds import Worlds
from .played import sign_on

#: What a user may be made to go through after the password.
AFTERWARDS = ("mfa", "must_change_password", "password_expired", "agreement", "profile")
#: Steps of a sign-on policy; the first is how it starts.
STEPS = ("login", "identifier", "mfa", "agreement", "profile", "external")


class Control:
    """A simulator in the hands of a test. Errors are ``ValueError`` with a sentence that names what is wrong."""

    def __init__(self, simulator: Flask) -> None:
        self._simulator = simulator
        self._environment: Environment = cast(Worlds, simulator.extensions["pingone-simulator"]).everybodys
        self._applications = dict(self._environment.applications)

    @property
    def base_url(self) -> str:
        """Where the simulator is; its pages are below it."""
        return self._environment.base_url

    @property
    def issuer(self) -> str:
        return self._environment.issuer

    @property
    def metadata_url(self) -> str:
        """The discovery document."""
        return f"{self.issuer}/.well-known/openid-configuration"

    @property
    def environment_id(self) -> str:
        return constants.ENVIRONMENT_ID

    @property
    def password(self) -> str:
        """The password of every demo user."""
        return constants.PASSWORD

    @property
    def client_id(self) -> str:
        """``UseCasePKCEApp``: a public client that must use PKCE with S256."""
        return constants.CLIENT_ID

    @property
    def applications(self) -> dict[str, Application]:
        """Every application by its name, with ``client_id`` and ``client_secret``."""
        return {each.name: each for each in self._environment.applications.values()}

    def add_user(self, username: str, **settings: Any) -> User:
        """A user, instead of one who has that name.

        Settings: ``password`` (else the demo users'), ``given_name``, ``family_name``, ``email``, ``enabled``,
        ``always_locked``, ``afterwards`` (some of ``AFTERWARDS``), ``attributes``; any other field of ``User``.
        """
        settings = _tuples(settings)
        after = tuple(settings.pop("afterwards", ()))
        _known("afterwards", after, AFTERWARDS)
        settings = {"given_name": username, "family_name": "", "email": f"{username}@example.com", **settings}
        _fit(User, {"username": username, **settings}, "id", "devices", "failures", "locked_until", "demo")
        with self._environment.lock:
            user = User(str(uuid4()), username, afterwards=after, devices=devices_of(username, settings["email"]),
                        demo="password" not in settings, updated_at=int(self._environment.now()), **settings)
            self._environment.users.put(user)
        return user

    def add_application(self, name: str, redirect_uris: Sequence[str], **settings: Any) -> Application:
        """An application with a client id and, if its authentication method needs one, a secret.

        Settings are fields of ``Application``, such as ``token_auth_method="CLIENT_SECRET_BASIC"``, ``client_id``,
        ``client_secret``, ``post_logout_redirect_uris``, ``pkce_enforcement``, ``login_page_url``, ``par_required``.
        """
        given = {
            "client_id": str(uuid4()), "post_logout_redirect_uris": (),
            **_tuples({**settings, "name": name, "redirect_uris": redirect_uris}),
        }
        _fit(Application, given, "policies")
        if given.get("token_auth_method", NONE) not in (NONE, PRIVATE_KEY_JWT):
            given.setdefault("client_secret", secrets.token_urlsafe(32))
        application = Application(**given)
        self._register(application)
        return application

    def add_policy(self, name: str, steps: Sequence[str]) -> Policy:
        """A sign-on policy for all applications, asked for with ``acr_values=name``. ``steps``: some of ``STEPS``."""
        _known("steps", steps, STEPS)
        if not steps or steps[0] not in ("login", "identifier", "external"):
            raise ValueError("a policy starts with login, identifier or external")
        wanted = tuple("login" if step == "identifier" else step for step in steps)
        policy = Policy(name, "added by a test", steps[0], wanted)
        for each in self.applications.values():
            others = tuple(known for known in each.policies if known.name != name)
            self._register(replace(each, policies=(*others, policy)))
        return policy

    def choose_fault(self, name: str, mode: str = NEXT) -> None:
        """Let something go wrong at the ``next`` sign-on, or ``until-cleared``; the names are on the page /faults."""
        if name not in BY_NAME:
            raise ValueError(f"there is no fault {name!r}")
        _known("mode", [mode], MODES)
        with self._environment.lock:
            self._environment.faults.choose(BY_NAME[name], mode)

    def clear_fault(self) -> None:
        """Everything works again."""
        with self._environment.lock:
            self._environment.faults.clear()

    def switch(self, name: str, reading: str) -> None:
        """Choose a reading of a switch, such as ``era`` ``2027``; the names are on the page /switches."""
        _known("switch", [name], list(SWITCHES))
        _known(name, [reading], list(SWITCHES[name].readings))
        with self._environment.lock:
            self._environment.switches.choose(name, reading)

    def set_clock(self, moment: float) -> None:
        """Show ``moment``, in seconds since 1970, from now on."""
        self._clock.set(moment)

    def move_clock(self, seconds: float) -> None:
        """Move the clock forward, or back by a negative number."""
        self._clock.ahead += seconds

    def reset(self) -> None:
        """Applications, users, sessions, inbox, fault, switches and clock as they were at the start; the keys stay."""
        with self._environment.lock:
            self._environment.applications = dict(self._applications)
            self._environment.begin(self._environment.keys)
            self._clock.ahead = 0.0

    def inbox(self) -> list[dict[str, Any]]:
        """The messages to all users, newest first: ``kind``, ``username``, ``to``, ``text``, ``code``, ``at``."""
        names = ("id", "kind", "username", "to", "text", "code", "answer")
        with self._environment.lock:
            return [
                {**{name: getattr(each, name) for name in names}, "at": timestamp(each.at)}
                for each in self._environment.inbox.all()
            ]

    def sign_on(
        self, authorization_url: str, username: str = "sharedTestUser", password: str = constants.PASSWORD
    ) -> str:
        """Be a browser: follow an authorization URL, sign the user on, and return where the application is called back.

        A second factor is met with the passcode in the inbox. Raises ValueError for whatever needs a person.
        """
        url = self._environment.url
        return sign_on(self._simulator.test_client(), self.base_url, url, authorization_url, username, password)

    def _register(self, application: Application) -> None:
        with self._environment.lock:
            self._environment.applications = {**self._environment.applications, application.client_id: application}

    @property
    def _clock(self) -> Clock:
        return cast(Clock, self._environment.now)


def _tuples(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}


def _known(what: str, values: Sequence[str], known: Sequence[str]) -> None:
    strange = [value for value in values if value not in known]
    if strange:
        raise ValueError(f"{what}: {', '.join(map(str, strange))} is none of {', '.join(known)}")


def _fit(kind: type, settings: Mapping[str, Any], *closed: str) -> None:
    """Settings by the names and simple types of a dataclass; what a test may not set is closed."""
    types = {each.name: str(each.type) for each in fields(kind) if each.name not in closed}
    _known("settings", list(settings), list(types))
    simple = {"str": str, "bool": bool, "int": int, "tuple[str, ...]": tuple, "dict[str, Any]": dict}
    for name, value in settings.items():
        words = value if isinstance(value, tuple) else ()
        if not isinstance(value, simple.get(types[name], object)) or not all(isinstance(each, str) for each in words):
            raise ValueError(f"{name} must be {types[name]}")
