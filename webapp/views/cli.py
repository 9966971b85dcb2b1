"""Commands: `flask --app webapp doctor`, `simulator` and `secret`. They work, as far as they can, without settings."""

import secrets
import time

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, with_appcontext
from werkzeug.serving import make_server

from config import Settings, SettingsInvalid

from ..doctor import Finding, examine
from ..server import CannotListen, listen
from ..simulator import create_simulator
from ..simulator.constants import DEMO_USERS, PASSWORD
from .protection import origin_of_form


def register(app: Flask) -> None:
    """Add the commands to `flask --app webapp`."""
    for command in (doctor, simulator, secret):
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
    """Check the settings against PingOne; ends with 1 if anything is wrong."""
    services = current_app.extensions.get("services")
    if services:
        session = services.transport.session()
        findings = examine(services.settings, session, services.store.ping, services.now)
    else:
        findings = [Finding(False, "A setting", fault) for fault in current_app.extensions["faults"]]
    for finding in findings:
        click.secho("  ok   " if finding.ok else "  WRONG", fg="green" if finding.ok else "red", nl=False)
        click.echo(f"  {finding.title}\n         {finding.detail}")
        if not finding.ok and finding.console_field:
            click.echo(f"         Change: {finding.console_field}")
    wrong = sum(not finding.ok for finding in findings)
    click.echo(f"\n{wrong} of {len(findings)} findings want a change." if wrong else "\nNothing to change.")
    raise SystemExit(1 if wrong else 0)


@click.command()
@click.option("--port", default=9000, show_default=True, type=click.IntRange(0, 65535), help="0 chooses a free one.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--public-url", help="Where the application is: that of the first redirect URI, or http://localhost:8000."
)
@click.option("--redirect-uri", "redirect_uris", multiple=True, metavar="URI", help="One more to accept; repeatable.")
def simulator(port: int, host: str, public_url: str | None, redirect_uris: tuple[str, ...]) -> None:
    """The PingOne simulator alone, over real HTTP."""
    # Its own sign-on page is part of the application, so it lives where the redirect URI does.
    public_url = public_url or origin_of_form((*redirect_uris, "http://localhost:8000")[0])
    try:
        listening = listen(host, port)
    except CannotListen as failure:
        raise click.ClickException(str(failure)) from failure
    with listening:
        port = listening.getsockname()[1]
        base_url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        app = create_simulator(base_url, public_url=public_url, redirect_uris=redirect_uris, now=time.time)
        server = make_server(host, port, app, threaded=True, fd=listening.fileno())
        click.echo(f"The PingOne simulator is at {base_url}\n")
        for username, what in DEMO_USERS:
            click.echo(f"  {username:<18} {what}")
        click.echo(f"\nEvery user's password: {PASSWORD}\nCtrl-C stops it.")
        try:
            server.serve_forever()
        finally:
            server.server_close()


@click.command()
def secret() -> None:
    """Print a good SECRET_KEY."""
    click.echo(secrets.token_urlsafe(48))
