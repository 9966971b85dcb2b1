"""The demo users, what happens to each of them, and new ones who register."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from .. import constants

#: A password policy's lockout rule: failures in a row, and seconds until the account opens again.
LOCKOUT_FAILURES = 5
LOCKOUT_SECONDS = 60.0
#: New registrations give way to newer ones beyond this number.
MOST_REGISTERED = 500

#: What a user must go through after the password, by user name.
_AFTERWARDS: dict[str, tuple[str, ...]] = {
    "mfaTestUser": ("mfa",),
    "otpTestUser": ("mfa",),
    "changeTestUser": ("must_change_password",),
    "expiredTestUser": ("password_expired",),
    "agreementTestUser": ("agreement",),
    "profileTestUser": ("profile",),
}
_GROUPS: dict[str, tuple[str, ...]] = {"sharedTestUser": ("members",), "mfaTestUser": ("members", "admins")}


@dataclass(frozen=True)
class Device:
    """A second factor: ``type`` is PingOne's (EMAIL, SMS, MOBILE, FIDO2), ``shown`` the masked address."""

    id: str
    type: str
    shown: str

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"id": self.id, "type": self.type, "status": "ACTIVE"}
        if self.type == "EMAIL":
            body["email"] = self.shown
        elif self.type == "SMS":
            body["phone"] = self.shown
        else:
            body["name"] = self.shown
        return body


@dataclass
class User:
    """A person in the directory. ``password`` is one chosen here; the published one works as well."""

    id: str
    username: str
    given_name: str
    family_name: str
    email: str
    afterwards: tuple[str, ...] = ()
    devices: tuple[Device, ...] = ()
    groups: tuple[str, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)
    password: str = field(default="", repr=False)
    demo: bool = True
    enabled: bool = True
    always_locked: bool = False
    failures: int = 0
    locked_until: float = 0.0
    updated_at: int = 0

    @property
    def name(self) -> str:
        """The formatted name, empty for a user who has none."""
        return f"{self.given_name} {self.family_name}".strip()

    def has_password(self, password: str) -> bool:
        """The published password of a demo user is right even after the user has chosen another."""
        return bool(password) and (password == self.password or (self.demo and password == constants.PASSWORD))

    def seconds_locked(self, moment: float) -> int:
        """Whole seconds until the account opens; 0 when it is open."""
        if self.always_locked:
            return 86_400
        return max(0, round(self.locked_until - moment))

    def failed(self, moment: float) -> None:
        """Count a wrong password; the fifth in a row locks the account for a minute."""
        self.failures += 1
        if self.failures >= LOCKOUT_FAILURES:
            self.failures, self.locked_until = 0, moment + LOCKOUT_SECONDS


class Directory:
    """The users of the environment by user name, upper and lower case alike."""

    def __init__(self, now: Callable[[], float], rows: int = MOST_REGISTERED) -> None:
        self._now = now
        self._most_registered = rows
        self._users: dict[str, User] = {}
        for username, _ in constants.DEMO_USERS:
            self._add(_demo(username))

    def find(self, username: str) -> User | None:
        """The user of that name, or None."""
        return self._users.get(username.strip().casefold())

    def register(self, username: str, email: str, password: str, given: str, family: str) -> User:
        """A new user; the caller has made sure that the name is free."""
        user = User(str(uuid4()), username.strip(), given, family, email, devices=devices_of(username, email),
                    password=password, demo=False, updated_at=int(self._now()))
        mine = [name for name, each in self._users.items() if not each.demo]
        if len(mine) >= self._most_registered:
            del self._users[mine[0]]
        self._add(user)
        return user

    def put(self, user: User) -> None:
        """Add a user, instead of one who has the same name."""
        self._add(user)

    def by_id(self, identity: str) -> User | None:
        """The user of that id, or None."""
        return next((each for each in self if each.id == identity), None)

    def __iter__(self) -> Iterator[User]:
        return iter(self._users.values())

    def _add(self, user: User) -> None:
        self._users[user.username.casefold()] = user


def _demo(username: str) -> User:
    kind = username.removesuffix("TestUser")
    # The id of the user in PingOne's own example of a resume answer.
    identity = "386e547a-45b6-410f-b61f-e4f4dc177fac" if kind == "shared" else str(_uuid(username))
    email = f"{kind}.test.user@example.com"
    devices, named = devices_of(username, email), kind != "nameless"
    return User(
        identity, username, kind.capitalize() if named else "", "Test User" if named else "", email,
        afterwards=_AFTERWARDS.get(username, ()), devices=devices[:1] if kind == "otp" else devices,
        enabled=kind != "disabled", always_locked=kind == "locked", updated_at=1_776_720_000,
        groups=_GROUPS.get(username, ()),
    )


def devices_of(username: str, email: str) -> tuple[Device, ...]:
    """One device of each kind, which is what every user here has."""
    masked = f"{email[:1]}***@{email.rpartition('@')[2]}"
    shown = {"EMAIL": masked, "SMS": "***-***-0142", "MOBILE": "Demo phone", "FIDO2": "Demo security key"}
    return tuple(Device(str(_uuid(f"{username}/{kind}")), kind, label) for kind, label in shown.items())


def _uuid(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"https://simulator.example/{name}")
