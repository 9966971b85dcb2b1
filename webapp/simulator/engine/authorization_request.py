"""Reading an authorization request: what is refused to the visitor, what to the application, what is accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import pkce, request_object, transactions
from .applications import CUSTOM_SCOPE, Application
from .errors import INVALID, Detail
from .policies import Policy, choose
from .refusals import RefusedRequest, ShownToVisitor
from .transactions import Transaction

RESPONSE_TYPES = ("code", "id_token", "token id_token", "code id_token", "code token", "code token id_token")
RESPONSE_MODES = ("pi.flow", "query", "fragment", "form_post")
_ONCE_ONLY = "The parameter must not be repeated"

Parameters = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class AuthorizationRequest:
    """A request that may start a flow. ``redirect_uri`` is empty when a pi.flow request left it out."""

    application: Application
    redirect_uri: str
    response_mode: str
    scope: tuple[str, ...]
    state: str | None
    nonce: str | None
    challenge: pkce.Challenge | None
    prompt: frozenset[str]
    max_age: int | None
    policy: Policy
    login_hint: str = ""
    login_hint_token: str = ""
    transaction: Transaction | None = None


def read(
    parameters: Parameters, applications: Mapping[str, Application], issuer: str, now: float, *, pushed: bool = False
) -> AuthorizationRequest:
    """The request, or ShownToVisitor / RefusedRequest in the order in which trust is established.

    ``issuer``: the audience that a request object must name. ``now``: seconds since 1970.
    """
    application = _application(parameters, applications)
    unusable: RefusedRequest | None = None
    try:
        parameters = request_object.unpack(parameters, application, issuer, now)
    except RefusedRequest as refused:
        # The refusal goes to the redirect URI beside the object: one that does not verify names none.
        unusable = refused
    mode = _one(parameters, "response_mode") or "query"
    redirect_uri = _redirect_uri(parameters, application, mode)
    try:
        if unusable is not None:
            raise unusable
        return _details(parameters, application, redirect_uri, mode, pushed)
    except RefusedRequest as refused:
        refused.redirect_uri, refused.davinci = redirect_uri, application.davinci
        refused.response_mode = mode if mode in RESPONSE_MODES else "query"
        refused.state = _one(parameters, "state") or None
        raise


def _one(parameters: Parameters, name: str) -> str:
    values = parameters.get(name) or [""]
    return values[0]


def _shown(code: str, target: str, message: str) -> ShownToVisitor:
    return ShownToVisitor(400, "INVALID_DATA", INVALID, Detail(code, message, target))


def _application(parameters: Parameters, applications: Mapping[str, Application]) -> Application:
    client_ids = parameters.get("client_id") or [""]
    if len(client_ids) > 1:
        raise _shown("INVALID_VALUE", "client_id", _ONCE_ONLY)
    application = applications.get(client_ids[0])
    if application is None or not application.enabled:
        code = "INVALID_VALUE" if client_ids[0] else "REQUIRED_VALUE"
        raise _shown(code, "client_id", "No enabled application has this client id")
    return application


def _redirect_uri(parameters: Parameters, application: Application, mode: str) -> str:
    uris = parameters.get("redirect_uri") or [""]
    if len(uris) > 1:
        raise _shown("INVALID_VALUE", "redirect_uri", _ONCE_ONLY)
    if not uris[0]:
        if mode == "pi.flow":
            return ""
        raise _shown("REQUIRED_VALUE", "redirect_uri", "A redirect URI is required")
    if not application.allows_redirect(uris[0]):
        raise _shown("INVALID_VALUE", "redirect_uri", "Redirect URI mismatch")
    return uris[0]


def _details(
    parameters: Parameters, application: Application, redirect_uri: str, mode: str, pushed: bool
) -> AuthorizationRequest:
    for name, values in parameters.items():
        if len(values) > 1:
            raise RefusedRequest("invalid_request", f"{_ONCE_ONLY}: {name}", name)
    if mode not in RESPONSE_MODES:
        raise RefusedRequest("invalid_request", "Unsupported response_mode", "response_mode")
    _check_response_type(_one(parameters, "response_type"), application)
    if application.par_required and not pushed:
        raise RefusedRequest("invalid_request", "This application must push its authorization requests", "request_uri")
    challenge = pkce.read_challenge(
        _one(parameters, "code_challenge"), _one(parameters, "code_challenge_method"), application.pkce_enforcement
    )
    if isinstance(challenge, pkce.Violation):
        raise RefusedRequest("invalid_request", challenge.message, challenge.target)
    scope = tuple(dict.fromkeys(word for word in _one(parameters, "scope").split() if word in application.scopes))
    if not scope:
        raise RefusedRequest("invalid_scope", "At least one scope must be granted", "scope")
    if CUSTOM_SCOPE in scope and any(word.startswith("p1:") for word in scope):
        raise RefusedRequest("invalid_scope", "May not request scopes for multiple resources", "scope")
    asked = _one(parameters, "acr_values")
    policy = choose(asked.split(), application.policies)
    if policy is None:
        words = "No sign-on policy of this application has that name"
        words = f"Invalid DV Flow Policy ID: {asked[:80]}" if application.davinci else words
        raise RefusedRequest("invalid_request", words, "acr_values")
    return AuthorizationRequest(
        application, redirect_uri, mode, scope, _one(parameters, "state") or None, _one(parameters, "nonce") or None,
        challenge, _prompt(_one(parameters, "prompt")), _max_age(_one(parameters, "max_age")), policy,
        _one(parameters, "login_hint"), _one(parameters, "login_hint_token"), _transaction(parameters),
    )


def _transaction(parameters: Parameters) -> Transaction | None:
    try:
        return transactions.read(_one(parameters, "pi.template"), _one(parameters, "pi.clientContext"))
    except ValueError as why:
        raise RefusedRequest("invalid_request", str(why), "pi.template") from None


def _check_response_type(response_type: str, application: Application) -> None:
    wanted = sorted(response_type.split())
    if wanted not in [sorted(each.split()) for each in RESPONSE_TYPES]:
        raise RefusedRequest("unsupported_response_type", "Unsupported response_type", "response_type")
    if wanted not in [sorted(each.split()) for each in application.response_types]:
        raise RefusedRequest("unauthorized_client", "The application may not use this response_type", "response_type")


def _prompt(value: str) -> frozenset[str]:
    words = frozenset(value.split())
    if words - {"none", "login", "consent"} or ("none" in words and len(words) > 1):
        raise RefusedRequest("invalid_request", "Unsupported prompt", "prompt")
    return words


def _max_age(value: str) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise RefusedRequest("invalid_request", "max_age must be a number of seconds", "max_age")
    return int(value)
