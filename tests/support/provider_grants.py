"""What the adversarial provider remembers of requests, flows and codes, and what it complains about."""

import base64
import hashlib
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from tests.support.provider_keys import base64url
from tests.support.raw_http import Request


@dataclass
class Flow:
    """A sign-on under way."""

    id: str
    params: dict[str, str]
    session_token: str = ""
    password_right: bool = False
    done: bool = False


@dataclass
class Grant:
    """What a code, and later the tokens made from it, stand for."""

    params: dict[str, str]
    subject: str
    session: str = field(default_factory=lambda: str(uuid.uuid4()))
    used: bool = False
    authenticated_at: int = field(default_factory=lambda: int(time.time()))


@dataclass(frozen=True)
class Client:
    """How the relying party is registered."""

    client_id: str
    custom_client_id: str
    redirect_uris: tuple[str, ...]
    login_page_url: str
    auth_method: str = "none"
    secret: str = ""


def authorization_complaints(params: dict[str, str], client: Client) -> list[str]:
    """What the OpenID Foundation's suite checks silently in every request, and what RFC 9700 adds."""
    wrong = []
    if "openid" not in params.get("scope", "").split():
        wrong.append("scope lacks openid")
    if params.get("response_type") != "code":
        wrong.append("response_type is not exactly code")
    if params.get("redirect_uri") not in client.redirect_uris:
        wrong.append("redirect_uri is not one that is registered")
    if params.get("client_id") not in (client.client_id, client.custom_client_id):
        wrong.append("client_id is unknown")
    if params.get("code_challenge_method") != "S256" or len(params.get("code_challenge", "")) != 43:
        wrong.append("no S256 code challenge")
    wrong += [f"{name} is shorter than 128 bits" for name in ("state", "nonce") if len(params.get(name, "")) < 22]
    if params.get("max_age") == "0" and params.get("prompt") == "none":
        wrong.append("max_age=0 together with prompt=none")
    return wrong + [f"{name} was sent" for name in ("request", "claims", "client_secret") if name in params]


def token_complaints(request: Request, grant: Grant, client: Client) -> list[str]:
    """What is wrong with a code exchange that an honest provider would have refused."""
    form = dict(request.form)
    wrong = client_complaints(request, client)
    if form.get("redirect_uri") != grant.params.get("redirect_uri"):
        wrong.append("redirect_uri differs from the authorization request")
    verifier = form.get("code_verifier", "")
    if base64url(hashlib.sha256(verifier.encode()).digest()) != grant.params.get("code_challenge"):
        wrong.append("code_verifier does not match")
    if not 43 <= len(verifier) <= 128:
        wrong.append("code_verifier has the wrong length")
    if grant.used:
        wrong.append("code was used before")
    return wrong


def client_complaints(request: Request, client: Client) -> list[str]:
    """Whether the client authenticated in exactly the way it is registered with."""
    form, authorization = dict(request.form), request.header("Authorization")
    if request.query:
        return ["parameters in the query of a POST"]
    if client.auth_method == "client_secret_basic":
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        right = (client.client_id, client.secret) == (unquote_plus(name), unquote_plus(secret))
        return [] if right and "client_secret" not in form else ["wrong Basic credentials"]
    if authorization:
        return ["Authorization header of a client that has none"]
    if client.auth_method == "client_secret_post" and form.get("client_secret") != client.secret:
        return ["wrong client_secret in the body"]
    if client.auth_method == "none" and "client_secret" in form:
        return ["client_secret of a public client"]
    return [] if form.get("client_id") in (client.client_id, client.custom_client_id) else ["client_id is missing"]
