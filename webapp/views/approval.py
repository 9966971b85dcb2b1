"""Approve one thing: what it is travels signed, and PingOne shows it to the person who approves. No money moves."""

from flask import Response, make_response, render_template, request, url_for

from ..oidc.access import Wanted
from ..pingone.approval import Transaction
from .context import services, signed_in
from .guards import guarded_pages, wants
from .marks import acts_on_get
from .shown_once import of_session, show_at, shown_now
from .sign_on import go_on
from .throttled import admit_start
from .transfer import AMOUNT

pages = guarded_pages("approval")
CURRENCIES = ("EUR", "USD", "GBP")


@pages.get("/approval")
@acts_on_get
@wants(Wanted())
def form() -> Response:
    """What to approve, or what was approved just now."""
    shown = shown_now(of_session("approval"))
    values = shown.get("values") or {"amount": "100", "currency": "EUR", "recipient": "Bob"}
    page = render_template(
        "approval.html",
        values=values,
        errors=shown.get("errors", {}),
        done=shown.get("done", ""),
        trace=shown.get("trace", ""),
        currencies=CURRENCIES,
        may_ask=_may_ask(),
    )
    return make_response(page, 422 if shown.get("errors") else 200)


@pages.post("/approval")
@wants(Wanted())
def ask() -> Response:
    """Ask PingOne to ask."""
    person = signed_in()
    values = {name: request.form.get(name, "").strip()[:60] for name in ("amount", "currency", "recipient")}
    errors = {}
    if not AMOUNT.fullmatch(values["amount"]):
        errors["amount"] = "Enter an amount such as 250 or 19.90."
    if values["currency"] not in CURRENCIES:
        errors["currency"] = "Choose one of the currencies."
    if not (values["recipient"] and values["recipient"].isprintable()):
        errors["recipient"] = "Enter who is to get the money."
    if errors or person is None or not _may_ask():
        return show_at(url_for(".form"), of_session("approval"), {"errors": errors, "values": values})
    admit_start("redirectless")
    return go_on(services().sign_on.begin_approval(person.subject, Transaction(**values)))


def _may_ask() -> bool:
    return services().sign_on.parties.approving is not None
