"""The application under gunicorn, with a clock that runs fast; nothing else of it is changed.

`python -m tests.soak.application DESCRIPTOR BEGAN SPEED [DEADLINE]` serves on a socket that it inherits; DEADLINE is
seconds for each call to PingOne.
"""

import os
import socket
import sys
from typing import Any

from config import Settings
from tests.soak.clock import fast_clock
from tests.soak.hurried import HurriedRedis
from webapp import create_app, wiring


def main(descriptor: str, began: str, speed: str, deadline: str = "8") -> None:
    """Serve until a signal ends it."""
    if not os.environ.get("WEB_CONCURRENCY"):
        os.environ.pop("WEB_CONCURRENCY", None)  # Gunicorn fails on an empty one.
    from webapp.under_gunicorn import Server

    class Fast(Server):
        def load(self) -> Any:
            clock, redis = fast_clock(float(began), float(speed)), self.settings.redis_url
            store = HurriedRedis(redis, float(speed)) if redis and float(speed) != 1 else None
            services = wiring.build(self.settings, store=store, now=clock, deadline=float(deadline))
            return create_app(self.settings, services)

    Fast(Settings.from_env(), socket.socket(fileno=int(descriptor)), "ready").run()


if __name__ == "__main__":
    main(*sys.argv[1:])
