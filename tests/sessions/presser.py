"""One process of a crowd that presses refresh at once: reads its orders from stdin as JSON, serves them, reports.

Says `ready` when the application stands, waits for a line, says `opened` when all its threads have looked at the
session, and ends with a JSON list: status, error code and the access token that each thread saw afterwards.
"""

import json
import re
import sys
import threading
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from config import Settings
from tests.support.counting_store import CountingStore
from webapp import create_app, wiring
from webapp.store.protocol import Store
from webapp.store.redis_store import RedisStore
from webapp.store.sqlite import SqliteStore


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def press(app: Flask, public_url: str, cookie: str, page: str) -> list[Any]:
    """Refresh, or open a page, then look at the access token, as one browser tab of several."""
    client = app.test_client()
    client.set_cookie("session", cookie, domain=urlsplit(public_url).hostname or "")
    headers = {"Origin": public_url, "Sec-Fetch-Site": "same-origin"}
    if page:
        answer = client.get(page, base_url=public_url)
    else:
        answer = client.post("/session/refresh", base_url=public_url, headers=headers)
    code = re.search(r'data-error-code="([a-z_]+)"', answer.text)
    record = app.extensions["services"].session_use.sessions.load(cookie)
    tokens = record["signed_in"]["on"]["tokens"] if record else {}
    return [answer.status_code, code[1] if code else "", tokens.get("access_token", "")]


def main() -> None:
    orders = json.loads(sys.stdin.readline())
    settings = Settings.from_env(orders["environ"])
    where = settings.redis_url
    store: Store = RedisStore(where) if where else SqliteStore(f"{settings.instance_path}/state.sqlite")
    counting = CountingStore(store)

    waiting = threading.Semaphore(orders["threads"] - 1)

    def opened(call: str) -> None:
        # Whoever has not looked yet when another one is through would rightly refresh again.
        if call == "touch session" and not waiting.acquire(blocking=False):
            counting.after = lambda call: None
            say("opened")

    counting.after = opened
    app = create_app(settings, wiring.build(settings, store=counting, deadline=30))
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(orders["templates"])
    results: list[list[Any]] = []
    threads = [
        threading.Thread(
            target=lambda: results.append(press(app, settings.public_url, orders["cookie"], orders["page"]))
        )
        for _ in range(orders["threads"])
    ]
    say("ready")
    sys.stdin.readline()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say(json.dumps(results))


if __name__ == "__main__":
    main()
