"""A relying party to PingOne: authorization code flow with PKCE, in three modes."""

# Nothing is imported before an application is made: the simulator is in this package too, and needs the half of it.
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings

    from .wiring import Services


def create_app(settings: Settings | None = None, services: Services | None = None) -> Flask:
    """Return the application. Without arguments it is configured by the environment; raises `SettingsInvalid`."""
    from flask import Flask
    from jinja2 import StrictUndefined

    from config import SettingsInvalid

    from .views import assemble, cli
    from .wiring import build

    try:
        settings = settings or (services.settings if services else cli.settings())
    except SettingsInvalid as invalid:
        return cli.without_settings(invalid)
    services = services or build(settings)
    app = Flask(__name__, template_folder=_folder("templates"), static_folder=_folder("static"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=65_536,
        MAX_FORM_PARTS=100,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        SESSION_COOKIE_NAME=settings.cookie_name("session"),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_SAMESITE="Lax",
        # A slow read-only request must not write a session back that has since been signed off.
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.jinja_env.undefined = StrictUndefined
    # Otherwise `//session` is answered with a redirect whose address is made of the Host header.
    app.url_map.merge_slashes = False
    app.extensions["services"] = services
    assemble(app, services)
    _mount(app, settings, services)
    return app


def _folder(name: str) -> str:
    """Within an installed package; beside it in a checkout."""
    package = Path(__file__).parent
    return str(package / name if (package / name).is_dir() else package.parent / name)


def _mount(app: Flask, settings: Settings, services: Services) -> None:
    from werkzeug.middleware.dispatcher import DispatcherMiddleware
    from werkzeug.middleware.proxy_fix import ProxyFix

    from .admission import OwnHost, UnderPath

    if settings.simulator and services.simulator is not None:
        pages = services.visitors.pages(app.wsgi_app) if services.visitors else app.wsgi_app
        mounted = {"/simulator": services.simulator, "/api": services.api}
        app.wsgi_app = DispatcherMiddleware(pages, mounted)  # type: ignore[method-assign]
    app.wsgi_app = OwnHost(app.wsgi_app, settings.public_url, settings.trusted_proxies)  # type: ignore[method-assign]
    app.wsgi_app = UnderPath(app.wsgi_app, settings.public_url, settings.trusted_proxies)  # type: ignore[method-assign]
    if services.watch:
        app.wsgi_app = services.watch.threads(app.wsgi_app)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
