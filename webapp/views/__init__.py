"""Flask: views parse, call one use case, and render or redirect. No protocol words in here, no Flask words below."""

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask

from ..simulator.constants import DEMO_USERS, PASSWORD
from ..version import VERSION
from ..wiring import Services
from . import (
    attacks,
    cli,
    errors,
    health,
    help,
    logs,
    pages,
    pingone_sign_off,
    posted,
    protection,
    session,
    sign_off,
    sign_on,
    traces,
)
from .claims import iso, utc
from .context import signed_in
from .sources import source_name
from .store_session import StoreSessions


def assemble(app: Flask, services: Services) -> None:
    """Give the application its session, protection, pages and commands."""
    settings = services.settings
    app.session_interface = StoreSessions(app, services.afterwards.sessions, session.settle)
    logs.configure(app, settings)
    protection.register(app, settings)
    errors.register(app)
    cli.register(app)
    for module in (pages, sign_on, posted, sign_off, pingone_sign_off, traces, attacks, help, health):
        app.register_blueprint(module.pages)
    app.jinja_env.filters.update(utc=utc, iso=iso, source_name=source_name)
    assets = app.extensions["assets"] = _fingerprint(Path(app.static_folder or ""))
    app.context_processor(lambda: {"site": SimpleNamespace(**_site(services), assets=assets)})


def _fingerprint(folder: Path) -> str:
    """Return a text that changes with the static files: browsers may keep them and still never show old ones."""
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.*")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _site(services: Services) -> dict[str, Any]:
    """What every page shows around its content."""
    settings, person = services.settings, signed_in()
    where = f"{settings.region} · {settings.environment_id}" if settings.environment_id else settings.issuer
    return {
        "simulator": settings.simulator,
        "where": "Local simulator: no tenant, demo users work" if settings.simulator else where,
        "simulator_url": settings.simulator_base,
        "signed_in": person is not None,
        "display_name": person.display_name if person else "",
        "users": DEMO_USERS,
        "password": PASSWORD,
        "version": VERSION,
        "public_url": settings.public_url,
    }
