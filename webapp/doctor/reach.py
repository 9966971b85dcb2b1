"""Whether PingOne can be reached, and what it publishes about itself: metadata, clock, keys."""

import socket
import ssl
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from config import Settings

from .. import console
from ..oidc.cause import chain_of
from ..oidc.errors import MetadataInvalid, ProviderUnreachable, SignOnError
from ..oidc.http import Answer, HttpClient
from ..oidc.keys import fetch_keys
from ..oidc.provider import Provider, discovery_url, parse_metadata
from ..oidc.wire import send
from .finding import Finding

CLOCK_SKEW = 30  # seconds; an ID token that seems to come from the future is refused soon after
ENDED_KEY = "default"
"""The id of the environment's key that belongs to no rotation policy; see `ends_2027`."""


def look_there(settings: Settings, http: HttpClient, now: float) -> Iterator[Finding | Provider]:
    """Yield what is found, and last the provider to ask the rest, unless there is nobody to ask."""
    where = str(console.DOMAIN if settings.auth_base_url and not settings.environment_id else console.ENVIRONMENT)
    url = discovery_url(settings.issuer)
    document: dict[str, Any] = {}
    try:
        answer = send(http, "GET", url)
    except ProviderUnreachable as failure:
        yield unreachable(failure, settings.issuer)
        return
    except SignOnError as failure:
        yield Finding(False, "PingOne's metadata cannot be had", failure.detail, where)
    else:
        if answer.status == 404:
            detail = f"{url} answers 404: the region or the environment id may be wrong."
            yield Finding(False, "There is no such environment", detail, where)
            return
        yield from _clock(answer, now)
        try:
            document = answer.object() if answer.status == 200 else {}
        except SignOnError as failure:
            yield Finding(False, "PingOne's metadata cannot be read", failure.detail, where)
        else:
            detail = url if document else f"{url} answers {answer.status}, without metadata."
            yield Finding(bool(document), "PingOne answers" if document else "PingOne has no metadata", detail, where)
    if document:
        yield from _metadata(document, settings.issuer, where)
    provider = _usable(document, settings.issuer)
    yield from _keys(http, provider)
    yield provider


def unreachable(failure: ProviderUnreachable, issuer: str) -> Finding:
    """Name the cause: the advice for a wrong name helps nobody whose firewall drops packets."""
    host, title = urlsplit(issuer).netloc, "PingOne cannot be reached"
    network = "Network: name service, firewall or proxy between this computer and PingOne"
    spelled = "Settings PINGONE_REGION or PINGONE_AUTH_BASE_URL, or the network's name service"
    for cause in chain_of(failure):
        if isinstance(cause, socket.gaierror):
            return Finding(False, title, f"The name {host} does not resolve ({cause.strerror}).", spelled)
        if isinstance(cause, ConnectionRefusedError):
            detail = f"{host} refuses the connection: nothing listens there, or a firewall says no."
            return Finding(False, title, detail, f"Setting PINGONE_AUTH_BASE_URL, or {network}")
        if isinstance(cause, ssl.SSLCertVerificationError):
            detail = (
                f"The certificate of {host} is not trusted: {cause.verify_message}. If a private authority or an "
                "inspecting proxy signed it, name its certificate file."
            )
            return Finding(False, title, detail, "Setting PINGONE_CA_BUNDLE")
        if isinstance(cause, ssl.SSLError):
            detail = f"{host} does not speak TLS 1.2 or later: {cause.reason}. Is that port for https?"
            return Finding(False, title, detail, "Setting PINGONE_AUTH_BASE_URL")
        if isinstance(cause, TimeoutError):
            return Finding(False, title, f"{host} did not answer in time: packets may be dropped on the way.", network)
    return Finding(False, title, f"{failure.detail}: {failure.__cause__}", network)


def _clock(answer: Answer, now: float) -> Iterator[Finding]:
    try:
        skew = now - parsedate_to_datetime(answer.header("Date")).timestamp()
    except ValueError:
        return  # The built-in simulator shares our clock and sends none.
    yield Finding(
        abs(skew) <= CLOCK_SKEW,
        "The clock",
        f"{abs(skew):.0f} seconds {'ahead of' if skew > 0 else 'behind'} PingOne's; a wrong clock refuses ID tokens.",
        "This computer's clock (NTP)",
    )


def _metadata(document: dict[str, Any], expected: str, where: str) -> Iterator[Finding]:
    issuer, methods = document.get("issuer"), document.get("code_challenge_methods_supported")
    yield Finding(issuer == expected, "The issuer", f"expected {expected}, found {issuer}", where)
    s256 = isinstance(methods, list) and "S256" in methods
    named = ", ".join(map(str, methods)) if isinstance(methods, list) else str(methods)
    yield Finding(s256, "PKCE with S256", f"code_challenge_methods_supported: {named}", where)
    try:
        parse_metadata(_fitting(document, expected), expected)
        yield Finding(True, "The endpoints", f"are all at {urlsplit(expected).netloc}")
    except MetadataInvalid as failure:
        yield Finding(False, "An endpoint is not PingOne's own", failure.detail, where)


def _fitting(document: dict[str, Any], issuer: str) -> dict[str, Any]:
    return {**document, "issuer": issuer, "code_challenge_methods_supported": ["S256"]}


def _usable(document: dict[str, Any], issuer: str) -> Provider:
    """What the metadata says where it may be believed, else where PingOne has its endpoints: all under the issuer.

    So a wrong document is one finding, and whatever else is wrong is found in the same run.
    https://developer.pingidentity.com/pingone-api/foundations/conventions/pingone-api-requests.html
    """
    try:
        return parse_metadata(_fitting(document, issuer), issuer)
    except MetadataInvalid:
        return Provider(
            issuer=issuer,
            authorization_endpoint=f"{issuer}/authorize",
            token_endpoint=f"{issuer}/token",
            jwks_uri=f"{issuer}/jwks",
            end_session_endpoint=f"{issuer}/signoff",
            par_endpoint=f"{issuer}/par",
        )


def _keys(http: HttpClient, provider: Provider) -> Iterator[Finding]:
    try:
        keys = fetch_keys(http, provider.jwks_uri)
    except SignOnError as failure:
        yield Finding(False, "There is no usable signing key", failure.detail, str(console.KEYS))
        return
    yield Finding(True, "The signing keys", f"RSA, {len(keys)} of them, at {provider.jwks_uri}")
    if {ENDED_KEY} == {key.kid for key in keys}:
        detail = "Only the environment's default key is published. PingOne then signs with keys of rotation policies."
        yield Finding(False, "Ends on 2 March 2027: the default key", detail, str(console.KEY_ROTATION))
