"""What the tests of the contract ask: a PingOne environment, its applications and users."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Application:
    """An application as its environment has registered it; the names of methods and settings are PingOne's."""

    client_id: str
    redirect_uri: str
    method: str = "NONE"
    secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    pkce: str = "S256_REQUIRED"
    par: str = "OPTIONAL"
    login_page_url: str = ""
    signed_off_uri: str = ""
    name: str = ""


@dataclass(frozen=True)
class User:
    """Somebody who may sign on."""

    username: str
    password: str = field(repr=False)


class Target(ABC):
    """An environment under test. What it is not set up for ends the test with pytest.skip and the reason."""

    name: str
    base: str
    """The URL to which ``/as`` and ``/flows`` are appended."""
    hosted_page: str
    """The page that PingOne draws, without its query."""

    @property
    def issuer(self) -> str:
        return f"{self.base}/as"

    @property
    def environment_id(self) -> str:
        return self.base.rpartition("/")[2]

    def reach(self, url: str) -> str:
        """The URL to connect to for a URL that the environment handed out."""
        return url

    @abstractmethod
    def application(self, **needs: str) -> Application:
        """An application whose settings are these: ``application(method="NONE", pkce="OPTIONAL")``."""

    @abstractmethod
    def user(self, kind: str = "shared") -> User:
        """Somebody to whom this happens: shared, mfa, change, expired, locked, disabled, agreement, profile."""

    @abstractmethod
    def policy(self, name: str) -> str:
        """The name of a sign-on policy that may be asked for."""

    @abstractmethod
    def now(self) -> float:
        """The environment's time in seconds since 1970."""

    @abstractmethod
    def later(self, seconds: float) -> None:
        """Let that time pass, without waiting."""

    @abstractmethod
    def played(self, why: str) -> "Controls":
        """The levers of a simulated environment. ``why``: what of a tenant is out of reach, for the reason to skip."""


class Controls(ABC):
    """What a test can only do to an environment that is played."""

    @abstractmethod
    def messages(self, username: str) -> list[dict[str, Any]]:
        """What was sent to a user, newest first: ``kind``, ``to``, ``code``, ``id``."""

    @abstractmethod
    def answer_push(self, message: dict[str, Any], answer: str) -> None:
        """``approved`` or ``denied``."""

    @abstractmethod
    def break_next(self, fault: str) -> None:
        """Let the next sign-on go wrong in a way of the simulator's switchboard."""

    @abstractmethod
    def rotate_key(self) -> None:
        """Sign with a new key from now on."""

    @abstractmethod
    def named(self, name: str) -> Application:
        """The application of that name, which is set up in a way of its own."""

    @abstractmethod
    def resource(self) -> dict[str, Any]:
        """The custom resource: ``id``, ``secret``, ``audience``, ``scopes``."""

    @abstractmethod
    def switch(self, name: str, reading: str) -> str:
        """Choose a reading of a switch; the one that was in force before."""
