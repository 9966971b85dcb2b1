"""A PingOne tenant as a target, described by ``PINGONE_TEST_*``.

``PINGONE_TEST_BASE_URL``  https://auth.pingone.eu/<environment id>, or a custom domain
``PINGONE_TEST_CLIENT_ID``, ``_CLIENT_SECRET``, ``_TOKEN_AUTH_METHOD`` (NONE), ``_PRIVATE_KEY`` (PEM)
``PINGONE_TEST_PKCE`` (S256_REQUIRED), ``_REDIRECT_URI``, ``_SIGNED_OFF_URI``, ``_LOGIN_PAGE_URL``
``PINGONE_TEST_USERNAME``, ``_PASSWORD``; of other kinds of users ``PINGONE_TEST_MFA_USERNAME``, ``_MFA_PASSWORD``, ...
``PINGONE_TEST_POLICIES``  the sign-on policies of the application, separated by spaces; user name and password first

The application has the grants AUTHORIZATION_CODE and REFRESH_TOKEN and does not require PAR.
"""

import os
import time
from collections.abc import Mapping
from typing import NoReturn

import pytest

from tests.contract.target import Application, Controls, Target, User

_PREFIX = "PINGONE_TEST_"


def is_there(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a tenant is described."""
    return bool(environ.get(f"{_PREFIX}BASE_URL"))


class Tenant(Target):
    """What is not described ends a test with the name of the setting that is missing."""

    name = "tenant"

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self.base = self._required("BASE_URL").rstrip("/")
        on_pingone = self.base.startswith("https://auth.pingone.")
        root = self.base.replace("https://auth.", "https://apps.", 1) if on_pingone else self.base
        self.hosted_page = f"{root}/signon/"

    def application(self, **needs: str) -> Application:
        found = Application(
            self._required("CLIENT_ID"), self._required("REDIRECT_URI"), self._get("TOKEN_AUTH_METHOD", "NONE").upper(),
            self._get("CLIENT_SECRET"), self._get("PRIVATE_KEY"), self._get("PKCE", "S256_REQUIRED"), "OPTIONAL",
            self._get("LOGIN_PAGE_URL"), self._get("SIGNED_OFF_URI"),
        )
        other = {name: value for name, value in needs.items() if value not in ("any", getattr(found, name))}
        if other:
            pytest.skip(f"the application of the tenant is not set up with {other}")
        return found

    def user(self, kind: str = "shared") -> User:
        kind = "" if kind == "shared" else f"{kind.upper()}_"
        return User(self._required(f"{kind}USERNAME"), self._required(f"{kind}PASSWORD"))

    def policy(self, name: str) -> str:
        if name not in self._get("POLICIES").split():
            pytest.skip(f"{_PREFIX}POLICIES does not list {name}")
        return name

    def now(self) -> float:
        return time.time()

    def later(self, seconds: float) -> NoReturn:
        pytest.skip("the clock of a tenant cannot be moved")

    def played(self, why: str) -> Controls:
        pytest.skip(f"not on a tenant: {why}")

    def _get(self, name: str, default: str = "") -> str:
        return self._environ.get(f"{_PREFIX}{name}") or default

    def _required(self, name: str) -> str:
        value = self._get(name)
        if not value:
            pytest.skip(f"{_PREFIX}{name} is not set")
        return value
