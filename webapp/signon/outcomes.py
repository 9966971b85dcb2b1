"""What a step of a sign-on leads to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..oidc.attempt import Attempt
from ..pingone.flow import Flow
from .approvals import Approved
from .signed_in import SignedIn


@dataclass(frozen=True)
class Begun:
    """An attempt that has begun: where the browser goes now and the secret that binds the attempt to it."""

    id: str
    secret: str = field(repr=False)
    url: str = field(default="", repr=False)
    """PingOne's authorization endpoint; empty where the next page is our own step form."""


@dataclass(frozen=True)
class Waiting:
    """A flow that waits for its next step."""

    attempt: Attempt
    flow: Flow


@dataclass(frozen=True)
class Finished:
    """A sign-on that has finished: the session that is to begin, and its story, which is kept together with it."""

    person: SignedIn
    story: Mapping[str, Any] = field(repr=False)


Done = Finished | Approved
