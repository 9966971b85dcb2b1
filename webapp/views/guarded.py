"""Pages that not everyone may see, for members and for administrators. A visit is added to the session's story."""

from flask import render_template

from ..oidc.access import Wanted
from .guards import checks_made, guarded_pages, wants
from .marks import acts_on_get

pages = guarded_pages("guarded")


@pages.get("/members")
@acts_on_get
@wants(Wanted(group="members"))
def members() -> str:
    """For the group members."""
    return render_template("guarded.html", group="members", checks=checks_made())


@pages.get("/admins")
@acts_on_get
@wants(Wanted(group="admins"))
def admins() -> str:
    """For the group admins."""
    return render_template("guarded.html", group="admins", checks=checks_made())
