"""``pingone-simulator [--port 9000] [--admin]``: the simulator as a program."""

from __future__ import annotations

import argparse
import ssl
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

from .constants import BROWSER_ORIGINS, DEMO_USERS, PASSWORD


def main(arguments: Sequence[str] | None = None, program: str = "pingone-simulator") -> None:
    """Serve until Ctrl-C; leaves with 1 and a sentence when it cannot listen."""
    parser = argparse.ArgumentParser(prog=program, description="A PingOne environment in memory, over real HTTP.")
    parser.add_argument("--port", type=int, default=9000, help="port to listen on, 0: any free one (default 9000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--public-url", help="where the application is: that of the first redirect URI, or "
                        "http://localhost:8000")
    parser.add_argument("--redirect-uri", action="append", default=[], metavar="URI",
                        help="accepted in place of http://localhost:8000/callback; repeatable")
    parser.add_argument("--browser-origin", action="append", default=[], metavar="ORIGIN", help="where "
                        f"UseCaseBrowserApp lives, repeatable (default {' and '.join(BROWSER_ORIGINS)})")
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"), help="speak https with these two PEM files")
    parser.add_argument("--admin", action="store_true", help="open /simulator/admin to programs on this computer")
    parser.add_argument("--visitors", type=int, default=0, metavar="N",
                        help="give each of N visitors an environment of their own (default: all share one)")
    options = parser.parse_args(arguments)
    if options.admin and options.visitors:
        parser.error("--admin changes the environment that all visitors share: leave out --visitors")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if options.tls else None
    try:
        if tls:
            tls.load_cert_chain(*options.tls)
    except OSError as failure:
        parser.error(f"--tls wants the PEM files of a certificate and of its key: {failure}")
    first = urlsplit((options.redirect_uri or ["http://localhost:8000"])[0])
    public_url = options.public_url or f"{first.scheme}://{first.netloc}"
    from .control import Control
    from .running import server

    try:
        listening, app = server(
            options.host, options.port, tls, public_url=public_url, redirect_uris=options.redirect_uri,
            browser_origins=options.browser_origin or BROWSER_ORIGINS, admin=options.admin,
            environments=options.visitors,
        )
    except (OSError, OverflowError) as failure:
        sys.exit(f"Cannot listen on {options.host}: {failure}. Choose another port with --port.")
    base_url = Control(app).base_url
    lines = [f"The PingOne simulator is at {base_url}", ""]
    lines += [f"  {username:<18} {what}" for username, what in DEMO_USERS]
    lines += ["", f"Every user's password: {PASSWORD}", f"Applications, their ids and secrets: {base_url}/about.json"]
    lines += [f"Admin API: {base_url}/simulator/admin/"] if options.admin else []
    sys.stdout.write("\n".join([*lines, "Ctrl-C stops it.", ""]))
    sys.stdout.flush()
    try:
        listening.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        listening.server_close()


if __name__ == "__main__":
    main()
