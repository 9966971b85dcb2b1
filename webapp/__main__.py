"""`python -m webapp [--host H] [--port P]`: the production server, started by hand."""

import argparse
import os
import sys

try:
    from config import Settings, SettingsInvalid
except ModuleNotFoundError as missing:
    # The wheel alone brings what the simulator needs, which others install for their tests.
    sys.exit(f"{missing.name} is missing: pip install 'pingone-signon[app]' installs what the application needs.")

from .server import CannotListen, listen
from .simulator.constants import DEMO_USERS, PASSWORD


def welcome(settings: Settings) -> str:
    """What a newcomer needs to know, once everything works."""
    lines = ["", f"  Ready: {settings.public_url}", ""]
    if settings.simulator:
        lines += ["  PingOne is the built-in simulator: no tenant, no settings, nothing real. Sign on as", ""]
        lines += [f"    {username:<18} {what}" for username, what in DEMO_USERS]
        lines += ["", f"  with the password {PASSWORD}", ""]
        lines += [f"  The simulator's own pages: {settings.simulator_base}"]
        lines += [f"  Its applications, their ids and secrets: {settings.simulator_base}/about.json"]
    else:
        lines += [f"  PingOne is {settings.issuer}", f"  The redirect URI to enter there: {settings.redirect_uri}"]
        lines += ["  `flask --app webapp doctor` checks these settings against PingOne."]
    return "\n".join([*lines, "  Ctrl-C stops it.", ""])


def main(arguments: list[str] | None = None) -> None:
    """Serve until a signal ends it; leaves with 1 and a message when it cannot begin."""
    parser = argparse.ArgumentParser(prog="python -m webapp", description="Run the PingOne sign-on application.")
    parser.add_argument("--host", help="address to listen on; overrides HOST")
    parser.add_argument("--port", type=_port, help="port to listen on, instead of PORT")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_env(host=options.host, port=options.port)
        listening = listen(settings.host, settings.port)
    except (SettingsInvalid, CannotListen) as failure:
        sys.exit(str(failure))
    # Gunicorn reads this variable by itself, while it is imported, and fails on one that is set to nothing.
    os.environ.pop("WEB_CONCURRENCY", None)
    from .under_gunicorn import Server

    Server(settings, listening, welcome(settings)).run()


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")


if __name__ == "__main__":
    main()
