"""What surrounds the content of every page: made once where it is the same for everybody."""

import hashlib
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from flask import Flask, request
from markupsafe import Markup

from ..simulator.constants import DEMO_USERS, PASSWORD
from ..version import VERSION
from ..wiring import Services
from . import blocks, hues
from .claims import iso, utc
from .context import signed_in
from .faults import fault_on
from .markup import FILTERS

KEPT = 128
"""Pieces and addresses of one part of the site. A piece may hold what a visitor typed, such as where to go after."""

PLACES = {
    "on": "Local simulator: no tenant; demo users available",
    "public": "Public demo, enter nothing real: PingOne is simulated, its users and their password are published, and "
    "what you type is forgotten an hour after your last visit",
}
"""What every page says of where sign-on happens."""


def register(app: Flask, services: Services) -> None:
    """Give templates their filters, `site`, `visitor`, addresses, and `once`."""
    app.before_request(_start_hues)
    app.extensions["assets"] = _fingerprint(Path(app.static_folder or ""))
    app.jinja_env.filters.update(FILTERS | blocks.FILTERS, utc=utc, iso=iso)
    app.jinja_env.globals["site"] = _site(services, app.extensions["assets"])
    # No template has a use for these, every page would copy them, and `config` holds SECRET_KEY.
    for name in ("config", "request", "session", "g", "get_flashed_messages", "lipsum", "cycler", "joiner"):
        del app.jinja_env.globals[name]

    def once(template: str, part: str, *values: Any) -> Markup:
        """Return a macro of a template, called with these values; it may depend on nothing else."""
        module = app.jinja_env.get_template(template).module
        return cast(Markup, getattr(module, part)(*values))

    @lru_cache(maxsize=KEPT)
    def kept(mounted: str, blueprint: str | None) -> dict[str, Any]:
        """The same addresses are on every page, and building one costs more than showing it. An address depends on
        where the application is mounted, a relative name of an endpoint on the page's own blueprint."""
        keep = lru_cache(maxsize=KEPT)
        return {"once": keep(once), "url_for": keep(app.url_for)}

    @app.context_processor
    def around() -> dict[str, Any]:
        person = signed_in()
        visitor = {"signed_in": person is not None, "name": person.display_name if person else ""}
        makers = {"once": once} if app.debug else kept(request.environ.get("SCRIPT_NAME", ""), request.blueprint)
        return {"visitor": visitor, "fault_on": fault_on(), **makers}


def _start_hues() -> None:
    hues.start()


def _fingerprint(folder: Path) -> str:
    """Return a string that changes with the static files: browsers may keep them and still never show old ones."""
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.*")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _site(services: Services, assets: str) -> SimpleNamespace:
    """What is the same on every page and for everybody."""
    settings = services.settings
    where = f"{settings.region} · {settings.environment_id}" if settings.environment_id else settings.issuer
    return SimpleNamespace(
        assets=assets,
        simulator=settings.simulator,
        where=PLACES.get(settings.simulator, where),
        imprint=settings.imprint_url,
        simulator_url=settings.simulator_base,
        users=DEMO_USERS,
        password=PASSWORD,
        version=VERSION,
        origin=settings.public_url.removesuffix(settings.path),
    )
