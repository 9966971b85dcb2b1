"""The story of one sign-on, for its owner."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, url_for

from .. import VERSION
from ..trace.diagram import draw
from ..trace.har import to_har
from ..trace.render import present
from .browser import attempts_of_browser
from .context import services, signed_in

pages = Blueprint("traces", __name__)


def _record(id: str) -> dict[str, Any]:
    """Return the story, if this browser began it or this session came of it; 404 says nothing about others."""
    person = signed_in()
    secret = attempts_of_browser().get(id)
    record = None
    if person is not None and person.trace == id:
        record = services().traces.get(id)
    elif secret is not None:
        record = services().traces.get(id, secret)
    if record is None:
        abort(404)
    return record


@pages.get("/traces/<id>")
def show(id: str) -> str:
    """What really went over the wire, why, and what was checked."""
    record = _record(id)
    story = {**asdict(present(record)), "diagram": draw(record)}
    return render_template("trace.html", story=story, har_url=url_for(".har", id=id))


@pages.get("/traces/<id>.har")
def har(id: str) -> Response:
    """The same for a browser's developer tools (HAR 1.2), masked in the same way."""
    answer = jsonify(to_har(_record(id), version=VERSION, origin=services().settings.public_url))
    answer.headers["Content-Disposition"] = f'attachment; filename="sign-on-{id}.har"'
    return answer
