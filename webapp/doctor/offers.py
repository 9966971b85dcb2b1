"""What an application that works may ask for, and what it should not be able to: scopes, PKCE, policy, origins."""

from collections.abc import Iterator

from .. import console
from ..oidc.errors import Refused, Said, SignOnError
from ..oidc.pkce import new_verifier
from ..oidc.sign_off import sign_off_parameters, sign_off_request
from ..oidc.wire import send
from ..pingone.api import start
from ..pingone.flow import FlowPolicyUnsupported
from .asking import Asking
from .finding import Finding, words


def look_at_offers(asking: Asking, which: str) -> Iterator[Finding]:
    """Yield the findings; the application is known and its usual request starts a sign-on. Raises `SignOnError`s."""
    yield _scopes(asking, which)
    yield _pkce(asking, which)
    yield _flow(asking, which)


def _scopes(asking: Asking, which: str) -> Finding:
    """Each scope alone: PingOne drops those that an application does not have, and refuses if none is left."""
    scopes = asking.scope.split()
    refused = [scope for scope in scopes if asking.ask({"scope": scope}).said.error == "invalid_scope"]
    title, field = f"The scopes{which}", str(console.SCOPES)
    if refused:
        detail = f"The application is not allowed {' '.join(refused)}: PingOne leaves out what it does not allow."
        return Finding(False, title, detail, field)
    return Finding(True, title, " ".join(scopes), field)


def _pkce(asking: Asking, which: str) -> Finding:
    """A request with a plain challenge must be refused, and one without any even more.

    https://www.rfc-editor.org/rfc/rfc9700#section-4.7.1
    """
    title, field = f"PKCE enforcement{which}", str(console.PKCE)
    plain = asking.ask({"code_challenge": new_verifier(), "code_challenge_method": "plain"})
    if not plain.started:
        return Finding(True, title, f"A plain challenge is refused. {words(plain.said)}", field)
    without = asking.ask({"code_challenge": "", "code_challenge_method": ""})
    if without.started:
        detail = "is OPTIONAL: a sign-on without code_challenge starts, so nobody notices when it was stripped."
        return Finding(False, title, detail, field)
    return Finding(False, title, "is REQUIRED, but the method plain is accepted, which shows the verifier.", field)


def _flow(asking: Asking, which: str) -> Finding:
    """Whether our server can drive the sign-on, as redirectless and custom page mode do."""
    title = f"The sign-on policy{which}"
    try:
        flow, _ = start(asking.http, asking.url({"response_mode": "pi.flow"}))
    except FlowPolicyUnsupported:
        detail = "is a DaVinci flow policy, which our own forms cannot drive: only hosted mode works."
        return Finding(False, title, detail, str(console.POLICIES))
    except Refused as refused:
        return Finding(False, title, words(refused.said or Said(refused.code)), str(console.POLICIES))
    detail = (
        f"begins with {flow.status}. {console.CORS.field} may allow no origins: this application's server calls "
        "PingOne, its pages do not."
    )
    return Finding(True, title, detail)


def look_at_sign_off(asking: Asking) -> Iterator[Finding]:
    """Whether PingOne leads back to us after sign-off. Without a cookie no session ends.

    Without an ID token the list of any application of the environment counts.
    https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/signoff.html
    """
    if not asking.provider.end_session_endpoint:
        return
    uri = asking.settings.post_logout_redirect_uri
    request = sign_off_request(asking.provider, sign_off_parameters("", uri, ""))
    try:
        leads_back = send(asking.http, "GET", request.url).header("Location").partition("?")[0] == uri
    except SignOnError as failure:
        yield Finding(False, "The Signoff URL", failure.detail, str(console.SIGNOFF_URLS))
        return
    wrong = f"PingOne does not lead back to {uri} after sign-off. It must be entered exactly so."
    yield Finding(leads_back, "The Signoff URL", uri if leads_back else wrong, str(console.SIGNOFF_URLS))
