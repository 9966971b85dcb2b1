"""Requests that a visitor of the simulator has changed on purpose, and what becomes of their answers.

What is asked may be wrong; what the answer is compared with is the attempt, which knows of no change. So a request
without state is sent, and its answer refused.
"""

from ..oidc.attempt import Attempt, Attempts, Browser, Clock
from ..oidc.errors import SignOnError, StateMismatch
from ..oidc.http import HttpClient
from ..oidc.relying_party import RelyingParty
from ..pingone import page

NOTE = "changed"


def url_of(http: HttpClient, party: RelyingParty, attempt: Attempt, now: Clock, response_mode: str) -> str:
    """Return the URL of an attempt's request, with the changes that its note has. An empty value leaves one out."""
    changes = attempt.note.get(NOTE)
    if not changes:
        return party.url(http, attempt, now, response_mode)
    parameters = {**party.parameters(attempt, response_mode), **changes}
    return party.url_of(http, {name: value for name, value in parameters.items() if value}, now)


def belongs_to(error: SignOnError, attempts: Attempts, browser: Browser) -> Attempt | None:
    """Return the attempt whose story records an answer that names none: it has no state, or one that was made up.

    The newest of this browser that waits for an answer. It is not used up: its own answer may come yet.
    """
    waiting = next((each for each in page.newest(attempts, browser) if not each.direct), None)
    made_up = waiting is not None and "state" in waiting.note.get(NOTE, {})
    return waiting if isinstance(error, StateMismatch) or made_up else None
