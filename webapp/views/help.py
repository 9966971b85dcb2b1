"""One page for each way in which a sign-on can fail, whether it just did or not."""

from flask import Blueprint, abort, render_template
from jinja2 import TemplateNotFound

pages = Blueprint("help", __name__)


@pages.get("/help")
def index() -> str:
    return render_template("help/index.html")


@pages.get("/help/<code>")
def show(code: str) -> str:
    """Explain an error code."""
    if code.startswith("_") or code == "index":
        abort(404)
    try:
        return render_template(f"help/{code}.html", error=None)
    except TemplateNotFound:
        abort(404)
