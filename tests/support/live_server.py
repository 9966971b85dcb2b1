"""The application on a loopback port of its own, with the simulator mounted, as `make run` serves it."""

import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from config import Settings
from webapp import create_app, wiring
from webapp.server import listen
from webapp.simulator import ENVIRONMENT_ID


class _Silent(WSGIRequestHandler):
    """Logs no requests: the application does."""

    def log(self, type: str, message: str, *args: object) -> None:
        pass


@dataclass(frozen=True)
class Addresses:
    """The two sites of one process: the application as `localhost`, the simulator as `127.0.0.1`."""

    port: int

    @property
    def application(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def simulator(self) -> str:
        return f"http://127.0.0.1:{self.port}/simulator"

    @property
    def sign_on_page(self) -> str:
        """Where PingOne draws the form in hosted mode."""
        return f"{self.simulator}/{ENVIRONMENT_ID}/signon/"


class LiveServer:
    """`with LiveServer(folder) as addresses` serves until the end of the block; `folder` takes the SQLite file.

    Other keywords are settings.
    """

    def __init__(self, folder: Path, **more: str) -> None:
        self._listening = listen("127.0.0.1", 0)
        self.addresses = Addresses(self._listening.getsockname()[1])
        environ = {"PORT": str(self.addresses.port), "INSTANCE_PATH": str(folder), "LOG_LEVEL": "error"} | more
        settings = Settings.from_env(environ)
        self.services = wiring.build(settings)
        self.app = create_app(settings, self.services)
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1",
            self.addresses.port,
            self.app,
            threaded=True,
            request_handler=_Silent,
            fd=self._listening.fileno(),
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="live server")

    def __enter__(self) -> Addresses:
        self._thread.start()
        return self.addresses

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._listening.close()
        self.services.close()
