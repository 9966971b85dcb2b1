"""`python -m webapp.healthy`: ends with 0 if the server of this container answers, otherwise with 1 and the reason.

Asked every few seconds, so it imports next to nothing, and reads the two variables that it needs by itself.
"""

import http.client
import os
import sys

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # to listen on, not to ask


def main() -> None:
    """Ask once. No proxy has a say in it, unlike in urllib."""
    host, port = (os.environ.get(name, "").strip() for name in ("HOST", "PORT"))
    asked = http.client.HTTPConnection(EVERYWHERE.get(host, host) or "127.0.0.1", int(port or 8000), timeout=2)
    try:
        asked.request("GET", "/healthz")
        with asked.getresponse() as answer:
            status = answer.status
    except (OSError, http.client.HTTPException) as failure:
        sys.exit(f"{asked.host}:{asked.port} does not answer: {failure}")
    finally:
        asked.close()
    if status != 200:
        sys.exit(f"{asked.host}:{asked.port} answered {status}")


if __name__ == "__main__":
    main()
