"""A page on an origin of its own, with one script: where a client that runs in the browser lives."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"""<!doctype html><html lang="en"><title>A page with Ping's clients</title><link rel="icon" href="data:,">
<script src="/browser.js"></script></html>"""


@contextmanager
def serving(script: bytes) -> Iterator[str]:
    """The origin, for as long as the block lasts. Every path is the page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.path == "/browser.js"
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if wanted else "text/html")
            body = script if wanted else PAGE
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
