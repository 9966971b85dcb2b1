"""The pages that need no session."""

from flask import Blueprint, Response, make_response, render_template, request

from .asking import NOT_A_PLACE, return_to
from .context import services
from .rule_results import checked_rules
from .settings_page import examined, may_examine, settings_context
from .stories import own_story

pages = Blueprint("pages", __name__)
NOT_FOR_ROBOTS = (*NOT_A_PLACE, "/signed-off", "/simulator", "/api")
"""What begins or ends a visit. A robot that follows such links would fill a demo with visits of its own. Of a session
and its story it sees nothing: without the visitor's cookie there is none."""


@pages.get("/")
def home() -> str:
    """What this is, and the ways to sign on."""
    silent = own_story(request.args.get("not_signed_on", ""))
    return render_template("home.html", return_to=return_to(), silent=silent["id"] if silent else "")


@pages.get("/how-it-works")
def how_it_works() -> str:
    """The three modes side by side, and why each choice was made."""
    return render_template("how_it_works.html")


@pages.get("/checks")
def checks() -> str:
    """What a relying party must check, and the last result of each."""
    return render_template("checks.html", rules=checked_rules())


@pages.get("/settings")
def settings() -> str:
    """The effective configuration, in the order of the PingOne console."""
    return render_template("settings.html", **settings_context())


@pages.post("/settings/examine")
def examine() -> Response:
    """The same page with the doctor's findings; 403 without them for whom PingOne is not called."""
    allowed = may_examine()
    page = render_template("settings.html", **settings_context(examined() if allowed else None))
    return make_response(page, 200 if allowed else 403)


@pages.get("/robots.txt")
def robots() -> Response:
    """What search engines may visit: where PingOne is simulated, pages that begin no visit; nothing of a real one."""
    closed = NOT_FOR_ROBOTS if services().settings.simulator else ("/",)
    lines = ["User-agent: *", *(f"Disallow: {request.script_root}{path}" for path in closed)]
    return Response("\n".join([*lines, ""]), mimetype="text/plain")


@pages.get("/patterns")
def patterns() -> str:
    """Every component of the pages once."""
    return render_template("patterns.html")
