"""What a POST found out, kept for the one GET that its redirect leads to: a reload then repeats no POST and shows less.

A page that answers a POST posts again when it is reloaded: five reloads of "wrong password" lock an account, and a
browser that restores its tabs asks with GET for an address that knows only POST.
"""

import json
from typing import Any

from flask import Response, request

from .context import own_session, services
from .protection import go_to

KIND = "shown_once"
SECONDS = 60
MARK = "shown=once"


def of_session(page: str) -> str:
    """Return the owner of what this session's page shows."""
    return f"{own_session().sid}\n{page}"


def show_at(url: str, owner: str, content: dict[str, Any]) -> Response:
    """Go to `url`, which shows `content` once. `owner` is a secret of this browser: of its session or its attempt."""
    # As a string: PingOne's JSON may hold what a record may not, such as half a surrogate pair.
    services().store.put(KIND, owner, {"content": json.dumps(content)}, SECONDS)
    return go_to(f"{url}{'&' if '?' in url else '?'}{MARK}")


def shown_now(owner: str) -> dict[str, Any]:
    """Return what was kept for this page, and forget it; nothing on an address that no redirect led to."""
    if request.args.get("shown") != "once":
        return {}
    record = services().store.take(KIND, owner)
    return dict(json.loads(record["content"])) if record else {}
