"""Provider metadata: the discovery document, trusted only where it agrees with our configuration."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .checks import Check
from .errors import MetadataInvalid, ProviderError
from .http import HttpClient
from .wire import send

SOURCE = "https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation"
ENDPOINTS = "https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata"
PKCE = "https://www.rfc-editor.org/rfc/rfc9700#section-4.7.1"


@dataclass(frozen=True)
class Provider:
    """The parts of the metadata that a relying party uses. Absent optional endpoints are empty strings.

    `par_required`: every client must push its requests (RFC 9126). `sends_iss`: answers carry `iss` (RFC 9207).
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    introspection_endpoint: str = ""
    revocation_endpoint: str = ""
    par_endpoint: str = ""
    par_required: bool = False
    sends_iss: bool = False


REQUIRED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OPTIONAL = {
    "userinfo_endpoint": "userinfo_endpoint",
    "end_session_endpoint": "end_session_endpoint",
    "introspection_endpoint": "introspection_endpoint",
    "revocation_endpoint": "revocation_endpoint",
    "pushed_authorization_request_endpoint": "par_endpoint",
}


def discovery_url(issuer: str) -> str:
    """Return the address of an issuer's metadata; a slash at the end of the issuer is left out.

    https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
    """
    return f"{issuer.removesuffix('/')}/.well-known/openid-configuration"


def discover(http: HttpClient, issuer: str) -> Provider:
    """Fetch and check the metadata of `issuer`. Raises `ProviderUnreachable`, `ProviderError`, `MetadataInvalid`."""
    answer = send(http, "GET", discovery_url(issuer))
    if answer.status != 200:
        raise ProviderError(f"discovery answered {answer.status}")
    return parse_metadata(answer.object(), issuer)


def parse_metadata(document: dict[str, Any], issuer: str) -> Provider:
    """Return the provider that `document` describes; raise `MetadataInvalid` when it is not `issuer`'s own.

    Algorithms are not read from here on purpose: a document that lists `none` would then decide that unsigned
    ID tokens are welcome.
    """
    claimed = document.get("issuer")
    _require(
        "discovery issuer",
        issuer,
        claimed if isinstance(claimed, str) else repr(claimed)[:80],
        claimed == issuer,
    )
    methods = document.get("code_challenge_methods_supported")
    if methods is not None:
        # A provider without PKCE ignores the challenge, and the client notices nothing.
        _require("S256 supported", "S256", str(methods)[:80], isinstance(methods, list) and "S256" in methods, PKCE)
    endpoints = {name: _endpoint(document, name, issuer) for name in REQUIRED}
    for member, name in OPTIONAL.items():
        if document.get(member) is not None:
            endpoints[name] = _endpoint(document, member, issuer)
    return Provider(
        issuer=issuer,
        par_required=document.get("require_pushed_authorization_requests") is True,
        sends_iss=document.get("authorization_response_iss_parameter_supported") is True,
        **endpoints,
    )


def _endpoint(document: dict[str, Any], name: str, issuer: str) -> str:
    """Return an endpoint that lives where the issuer lives.

    A provider serves all of them from the issuer's own origin. An endpoint elsewhere, or one without TLS, would
    receive codes, verifiers and tokens: the document does not get to choose that.
    """
    found = document.get(name)
    url = found if isinstance(found, str) else ""
    here = origin(issuer)
    _require(name, f"a URL at {here}", str(found)[:120], bool(here) and origin(url) == here, ENDPOINTS)
    plain = url.isprintable() and url.isascii() and "#" not in url
    _require(name, "printable, no fragment", url[:120], plain, ENDPOINTS)
    return url


def origin(url: str) -> str:
    """Return scheme, host and port of a URL, or an empty string when it has none or carries user information."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or "\\" in url:
            return ""
        return f"{parts.scheme}://{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
    except ValueError:
        return ""


def _require(name: str, expected: str, actual: str, passed: bool, source: str = SOURCE) -> None:
    if not passed:
        check = Check(name, expected, actual, False, source)
        raise MetadataInvalid(f"{name}: expected {expected}", check=check, checks=(check,))
