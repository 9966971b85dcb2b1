"""One page for each way in which a sign-on can fail, whether it just did or not."""

from typing import Any

from flask import Blueprint, abort, render_template

from .causes import CAUSES
from .words import MOVES, WORDS

pages = Blueprint("help", __name__)
GROUPS = (
    ("PingOne said no", "PingOne refused, or did not answer.",
     ("refused", "flow_refused", "flow_expired", "token_refused", "provider_error", "provider_unreachable")),
    ("We refused what came", "Something arrived and did not pass a check.",
     ("sign_on_unknown", "sign_on_expired", "sign_on_other_browser", "response_malformed", "state_mismatch",
      "issuer_mismatch", "resume_foreign_location", "resume_no_cookie", "id_token_signature", "id_token_claim",
      "subject_changed", "metadata_invalid", "session_ended", "access_refused", "token_not_accepted",
      "request_forbidden")),
    ("This application", "The reason is on this side.",
     ("settings_invalid", "sign_on_elsewhere",
      "step_unsupported", "flow_policy_unsupported", "too_many_requests", "store_unavailable",
      "not_found", "method_not_allowed", "internal_error")),
)  # fmt: skip


@pages.get("/help")
def index() -> str:
    """Every code with its title and whose move it is."""
    return render_template("help/index.html", groups=GROUPS, words=WORDS, moves=MOVES)


@pages.get("/help/<code>")
def show(code: str) -> str:
    """Explain an error code."""
    if code not in WORDS:
        abort(404)
    return render_template(f"help/{code}.html", error=None, **topic(code))


def topic(code: str) -> dict[str, Any]:
    """Return what the page of a code says, whether or not it explains a refusal."""
    return {"code": code, "topic": WORDS[code], "moves": MOVES, "causes": CAUSES[code]}
