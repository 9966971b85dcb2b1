"""See it fail: choose a fault of the built-in simulator and sign on under it, in one click, with a way back."""

import json
import re
from typing import Any

from flask import Blueprint, Response, abort, request, url_for

from ..oidc.errors import ProviderError
from ..oidc.wire import said, send
from ..simulator.engine.fault_catalogue import BY_NAME
from ..simulator.engine.faults import DISCOVERY, KEYS, SIGN_ON
from .context import services, signed_in
from .protection import go_to
from .trials import BY_RULE, SHARED, trial_of
from .words import WORDS

pages = Blueprint("faults", __name__)
SECONDS = 3600
ENDS_SIGN_ON = (SIGN_ON, DISCOVERY, KEYS)
PLACE = re.compile(r"(/[a-z-]+)(?:/[a-z_-]+)?(?:#[A-Za-z0-9_-]+)?", re.ASCII)
PLACES = {"/checks": "the check", "/attacks": "the attack", "/how-it-works": "the threat", "/help": "the explanation"}
"""Pages from which something can be tried, and what one goes back to there."""
LASTS = {"next": "for the next sign-on", "until-cleared": "until you clear it", "": "in your latest sign-on"}


@pages.post("/faults")
def choose() -> Response:
    """Choose `fault`, or try `rule` where it needs none, and begin to sign on; or `clear`. `from`: the way back."""
    if services().board is None:
        abort(404)
    place = _place(request.form.get("from", "").removeprefix(services().settings.path))
    if request.form.get("clear"):
        _tell_simulator(clear=True)
        return forgotten(go_to(request.script_root + place if place else url_for("pages.home")))
    fault, rule = request.form.get("fault", ""), request.form.get("rule", "")
    trial = BY_RULE.get(rule) or trial_of(fault)
    if rule in BY_RULE:
        _tell_simulator(clear=True)
    elif fault in services().faults:
        _tell_simulator(fault=fault, mode="next")
    else:
        abort(404)
    url = trial.url(services().settings, signed_in() is not None)
    return _remember(go_to(url), rule if rule in BY_RULE else fault, place)


def fault_on() -> dict[str, Any] | None:
    """Return what every page says about the fault that is chosen, or that the last sign-on ran under."""
    board = services().board
    if board is None:
        return None
    fault, mode = board.chosen()
    tried, _, place = request.cookies.get(_cookie(), "").partition(":")
    place = _place(place)
    if not fault and tried not in services().faults and tried not in BY_RULE:
        return None
    name = fault or tried
    trial = BY_RULE.get(name) or trial_of(name)
    return {
        "name": name,
        "chosen": bool(fault),
        "rule": name if name in BY_RULE else "",
        "title": trial.title or services().faults[name],
        "lasts": LASTS[mode] if name not in BY_RULE else "",
        "then": trial.then,
        "user": trial.ask.get("login_hint", SHARED),
        "seen": seen(name),
        "place": request.script_root + place if place and name == tried else "",
        "place_name": PLACES.get(_page_of(place), ""),
    }


def seen(name: str) -> str:
    """Return what a fault does, and how the sign-on under it ends; empty where there is more to do after it."""
    if name not in BY_NAME or trial_of(name).then:
        return ""
    fault = BY_NAME[name]
    at_sign_on = fault.refusal and fault.scope in ENDS_SIGN_ON
    return fault.what + (f" The sign-on is refused: {WORDS[fault.refusal].title}." if at_sign_on else "")


def over() -> bool:
    """Whether what this browser tried is past: a sign-on that begins now runs under no fault."""
    board, tried = services().board, request.cookies.get(_cookie(), "").partition(":")[0]
    return board is not None and tried in services().faults and not board.chosen()[0]


def forgotten(response: Response) -> Response:
    """Have the browser forget what it tried."""
    return _remember(response, "", "")


def _tell_simulator(**choice: object) -> None:
    """Say it as its page does. Raises `ProviderError` when it has no room for one more visitor."""
    url, headers = f"{services().settings.simulator_base}/faults", {"Content-Type": "application/json"}
    answer = send(services().transport.http(), "POST", url, headers=headers, body=json.dumps(choice))
    if answer.status != 200:
        raise ProviderError(f"the simulator answered {answer.status}", said=said(answer))


def _cookie() -> str:
    return services().settings.cookie_name("tried")


def _remember(response: Response, name: str, place: str) -> Response:
    """Where somebody came from outlives the fault, which its sign-on uses up."""
    known: dict[str, Any] = {"path": "/", "httponly": True, "samesite": "Lax"}
    known["secure"] = services().settings.secure_cookies
    if name:
        response.set_cookie(_cookie(), f"{name}:{place}", max_age=SECONDS, **known)
    elif request.cookies.get(_cookie()):
        response.delete_cookie(_cookie(), **known)
    return response


def _place(wanted: str) -> str:
    return wanted if PLACE.fullmatch(wanted) and _page_of(wanted) in PLACES else ""


def _page_of(place: str) -> str:
    found = PLACE.fullmatch(place)
    return found[1] if found else ""
