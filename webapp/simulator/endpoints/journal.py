"""What a browser exchanged with the sign-on page of one sign-on: for the application that runs the simulator in its own
process, and for nobody else, as no address leads here.

PingOne has nothing like it. In hosted mode an application sees none of this, so a demonstration can show it only where
PingOne is simulated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Response, g, request

from ..engine.flow import Flow
from .answers import SESSION_COOKIE, here

if TYPE_CHECKING:
    from ..engine.worlds import Worlds

MOST = 20
"""Exchanges of one sign-on that are kept: the first ones."""
LONGEST = 2_000
_PARTS = ("authorization", "sign_on_page", "external")
_CREDENTIALS = ("password", "currentPassword", "newPassword", "recoveryCode", "verificationCode", "otp")
_SHOWN = ("Location", "Set-Cookie", "Content-Type")


@dataclass(frozen=True)
class Seen:
    """One request of a browser and its answer. What was typed as a credential is not in it; cookies and codes are."""

    at: float
    """Seconds since 1970, when it was answered."""
    method: str
    url: str = field(repr=False)
    cookie: str = field(repr=False)
    """``ST``, when it came along."""
    form: tuple[tuple[str, str], ...] = field(repr=False)
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)


def register(app: Flask) -> None:
    """Write down what belongs to a sign-on at the hosted page."""
    app.after_request(_note)


def journal(simulator: Any, challenge: str) -> Sequence[Seen]:
    """What is known of the sign-on with this PKCE challenge, in order; nothing for a WSGI application of another kind.

    The challenge is as hard to guess as a code, and the application knows it of its own sign-ons.
    """
    worlds = cast("Worlds | None", getattr(simulator, "extensions", {}).get("pingone-simulator"))
    return worlds.journal(challenge) if worlds is not None else ()


def _note(response: Response) -> Response:
    if request.blueprint in _PARTS and (flow := _flow()) is not None and flow.request.challenge is not None:
        environment, key = here(), flow.request.challenge.value
        with environment.lock:
            kept = environment.journals.get(key) or ()
            if len(kept) < MOST:
                environment.journals.put(key, (*kept, _seen(environment.base_url, environment.now(), response)))
    return response


def _flow() -> Flow | None:
    """The flow of a hosted page: an application that drives one by itself has seen everything."""
    flow = cast("Flow | None", g.get("flow")) or here().flows.get(request.args.get("flowId", ""))
    driven = flow is not None and (flow.request.response_mode == "pi.flow" or flow.request.application.login_page_url)
    return None if driven else flow


def _seen(base_url: str, now: float, response: Response) -> Seen:
    form = [(name, "*" if name in _CREDENTIALS else value[:200]) for name, value in list(request.form.items())[:10]]
    seen = Seen(
        now, request.method, base_url + request.full_path.rstrip("?"), request.cookies.get(SESSION_COOKIE, ""),
        tuple(form), response.status_code, HTTPStatus(response.status_code).phrase,
        tuple((name, value[:LONGEST]) for name, value in response.headers if name in _SHOWN),
    )
    return replace(seen, url=seen.url[:LONGEST], cookie=seen.cookie[:LONGEST])
