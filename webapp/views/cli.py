"""Commands: `flask --app webapp doctor`, `simulator`, `api` and `secret`. They work, if they can, without settings."""

import re
import secrets

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, with_appcontext
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

from config import Settings, SettingsInvalid

from ..doctor import Finding, examine
from ..server import CannotListen, listen
from ..simulator.__main__ import main
from ..wiring import build_api


def register(app: Flask) -> None:
    """Add the commands to `flask --app webapp`."""
    for command in (doctor, simulator, api, secret):
        app.cli.add_command(command)


def settings() -> Settings:
    """The settings of the environment, with the host and port of `flask run` if that is what is running.

    Raises `SettingsInvalid`.
    """
    context = click.get_current_context(silent=True)
    running = context.params if context and context.info_name == "run" else {}
    return Settings.from_env(port=running.get("port"), host=running.get("host"))


def without_settings(invalid: SettingsInvalid) -> Flask:
    """An application that has the commands and nothing else, while Flask looks for a command by its name.

    Anything that would serve or use the application ends with the faults: raises `click.ClickException` within a
    command, `invalid` itself outside of the command line.
    """
    context = click.get_current_context(silent=True)
    if context is None:
        raise invalid
    if not isinstance(context.command, FlaskGroup):
        raise click.ClickException(str(invalid))
    app = Flask("webapp", static_folder=None)
    app.extensions["faults"] = invalid.faults
    register(app)
    return app


@click.command()
@with_appcontext
def doctor() -> None:
    """Check the settings against PingOne. Exits with status 1 if anything is wrong."""
    services = current_app.extensions.get("services")
    if services:
        http = services.transport.http()
        findings = examine(services.settings, http, services.store.examine, services.now)
    else:
        findings = [Finding(False, _setting_in(fault), fault) for fault in current_app.extensions["faults"]]
    for finding in findings:
        click.secho("  ok   " if finding.ok else "  WRONG", fg="green" if finding.ok else "red", nl=False)
        click.echo(f"  {finding.title}\n         {finding.detail}")
        if not finding.ok and finding.console_field:
            click.echo(f"         Change: {finding.console_field}")
    wrong = sum(not finding.ok for finding in findings)
    click.echo(f"\n{wrong} of {len(findings)} findings want a change." if wrong else "\nNothing to change.")
    raise SystemExit(1 if wrong else 0)


def _setting_in(fault: str) -> str:
    """The setting that a fault is about, as the title of its finding."""
    named = re.search(r"[A-Z]+(_[A-Z]+)+|[A-Z]{4,}", fault)
    return f"Setting {named[0]}" if named else "A setting"


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def simulator(arguments: tuple[str, ...]) -> None:
    """The PingOne simulator alone, over real HTTP; --help lists its options."""
    main(arguments, "flask simulator")


@click.command()
@click.option("--port", default=9100, help="port to listen on (default 9100)")
@click.option("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
@with_appcontext
def api(port: int, host: str) -> None:
    """The orders API alone, at /api; it calls PingOne, or the simulator of the application that is running."""
    services = current_app.extensions.get("services")
    if services is None:
        raise click.ClickException("\n  - ".join(["The settings cannot be used:", *current_app.extensions["faults"]]))
    if not services.settings.api_audience:
        raise click.ClickException("API_AUDIENCE must be set: the audience of the custom resource in PingOne")
    try:
        listening = listen(host, port)
    except CannotListen as failure:
        raise click.ClickException(str(failure)) from None
    mounted = DispatcherMiddleware(NotFound(), {"/api": build_api(services.settings)})
    click.echo(f"The orders API listens on http://{host}:{listening.getsockname()[1]}/api/orders")
    make_server(host, port, mounted, threaded=True, fd=listening.fileno()).serve_forever()


@click.command()
def secret() -> None:
    """Print a good SECRET_KEY."""
    click.echo(secrets.token_urlsafe(48))
