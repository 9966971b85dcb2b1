"""Something sensitive: it wants a second factor that is not older than five minutes. No money moves."""

import re

from flask import Response, make_response, render_template, request, url_for

from config import Settings

from ..oidc.access import Wanted
from . import logs
from .context import signed_in
from .guards import checks_made, guarded_pages, wants
from .kept import forget, kept_for
from .marks import acts_on_get
from .shown_once import of_session, show_at, shown_now

pages = guarded_pages("transfer")
FRESH = 300
"""Seconds that a second factor counts."""
AMOUNT = re.compile(r"[1-9][0-9]{0,6}(\.[0-9]{2})?", re.ASCII)
FIELDS = ("to", "amount", "note")


def second_factor(settings: Settings) -> Wanted:
    """What a transfer wants: the policy with a second factor, fulfilled a moment ago."""
    return Wanted(acr_values=settings.step_up_acr, max_age=FRESH)


@pages.get("/transfer")
@acts_on_get
@wants(second_factor)
def form() -> Response:
    """The form, filled in with what it held before a step-up."""
    shown = shown_now(of_session("transfer"))
    person = signed_in()
    values = shown.get("values") or (kept_for(person.subject) if person else {})
    page = render_template(
        "transfer.html",
        values={name: values.get(name, "") for name in FIELDS},
        kept=bool(values) and not shown,
        errors=shown.get("errors", {}),
        done=shown.get("done", ""),
        checks=checks_made(),
    )
    return forget(make_response(page, 422 if shown.get("errors") else 200))


@pages.post("/transfer")
@wants(second_factor)
def send() -> Response:
    """Do it, for a person who has just proven that they hold the second factor."""
    values = {name: request.form.get(name, "").strip()[:200] for name in FIELDS}
    errors = {}
    if not (values["to"] and values["to"].isprintable()):
        errors["to"] = "Enter who is to get the money."
    if not AMOUNT.fullmatch(values["amount"]):
        errors["amount"] = "Enter an amount such as 250 or 19.90."
    if errors:
        return show_at(url_for(".form"), of_session("transfer"), {"errors": errors, "values": values})
    logs.event("transferred")
    words = f"{values['amount']} to {values['to']}: done. It is a demonstration, so no money has moved."
    return show_at(url_for(".form"), of_session("transfer"), {"done": words})
