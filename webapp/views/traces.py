"""The stories of sign-ons, for their owner."""

import re
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request, url_for

from ..trace.compare import compare
from ..trace.compare_summary import summary
from ..trace.diagram import draw
from ..trace.har import to_har
from ..trace.render import Presented, present
from ..version import VERSION
from .browser import MOST
from .context import services, signed_in
from .hues import spread
from .live import NOTHING, state, watching
from .pkce import proof
from .protection import go_to
from .shown_once import of_session, show_at, shown_now
from .source_code import sources_of
from .stories import own_stories, own_story, whole

pages = Blueprint("traces", __name__)
SLACK = 30
"""Seconds by which clocks may differ."""


def _record(id: str) -> dict[str, Any]:
    record = own_story(id)
    if record is None:
        abort(404)
    return whole(record)


@pages.get("/traces")
def index() -> str:
    """The stories that this browser may read, the newest first."""
    shown = [present(whole(record)) for record in reversed(own_stories())]
    stories = [{**vars(each), "silent": was_silent(each)} for each in shown]
    return render_template("traces.html", most=MOST, stories=stories)


@pages.get("/traces/compare")
def comparison() -> Response:
    """Two of them side by side; without two, the list to choose from."""
    ids = request.args.get("a", ""), request.args.get("b", "")
    if not all(ids):
        return go_to(url_for(".index"))
    first, second = (present(_record(id)) for id in ids)
    spread((*first.cards, *second.cards))
    pairs = compare(first.cards, second.cards)
    stories = {"first": first, "second": second, "rows": summary(first, second)}
    return make_response(render_template("compare.html", pairs=pairs, **stories))


@pages.get("/traces/<id>")
def show(id: str) -> str:
    """What passed through our server, why, and what was checked. The page of an open story grows."""
    record = own_story(id)
    if record is None:
        abort(404)
    return _page(record, "" if record.get("outcome") else watching(of=id))


@pages.get("/traces/live")
def follow() -> str:
    """The newest story of this browser, whichever that is: for a second tab while somebody signs on in the first."""
    newest = next(reversed(own_stories()), None)
    if newest is None:
        return render_template("live.html", watch=watching(), version=NOTHING)
    return _page(newest, watching(after=str(newest["id"])))


def _page(stored: dict[str, Any], watch: str) -> str:
    """`watch` is where the script asks whether there is more to show; empty when there is not."""
    record, id = whole(stored), str(stored["id"])
    shown = present(record)
    spread(shown.cards)
    story = {**asdict(shown), "diagram": draw(record), "silent": was_silent(shown)}
    pkce = proof(shown.cards, _verifier(id), bool(shown_now(_revealing(id))))
    live = {"watch": watch, "version": state(stored, services().simulator)}
    shown_with = {"most": MOST, "sources": sources_of(shown.cards), "har_url": url_for(".har", id=id)}
    return render_template("trace.html", story=story, pkce=pkce, **shown_with, **live)


@pages.post("/traces/<id>/verifier")
def verifier(id: str) -> Response:
    """Show the spent verifier once, to the owner of the session that came of the sign-on."""
    if not _verifier(id):
        abort(404)
    shown = show_at(url_for(".show", id=id), _revealing(id), {"verifier": True})
    shown.headers["Location"] += "#pkce"
    return shown


def _verifier(id: str) -> str:
    person = signed_in()
    return person.verifier if person is not None and person.trace == id else ""


def _revealing(id: str) -> str:
    return of_session(f"verifier\n{id}")


def was_silent(story: Presented) -> bool:
    """Whether PingOne asked for nothing. Where it is not simulated the ID token shows it: the person signed on before
    this sign-on began."""
    if any(card.simulated for card in story.cards):
        return story.outcome in ("signed_on", "signed_off") and all(card.name != "pingone_page" for card in story.cards)
    texts = "".join(token.text for card in story.cards for token in card.tokens if token.name == "id_token")
    found = re.search(r'"auth_time": (\d+)', texts)
    return found is not None and int(found[1]) < story.started_at - SLACK


@pages.get("/traces/<id>.sh")
def commands(id: str) -> Response:
    """Every call of the story as a curl command, in order; what is masked is a shell variable to fill in."""
    shown = present(_record(id))
    calls = [f"# {card.index} {card.title}\n{card.curl}\n" for card in shown.cards if card.curl]
    answer = make_response("\n".join(calls))
    answer.headers["Content-Type"] = "text/x-shellscript; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="sign-on-{id}.sh"'
    return answer


@pages.get("/traces/<id>.har")
def har(id: str) -> Response:
    """The same for a browser's developer tools (HAR 1.2), masked in the same way."""
    answer = jsonify(to_har(_record(id), version=VERSION, origin=services().settings.public_url))
    answer.headers["Content-Disposition"] = f'attachment; filename="sign-on-{id}.har"'
    return answer
