"""A person's sessions in this application: seen and ended from any of them."""

import hashlib
from typing import Any

from flask import Response, jsonify, make_response, render_template, request, url_for

from ..oidc.errors import SessionEnded
from . import logs
from .claims import utc
from .context import own_session, services, sessions, signed_in
from .guards import guarded_pages
from .session import wants_json
from .shown_once import of_session, show_at, shown_now

pages = guarded_pages("others")


@pages.get("/session/others")
def others() -> Response:
    """This person's sessions, the newest first; as JSON for `Accept: application/json`."""
    rows = _rows()
    if wants_json():
        return jsonify(sessions=rows)
    listed = sessions().of is not None
    shown = shown_now(of_session("others"))
    return make_response(render_template("others.html", sessions=rows, listed=listed, **shown))


@pages.post("/session/others/end")
def end() -> Response:
    """End one of them (`id`), or all but this one (`all=1`); tokens are given back, and their browsers learn it."""
    rows, all_of_them, wanted = _rows(), request.form.get("all") == "1", request.form.get("id", "")
    here = next((row["where"] for row in rows if row["current"]), "another browser")
    words = f"You ended this session yourself, from {here}, on {utc(services().now())}."
    ended = 0
    for id, record in [*sessions().all_of(_subject())]:
        if id != own_session().sid and (all_of_them or _public(id) == wanted):
            sessions().tell(id, words)
            # What was stored last is given back: a refresh may have renewed the tokens since the list was drawn.
            services().session_use.sign_offs.give_back_record(sessions().end(id))
            logs.event("ended_elsewhere", mode=record["signed_in"]["mode"])
            ended += 1
    said = f"{ended} {'session was' if ended == 1 else 'sessions were'} ended." if ended else "It had ended already."
    return show_at(url_for(".others"), of_session("others"), {"message": said})


def _rows() -> list[dict[str, Any]]:
    """Return what may be shown of each session: `id` names it, and opens nothing. Times are seconds, UTC."""
    own = own_session().sid
    rows = [
        {
            "id": _public(id),
            "began_at": int(record["established_at"]),
            "where": record.get("where") or "A browser",
            "mode": record["signed_in"]["mode"],
            "current": id == own,
        }
        for id, record in sessions().all_of(_subject())
    ]
    return sorted(rows, key=lambda row: (not row["current"], -row["began_at"]))


def _subject() -> str:
    person = signed_in()
    if person is None:
        raise SessionEnded("no session")
    return person.subject


def _public(id: str) -> str:
    return hashlib.sha256(id.encode()).hexdigest()[:16]
