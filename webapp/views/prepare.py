"""The authorization request in words, before it is sent; with the simulator every parameter of it can be changed."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request, url_for

from ..oidc.errors import SignOnError
from ..oidc.request import AuthorizationRequest
from .asking import ask, local_path
from .context import services
from .foreseen import PRESETS, foresee
from .protection import go_to
from .request_parts import IGNORED, MODES, OMIT, ORDER, WISHES, explained, scenario
from .session import wants_json
from .sign_on import start
from .throttled import TooManyRequests, too_many

pages = Blueprint("prepare", __name__)
pages.register_error_handler(TooManyRequests, too_many)
FRESH = ("state", "nonce", "code_challenge")
LONGEST = 300
ANSWERS = ("form_post", "fragment")


class Edited:
    """A request as somebody has edited it. `said` are the fields of the editor, in an address or in a form."""

    def __init__(self, said: Mapping[str, str], omitted: list[str]) -> None:
        self.mode = said.get("mode", "") if said.get("mode") in MODES else "hosted"
        self.return_to = local_path(said.get("return_to", ""))
        self.wishes = ask(services().settings.scopes, said)
        self.said = {name: said.get(name, "").strip() for name in ORDER}
        self.usual = self._usual()
        self.changes = self._changes(omitted) if services().settings.simulator else {}
        self.asked = {name: value for name, value in {**self.usual, **self.changes}.items() if value}

    def _usual(self) -> dict[str, str]:
        parties = services().sign_on.parties
        party = parties.of_mode(self.mode)
        response_mode = "pi.flow" if self.mode == "redirectless" else parties.response_mode
        # Not an attempt: nothing secret is made for a page that only explains.
        sample = AuthorizationRequest(
            party.client.client_id, party.redirect_uri, self.wishes, "state", "nonce", "verifier", response_mode
        )
        return sample.parameters() | dict.fromkeys(FRESH, "‹generated when you start›")

    def _changes(self, omitted: list[str]) -> dict[str, str]:
        """What differs from the request that would be sent; an empty value is left out."""
        left_out = {name: "" for name in ORDER if name in omitted and name in self.usual}
        typed = {name: value[:LONGEST] for name, value in self.said.items() if value and value.isprintable()}
        if self.mode != "hosted" or typed.get("response_mode") not in ANSWERS:
            typed.pop("response_mode", None)  # It belongs to the mode: another one would show JSON to a browser.
        if typed.get("client_id") in services().sign_on.parties.client_ids:
            del typed["client_id"]  # The mode was changed, and the field still has that of the other mode.
        return {name: value for name, value in typed.items() if value != self.usual.get(name)} | left_out

    def query(self) -> str:
        """The scenario as a query: what differs from a plain sign-on, and nothing that is secret."""
        return scenario(self.mode, {**vars(self.wishes), "return_to": self.return_to}, self.changes)


@pages.get("/sign-on/prepare")
def show() -> Response:
    """The request, explained and open to changes; as JSON for the preview while somebody types."""
    edited = Edited(request.args, request.args.getlist(OMIT))
    if wants_json():
        return jsonify(_preview(edited))
    context = {
        "edited": edited,
        "rows": [row for name in ORDER if (row := _row(edited, name))["usual"] or not row["fixed"]],
        "preview": _preview(edited),
        "presets": [_preset(edited, each) for each in PRESETS],
        "warnings": [] if services().settings.simulator else _ignored(edited),
    }
    return make_response(render_template("prepare.html", **context))


@pages.post("/sign-on/prepare")
def send() -> Response:
    """Send the request as it was edited. Only the simulator gets one that was changed."""
    if not services().settings.simulator:
        abort(404)
    edited = Edited(request.form, request.form.getlist(OMIT))
    if not edited.changes:
        return go_to(_preview(edited)["start"])
    return start(edited.mode, edited.wishes, edited.return_to, edited.changes)


def _preview(edited: Edited) -> dict[str, Any]:
    query = scenario(edited.mode, {**vars(edited.wishes), "return_to": edited.return_to}, {}).partition("&")[2]
    lines = [f"{'&' if at else '?'}{name}={value}" for at, (name, value) in enumerate(edited.asked.items())]
    return {
        "url": "\n".join([_endpoint(), *lines]),
        "foreseen": vars(foresee(edited.mode, edited.asked, edited.changes)),
        "link": f"{services().settings.public_url}/sign-on/prepare?{edited.query()}",
        "start": url_for(f"sign_on.{edited.mode}") + (f"?{query}" if query else ""),
        "changed": sorted(edited.changes),
    }


def _row(edited: Edited, name: str) -> dict[str, Any]:
    value = "" if name in FRESH and name not in edited.changes else edited.asked.get(name) or edited.usual.get(name, "")
    why, source = explained(name, value)
    editable = name in WISHES or bool(services().settings.simulator)
    return {
        "name": name,
        "value": value,
        "fresh": name in FRESH,
        "fixed": not editable or (name == "response_mode" and edited.mode != "hosted"),
        "usual": name in edited.usual,
        "omitted": edited.changes.get(name) == "",
        "changed": name in edited.changes,
        "why": why,
        "source": source,
    }


def _preset(edited: Edited, preset: Any) -> dict[str, Any]:
    changes = {**preset.sets, **dict.fromkeys(preset.leaves_out, "")}
    wishes = {"return_to": edited.return_to}
    chosen = edited.changes == changes
    return {"name": preset.name, "query": scenario(edited.mode, wishes, changes), "chosen": chosen}


def _ignored(edited: Edited) -> list[str]:
    names = [name for name in WISHES if edited.said[name] and name not in edited.usual]
    return [IGNORED.get(name, f"`{name}` is not valid; ignored.") for name in names]


def _endpoint() -> str:
    usual = f"{services().settings.issuer}/authorize"
    if services().settings.simulator:
        return usual  # A fault of its metadata waits for a sign-on, and is not spent on a page that explains.
    try:
        return services().sign_on.parties.main.provider.get().authorization_endpoint
    except SignOnError:
        return usual
