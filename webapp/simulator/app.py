"""Putting the simulator together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from jinja2 import StrictUndefined

from .constants import BROWSER_ORIGINS, ENVIRONMENT_ID
from .endpoints import admin as administration
from .endpoints import (
    authorization,
    check_session,
    cross_origin,
    external,
    faults_page,
    flows,
    home,
    inbox_page,
    journal,
    metadata,
    problems,
    sign_off,
    sign_on_page,
    switches_page,
    tokens,
    visitors,
)
from .engine.clock import Clock
from .engine.environment import Environment
from .engine.naps import Naps
from .engine.worlds import Worlds

#: Bodies above this many bytes are refused (PingOne: PAR requests below 1 MB).
LARGEST_BODY = 1_000_000
#: The same where many strangers share the memory.
LARGEST_OF_A_VISITOR = 8_192


class _InOrder(DefaultJSONProvider):
    """JSON members in the order in which PingOne writes them."""

    sort_keys = False
    ensure_ascii = False


def create_simulator(
    base_url: str,
    *,
    public_url: str = "http://localhost:8000",
    redirect_uris: Sequence[str] = (),
    browser_origins: Sequence[str] = BROWSER_ORIGINS,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    environments: int = 0,
    admin: bool = False,
) -> Flask:
    """The simulator as a WSGI application.

    ``base_url``: where it is reached, such as ``http://127.0.0.1:8000/simulator`` when mounted there (SCRIPT_NAME) or
    ``http://127.0.0.1:9000`` alone; every URL it hands out begins with it, whatever the Host header says.
    ``public_url``: the relying party's origin; its ``/callback``, ``/signed-off`` and ``/sign-on/page`` are registered.
    ``redirect_uris``: more redirect URIs for every application. ``browser_origins``: where ``UseCaseBrowserApp`` lives,
    the application that calls PingOne from the browser. ``now``: seconds since 1970. ``sleep``: for slowness.
    ``environments``: how many visitors may have an environment of their own at once, known by a cookie; 0: all visitors
    share one. ``admin``: open the admin API to programs on this computer.
    """
    app = Flask(__name__, static_folder="static", template_folder="templates")
    app.json = _InOrder(app)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["shared"] = environments > 0
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_OF_A_VISITOR if environments else LARGEST_BODY
    nap = Naps(sleep) if environments else sleep
    everybodys = Environment(base_url, public_url, redirect_uris, Clock(now), nap, browser_origins)
    visitors.register(app, Worlds(everybodys, environments))
    for part in (home, faults_page, inbox_page, switches_page):
        app.register_blueprint(part.blueprint)
    for part in (metadata, authorization, flows, tokens, sign_off, sign_on_page, external, check_session):
        app.register_blueprint(part.blueprint, url_prefix=f"/{ENVIRONMENT_ID}")
    if admin:
        administration.register(app)
    problems.register(app)
    journal.register(app)
    cross_origin.register(app)
    return app
