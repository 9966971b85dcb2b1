"""The application under gunicorn, started from Python on a socket that listens already."""

import socket
from typing import Any

from gunicorn.app.base import BaseApplication

from config import Settings

from . import create_app, views, wiring  # noqa: F401  # read once, before the fork, and not by each worker again
from . import gunicorn as production


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn with our production settings. `welcome` is printed once, when the first worker answers."""

    def __init__(self, settings: Settings, listening: socket.socket, welcome: str) -> None:
        self.settings = settings
        self.listening = listening
        self.welcome = welcome
        super().__init__()

    def load_config(self) -> None:
        ours = {
            "bind": f"fd://{self.listening.fileno()}",
            "workers": self.settings.web_concurrency,
            # A person at a terminal reads in `welcome` what a log collector reads in lines.
            **({} if self.settings.log_format == "json" else {"loglevel": "warning"}),
            "proc_name": "webapp",
            "post_worker_init": self.ready,
        }
        for name, value in {**vars(production), **ours}.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app(self.settings)

    def ready(self, worker: Any) -> None:
        production.post_worker_init(worker)
        if worker.age == 1 and self.settings.log_format != "json":  # A worker that replaces another says nothing.
            print(self.welcome, flush=True)
