"""`python -m webapp [--host H] [--port P]`: the production server, started by hand."""

import argparse
import socket
import sys
from typing import Any

from gunicorn.app.base import BaseApplication

from config import Settings, SettingsInvalid

from . import create_app
from .server import CannotListen, listen
from .simulator.constants import DEMO_USERS, PASSWORD


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn with our production settings, on a socket that listens already."""

    def __init__(self, settings: Settings, listening: socket.socket) -> None:
        self.settings = settings
        self.listening = listening
        super().__init__()

    def load_config(self) -> None:
        from . import gunicorn as production

        ours = {
            "bind": f"fd://{self.listening.fileno()}",
            "loglevel": "warning",
            "proc_name": "webapp",
            "post_worker_init": self.ready,
        }
        for name, value in {**vars(production), **ours}.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app(self.settings)

    def ready(self, worker: Any) -> None:
        if worker.age == 1:  # The first one; a worker that replaces another says nothing.
            print(welcome(self.settings), flush=True)


def welcome(settings: Settings) -> str:
    """What a newcomer needs to know, once everything works."""
    lines = ["", f"  Ready: {settings.public_url}", ""]
    if settings.simulator:
        lines += ["  PingOne is the built-in simulator: no tenant, no settings, nothing real.", "  Sign on as", ""]
        lines += [f"    {username:<18} {what}" for username, what in DEMO_USERS]
        lines += ["", f"  with the password {PASSWORD}", f"  Look behind the scenes at {settings.simulator_base}"]
    else:
        lines += [f"  PingOne is {settings.issuer}", f"  The redirect URI to enter there: {settings.redirect_uri}"]
        lines += ["  Trouble? `flask --app webapp doctor` checks the settings against PingOne."]
    return "\n".join([*lines, "  Ctrl-C stops it.", ""])


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m webapp", description="Sign on with PingOne: the application.")
    parser.add_argument("--host", help="address to listen on, instead of HOST")
    parser.add_argument("--port", type=_port, help="port to listen on, instead of PORT")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_env(host=options.host, port=options.port)
        listening = listen(settings.host, settings.port)
    except (SettingsInvalid, CannotListen) as failure:
        sys.exit(str(failure))
    Server(settings, listening).run()


if __name__ == "__main__":
    main()
