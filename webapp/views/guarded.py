"""Pages that not everyone may see: for members, and for administrators."""

from flask import Blueprint, render_template

from ..oidc.access import Wanted
from ..oidc.errors import SessionEnded, SignOnError
from .guards import checks_made, wants
from .session import refused_later, session_ended

pages = Blueprint("guarded", __name__)
pages.register_error_handler(SessionEnded, session_ended)
pages.register_error_handler(SignOnError, refused_later)


@pages.get("/members")
@wants(Wanted(group="members"))
def members() -> str:
    """For the group members."""
    return render_template("guarded.html", group="members", checks=checks_made())


@pages.get("/admins")
@wants(Wanted(group="admins"))
def admins() -> str:
    """For the group admins."""
    return render_template("guarded.html", group="admins", checks=checks_made())
