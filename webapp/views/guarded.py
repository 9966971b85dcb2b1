"""Pages that not everyone may see: for members, and for administrators."""

from flask import render_template

from ..oidc.access import Wanted
from .guards import checks_made, guarded_pages, wants

pages = guarded_pages("guarded")


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
