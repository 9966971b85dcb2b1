"""Stories while they happen: the steps so far, and a stream that says when to look again.

Nothing of a story is in the stream. It names the state of the story, and the page is fetched again when that changes:
what a visitor may see is decided in one place, by the same rule, each time. A browser that finds no place for a stream,
or whose proxy holds it back, asks for the state every few seconds; without script the page reloads itself.
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, cast

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState

from ..store.protocol import StoreUnavailable
from ..streams import Streams, stopping
from ..trace.render import present
from .browser import attempts_of_browser
from .context import own_session, services
from .marks import probe
from .stories import hidden_half, own_stories, own_story, whole

pages = Blueprint("live", __name__)
STREAM_SECONDS = 20.0
"""A stream ends after so long, and the browser comes back with the cookies that it has by then."""
THREADS_PER_STREAM = 8
NOTHING, OPEN = "none", ".open"


@pages.record
def _places(state: BlueprintSetupState) -> None:
    app = cast(Any, state.app)
    app.extensions["streams"] = Streams(app.extensions["services"].settings.web_threads // THREADS_PER_STREAM)


@pages.get("/traces/<id>/steps")
def steps(id: str) -> str:
    """The steps so far, in a few words each: what is shown beside our form."""
    record = own_story(id)
    if record is None:
        abort(404)
    live = {"version": state(record, services().simulator), "watch": watching(of=id)}
    return render_template("steps.html", story=present(whole(record)), **live)


@pages.get("/traces/watch")
@probe
def watch() -> Response:
    """The state of a story: as a stream while it is open and there is a place for one, else as a line of text."""
    record, simulator = _watched(), services().simulator
    if "text/event-stream" not in request.headers.get("Accept", ""):
        return Response(state(record, simulator), mimetype="text/plain")
    streams, whose = cast(Streams, current_app.extensions["streams"]), _browser()
    if record is None or record.get("outcome") or not streams.enter(whose):
        return Response(status=204)  # To an EventSource: do not come back.
    # Read without the request, which is over for Flask when the stream begins: with the cookies that it came with.
    turns, browser, id = services().sign_on.turns, attempts_of_browser(), str(record["id"])
    events = _events(lambda: state(turns.open_stories(browser).get(id), simulator), state(record, simulator))
    answer = Response(events, mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(partial(streams.leave, whose))
    return answer


def _events(read: Callable[[], str], seen: str) -> Iterator[str]:
    """The state whenever it changes, until the story is over, or is not to be read with the cookies of this browser."""
    yield f"event: state\ndata: {seen}\n\n"
    ends = time.monotonic() + STREAM_SECONDS
    with suppress(StoreUnavailable):
        while time.monotonic() < ends and not stopping.wait(1):
            now = read()
            # A comment otherwise: only who writes notices that nobody is there any more.
            yield f"event: state\ndata: {now}\n\n" if now != seen else ":\n\n"
            seen = now
            if not now.endswith(OPEN):
                break
    yield "event: end\ndata:\n\n"


def watching(**which: Any) -> str:
    """Return the address of the state of a story: `of` names it, `after` means the newest from that one on."""
    return url_for("live.watch", **which)


def _watched() -> dict[str, Any] | None:
    id = request.args.get("of", "")
    if id:
        return own_story(id)
    # Ids begin with the time. An older story than the one that is shown is not news: while its code is exchanged, a
    # sign-on is for a moment nobody's.
    after = request.args.get("after", "")
    return next((record for record in reversed(own_stories()) if str(record.get("id", "")) >= after), None)


def _browser() -> str:
    return own_session().sid or next(iter(attempts_of_browser()), "")


def state(record: dict[str, Any] | None, simulator: Any) -> str:
    """Return a string that changes with every step, and ends in the outcome; `open` while there is none."""
    if record is None:
        return NOTHING
    notes = record.get("notes") or [{}]
    hidden = len(hidden_half(record, simulator))
    parts = record.get("id"), record.get("left_out"), len(notes), notes[-1].get("repeats", 1), hidden
    return ".".join(map(str, parts)) + (f".{record['outcome']}" if record.get("outcome") else OPEN)
