"""An application whose sign-on is a DaVinci flow. Its flows are not the Flows API: with pi.flow a client must notice.

What such a flow shows is up to its owner, so nothing after its first answer is played; PingOne's page works as ever.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from .. import constants
from .policies import Policy

#: The id of a flow policy, of the form that captured tokens have in ``acr``.
FLOW_POLICY = Policy("9c15f567441c03e6d89f7f32f430ddc4", "a DaVinci flow", "login", ("login",), davinci=True)


def first_answer(environment_url: str, flow_id: str) -> dict[str, Any]:
    """What pi.flow is answered with: an ``interactionId``, and no ``status``."""
    following = f"{environment_url}/davinci/connections/{uuid4().hex}/capabilities/customHTMLTemplate"
    return {
        "_links": {"next": {"href": following}},
        "interactionId": str(uuid4()),
        "interactionToken": uuid4().hex * 4,
        "eventName": "continue",
        "isResponseCompatibleWithMobileAndWebSdks": True,
        "id": flow_id,
        "environment": {"id": constants.ENVIRONMENT_ID},
    }


def login_required() -> dict[str, Any]:
    """What ``prompt=none`` with pi.flow is answered with, status 200, when nobody is signed on."""
    message = "The request could not be completed. There was an issue processing the request"
    return {
        "environment": {"id": constants.ENVIRONMENT_ID}, "status": "FAILED",
        "error": {"code": "login_required", "message": message},
    }
