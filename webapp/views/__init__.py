"""Flask: views parse, call one use case, and render or redirect. No protocol words in here, no Flask words below."""

from flask import Flask

from ..wiring import Services
from . import (
    approval,
    attacks,
    cli,
    errors,
    faults,
    frame,
    guarded,
    health,
    help,
    live,
    logs,
    orders,
    others,
    pages,
    pingone_sign_off,
    posted,
    prepare,
    protection,
    session,
    sign_off,
    sign_on,
    traces,
    transfer,
)
from .store_session import StoreSessions


def assemble(app: Flask, services: Services) -> None:
    """Give the application its session, protection, pages and commands."""
    settings = services.settings
    app.session_interface = StoreSessions(app, services.session_use.sessions, session.settle)
    logs.configure(app, settings, services.watch.meters.outcome if services.watch else None)
    protection.register(app, settings)
    errors.register(app)
    cli.register(app)
    afterwards = guarded, transfer, approval, orders, others, attacks, faults
    journey = pages, prepare, sign_on, posted, sign_off, pingone_sign_off, traces, live
    for module in (*journey, *afterwards, help, health):
        app.register_blueprint(module.pages)
    frame.register(app, services)
