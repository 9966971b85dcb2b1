"""How the application is set up at PingOne: is it known, does it prove itself, what may it ask for, who signs on."""

from collections.abc import Iterator
from dataclasses import replace

from joserfc.errors import JoseError

from .. import console
from ..oidc.client import post_form
from ..oidc.errors import Said, SignOnError
from ..oidc.pkce import new_verifier
from ..oidc.wire import said
from .asking import Asking, Outcome
from .finding import Finding, words
from .offers import look_at_offers

FIELDS = {
    "unauthorized_client": f"{console.RESPONSE_TYPE}, {console.AUTHORIZATION_CODE.field}",
    "unsupported_response_type": str(console.RESPONSE_TYPE),
    "invalid_scope": str(console.SCOPES),
    "invalid_client": str(console.AUTH_METHOD),
    "invalid_request": f"{console.PAR}, {console.PKCE.field}, {console.SIGNED_REQUESTS.field}",
}
"""What usually leads to a refusal: https://docs.pingidentity.com/pingone/applications/p1_edit_application_oidc.html"""


def look_at_application(asking: Asking, which: str, own_page: bool) -> Iterator[Finding]:
    """Yield the findings about one application; `which` is appended to their titles, and says which one it is.

    `own_page`: its Signon URL is to be our page, and not PingOne's.
    """
    try:
        yield from _look(asking, which, own_page)
    except SignOnError as failure:
        detail = failure.detail or failure.code
        yield Finding(False, f"The application{which}", detail, f"{console.CLIENT_ID}")
    except (JoseError, ValueError) as failure:
        detail = f"{type(failure).__name__}: the key does not fit {asking.client.method}"
        yield Finding(False, f"The application's key{which} cannot be used", detail, "Setting PINGONE_PRIVATE_KEY")


def _look(asking: Asking, which: str, own_page: bool) -> Iterator[Finding]:
    proof, outcome = _try_token_endpoint(asking, "authorization_code"), asking.ask()
    shown = not outcome.started and not outcome.ours
    if proof.error == "invalid_client" and shown and outcome.target != "redirect_uri":
        detail = (
            f"{words(proof)} PingOne shows its own error page, too: there is no enabled application with the id "
            f"{asking.client.client_id} in this environment. A new application is disabled."
        )
        fields = f"{console.CLIENT_ID}, or {console.ENABLED}"
        yield Finding(False, f"The application{which} is unknown or disabled", detail, fields)
        return
    yield _authentication(asking, proof, which)
    if shown:
        uri = asking.settings.redirect_uri
        detail = f"PingOne does not send a browser to {uri}. It must be entered exactly so. {words(outcome.said)}"
        yield Finding(False, f"The redirect URI{which}", detail, str(console.REDIRECT_URIS))
        return
    if not outcome.started and not asking.pushes and asking.provider.par_endpoint:
        pushing = replace(asking, pushes=True)
        pushed = pushing.ask()
        if pushed.started:
            detail = "It must push its requests, and PingOne's metadata does not say so. Set PINGONE_PAR=on."
            field = f"Setting PINGONE_PAR, or {console.PAR}"
            yield Finding(False, f"The application{which} requires PAR", detail, field)
            asking, outcome = pushing, pushed
    if not outcome.started:
        field = FIELDS.get(outcome.said.error, f"{console.AUTHORIZATION_CODE}")
        yield Finding(False, f"The authorization request{which}", words(outcome.said), field)
        return
    yield Finding(True, f"The redirect URI{which}", asking.settings.redirect_uri)
    yield from _page(asking, outcome, which, own_page)
    yield from look_at_offers(asking, which)
    if proof.error == "invalid_grant":
        yield from _refresh(asking, which)


def _try_token_endpoint(asking: Asking, grant_type: str) -> Said:
    """`invalid_grant` for a code or token that does not exist means that the client and its grant were believed."""
    form = {
        "grant_type": grant_type,
        "code": "00000000-0000-4000-8000-000000000000",
        "redirect_uri": asking.settings.redirect_uri,
        "code_verifier": new_verifier(),
    }
    if grant_type == "refresh_token":
        form = {"grant_type": grant_type, "refresh_token": "00000000-0000-4000-8000-000000000000"}
    endpoint = asking.provider.token_endpoint
    return said(post_form(asking.http, asking.client, asking.provider, endpoint, form, asking.now))


def _authentication(asking: Asking, proof: Said, which: str) -> Finding:
    method = asking.client.method
    if proof.error == "invalid_grant":
        return Finding(True, f"Client authentication{which}", f"PingOne accepts the method {method}.")
    field = str(console.AUTH_METHOD)
    if proof.error == "invalid_client":
        field += ", PINGONE_CLIENT_ID, PINGONE_CLIENT_SECRET"
    if proof.error in ("unauthorized_client", "unsupported_grant_type"):
        field = str(console.AUTHORIZATION_CODE)
    return Finding(False, f"Client authentication{which} by {method}", words(proof), field)


def _page(asking: Asking, outcome: Outcome, which: str, own_page: bool) -> Iterator[Finding]:
    """Whose page a browser is sent to. One application for all modes may have either."""
    ours = outcome.place == asking.settings.login_page_url
    title = f"The Signon URL{which}"
    if own_page:
        detail = outcome.place if ours else f"is {outcome.place}, not ours: {asking.settings.login_page_url}"
        yield Finding(ours, title, detail, str(console.SIGNON_URL))
    elif asking.settings.custom_client_id != asking.client.client_id:
        shown = f"is {outcome.place}, so hosted mode shows our page. Leave it at the default, which is PingOne's own."
        yield Finding(not ours, title, shown if ours else f"leads to {outcome.place}", str(console.SIGNON_URL))
    else:
        only = "hosted mode shows our page" if ours else "custom page mode does not work"
        yield Finding(True, title, f"leads to {outcome.place}. With one application for both modes, {only}.")


def _refresh(asking: Asking, which: str) -> Iterator[Finding]:
    """A refresh token comes if the grant is on, and if offline_access is asked for where it is allowed.

    https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/authorize-intro.html
    """
    title = f"Refresh tokens{which}"
    answer = _try_token_endpoint(asking, "refresh_token")
    if answer.error != "invalid_grant":
        detail = f"None will come, so nothing is renewed: {words(answer)}"
        yield Finding(False, title, detail, str(console.REFRESH_TOKEN))
        return
    asked = "offline_access" in asking.settings.scopes.split()
    if not asked and asking.ask({"scope": "offline_access"}).started:
        detail = (
            "None will come: the application is allowed the scope offline_access, so it must be asked for. Add it to "
            "PINGONE_SCOPES, or take it away from the application: then a refresh token always comes."
        )
        yield Finding(False, title, detail, str(console.SCOPES))
        return
    detail = (
        "The grant is on. If none comes all the same, the sign-on policy is the cause; if renewal fails early, the "
        "lifetime of the user's session."
    )
    yield Finding(True, title, detail)

