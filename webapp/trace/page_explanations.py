"""What a signed-on person does with a session: pages that want something of it, and the API that they call."""

from collections.abc import Mapping

from . import explanation as at
from .explanation import Explanation

PAGES: Mapping[str, Explanation] = {
    "guarded": Explanation(
        "Open a guarded page",
        "The browser asks for a page of a group, and the application decides from the groups in the ID token.",
        "A claim of another type than it should have decides nothing, as a string can contain a group’s name.",
        at.GROUPS,
    ),
    "step_up": Explanation(
        "Open a sensitive page",
        "The browser asks for a page that wants a recent second factor, and the application compares acr and auth_time "
        "of the ID token; where one does not suffice, the visitor is asked to confirm and PingOne asks for the factor.",
        "An acr or auth_time that the sign-on did not request was checked by nobody and a refresh may change it, so it "
        "does not count.",
        at.STEP_UP,
    ),
    "scoped": Explanation(
        "Open a page that needs a scope",
        "The browser asks for a page that calls an API, and the application looks for the API’s scope among those that "
        "were granted; where it is missing, the visitor is asked to confirm and PingOne is asked for it.",
        "The API would refuse the call, so what is missing is requested first, and only when it is needed.",
        at.SCOPES,
    ),
    "approval": Explanation(
        "Open or send an approval",
        "The browser opens the form, which needs nothing but a session, or sends what is to be approved, which begins "
        "a story of its own.",
        "Not the session decides but the person: PingOne shows them what they approve, and asks for the second factor.",
        at.APPROVAL,
    ),
    "api_call": Explanation(
        "Call an API for the visitor",
        "The application calls the API with the visitor’s access token in the Authorization header.",
        "The token is for this API alone and never leaves our server; the API verifies it by itself and says in "
        "WWW-Authenticate what is missing.",
        at.BEARER,
    ),
}
