"""The story of one sign-on, for its owner."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, url_for

from ..trace.diagram import draw
from ..trace.har import to_har
from ..trace.render import present
from ..version import VERSION
from .context import services
from .stories import own_story

pages = Blueprint("traces", __name__)


def _record(id: str) -> dict[str, Any]:
    record = own_story(id)
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
