"""The doctor: what is wrong between this application, its settings and PingOne, all at once.

Each finding says what was looked at, what was found, and the field to change, in the PingOne console or among our
settings. Looking changes nothing: the client is tried with a code that was never issued, and the redirect URI with
`prompt=none`, which answers without a sign-on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

from joserfc.errors import JoseError

from config import Settings
from config_reader import is_loopback

from .oidc.client import Client, post_form
from .oidc.errors import MetadataInvalid, SignOnError
from .oidc.http import Answer, Http
from .oidc.keys import fetch_keys
from .oidc.pkce import new_token, new_verifier
from .oidc.provider import Provider, discovery_url, parse_metadata
from .oidc.request import Ask, AuthorizationRequest, authorization_url, push
from .oidc.wire import said, send
from .store.protocol import StoreUnavailable
from .wiring import clients

CLOCK_SKEW = 30  # seconds; an ID token that seems to come from the future is refused soon after
APPLICATION = "PingOne console: Applications > the application > "


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `console_field` is where to change it if it is not `ok`."""

    ok: bool
    title: str
    detail: str
    console_field: str = ""


def examine(
    settings: Settings, http: Http, examine_store: Callable[[], list[str] | None], now: Callable[[], float]
) -> list[Finding]:
    """Look at everything and return every finding; raises nothing for what it finds.

    `http` may reach PingOne only; `examine_store` raises `StoreUnavailable` if the store cannot be used, and returns
    what to know about one that works; `now` is seconds since 1970, UTC.
    """
    return [*_here(settings, examine_store), *_there(settings, http, now)]


def _here(settings: Settings, examine_store: Callable[[], list[str] | None]) -> Iterator[Finding]:
    """What can be seen without asking PingOne."""
    try:
        advice = examine_store()
        yield Finding(True, "The store works", "Redis" if settings.redis_url else settings.instance_path)
        for sentence in advice or ():
            yield Finding(False, "The store works, and may fail", sentence, "Setting REDIS_URL or INSTANCE_PATH")
    except StoreUnavailable as failure:
        yield Finding(False, "The store cannot be used", str(failure), "Setting REDIS_URL or INSTANCE_PATH")
    weak = min(len(set(key)) for key in (settings.secret_key, *settings.secret_key_fallbacks)) < 12
    yield Finding(
        not weak,
        "The secret key looks guessable" if weak else "The secret key looks random",
        "`flask --app webapp secret` prints good ones; an old one goes to SECRET_KEY_FALLBACKS for a while.",
        "Setting SECRET_KEY",
    )
    here, there = urlsplit(settings.public_url).hostname, urlsplit(settings.auth_base_url).hostname
    same = here == there and not (settings.simulator and settings.secure_cookies)
    yield Finding(
        not same,
        "The provider has the same host name as this application" if same else "Cookies stay apart",
        f"Visit exactly {settings.public_url}: browsers keep cookies by host name, not by port, and localhost and "
        f"127.0.0.1 are two. The provider is at {there}.",
        "Setting PUBLIC_URL or PINGONE_AUTH_BASE_URL",
    )
    if not is_loopback(settings.public_url):
        yield Finding(
            settings.trusted_proxies > 0,
            f"{settings.trusted_proxies} proxies are trusted",
            "https ends at a reverse proxy; with 0 trusted, every visitor seems to come from the proxy's address.",
            "Setting TRUSTED_PROXIES",
        )


def _there(settings: Settings, http: Http, now: Callable[[], float]) -> Iterator[Finding]:
    """What PingOne says. Without its metadata there is nobody to ask the rest."""
    where = "Settings PINGONE_REGION and PINGONE_ENVIRONMENT_ID (PingOne console: Settings > Environment Properties)"
    try:
        answer = send(http, "GET", discovery_url(settings.issuer))
        document = answer.object() if answer.status == 200 else {}
    except SignOnError as failure:
        detail = f"{failure.detail}. Certificate of a private authority? See PINGONE_CA_BUNDLE."
        yield Finding(False, "PingOne cannot be reached", detail, where)
        return
    if not document:
        detail = f"{discovery_url(settings.issuer)} answers {answer.status}: region and environment may not fit."
        yield Finding(False, "There is no such environment", detail, where)
        return
    yield Finding(True, "PingOne answers", discovery_url(settings.issuer))
    yield from _clock(answer, now())
    issuer = document.get("issuer")
    yield Finding(issuer == settings.issuer, "The issuer", f"expected {settings.issuer}, found {issuer}", where)
    methods = document.get("code_challenge_methods_supported")
    s256 = isinstance(methods, list) and "S256" in methods
    yield Finding(s256, "PKCE with S256", f"code_challenge_methods_supported: {methods}", where)
    try:
        fitting = {**document, "issuer": settings.issuer, "code_challenge_methods_supported": ["S256"]}
        provider = parse_metadata(fitting, settings.issuer)
    except MetadataInvalid as failure:
        yield Finding(False, "An endpoint is not PingOne's own", failure.detail, where)
        return
    yield Finding(True, "The endpoints", f"are all at {urlsplit(settings.issuer).netloc}")
    try:
        keys = fetch_keys(http, provider.jwks_uri)
        yield Finding(True, "The signing keys", f"RSA, {len(keys)} of them, at {provider.jwks_uri}")
    except SignOnError as failure:
        where = "PingOne console: Settings > Certificates & Key Pairs"
        yield Finding(False, "There is no usable signing key", failure.detail, where)
    client, custom = clients(settings)
    yield from _client(settings, http, provider, client, "", now())
    if custom.client_id != client.client_id:
        yield from _client(settings, http, provider, custom, " (own sign-on page)", now())


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


def _client(
    settings: Settings, http: Http, provider: Provider, client: Client, which: str, now: float
) -> Iterator[Finding]:
    """Whether PingOne knows this client, its way of authenticating, its redirect URI and its sign-on page."""
    try:
        yield _authentication(settings, http, provider, client, which, now)
        yield _redirect(settings, http, provider, client, which, now)
    except SignOnError as failure:
        yield Finding(False, f"The application{which}", failure.detail or failure.code, f"{APPLICATION}Overview")
    except (JoseError, ValueError) as failure:
        detail = f"{type(failure).__name__}: the key does not fit {client.method}"
        yield Finding(False, f"The application's key{which} cannot be used", detail, "Setting PINGONE_PRIVATE_KEY")


def _authentication(
    settings: Settings, http: Http, provider: Provider, client: Client, which: str, now: float
) -> Finding:
    """`invalid_grant` for a code that does not exist means that the client was believed."""
    form = {
        "grant_type": "authorization_code",
        "code": "00000000-0000-4000-8000-000000000000",
        "redirect_uri": settings.redirect_uri,
        "code_verifier": new_verifier(),
    }
    words = said(post_form(http, client, provider, provider.token_endpoint, form, now))
    field = f"{APPLICATION}Configuration > Token Endpoint Authentication Method; settings PINGONE_TOKEN_AUTH_METHOD"
    if words.error == "invalid_grant":
        return Finding(True, f"Client authentication{which}", f"PingOne accepts {client.method}.", field)
    if words.error == "invalid_client":
        field += ", PINGONE_CLIENT_ID, PINGONE_CLIENT_SECRET"
    if words.error in ("unauthorized_client", "unsupported_grant_type"):
        field = f"{APPLICATION}Configuration > Grant Type: Authorization Code"
    title = f"Client authentication{which} by {client.method}"
    return Finding(False, title, _words(words.error, words.description), field)


def _redirect(
    settings: Settings, http: Http, provider: Provider, client: Client, which: str, now: float
) -> Finding:
    """An unknown redirect URI is never redirected to: PingOne keeps the browser on a page of its own."""
    own_page = bool(which)
    request = AuthorizationRequest(
        client_id=client.client_id,
        redirect_uri=settings.redirect_uri,
        ask=Ask(scope=settings.scopes, prompt="" if own_page else "none"),
        state=new_token(16),
        nonce=new_token(16),
        verifier=new_verifier(),
    )
    parameters = request.parameters()
    if settings.par == "on" or (settings.par == "auto" and provider.par_required):
        parameters = push(http, client, provider, parameters, now)
    answer = send(http, "GET", authorization_url(provider, parameters))
    place, _, query = answer.header("Location").partition("?")
    found = {name: values[0] for name, values in parse_qs(query).items()}
    if own_page and place == settings.login_page_url:
        return Finding(True, f"The Signon URL{which}", settings.login_page_url)
    if own_page and "flowId" in found:
        detail = f"is {place}, not ours: {settings.login_page_url}"
        return Finding(False, f"The Signon URL{which}", detail, f"{APPLICATION}Configuration > Signon URL")
    error = found.get("error", "")
    if place != settings.redirect_uri:
        detail = f"PingOne does not send a browser to {settings.redirect_uri}. It must be entered letter for letter."
        return Finding(False, f"The redirect URI{which}", detail, f"{APPLICATION}Configuration > Redirect URIs")
    fields = {
        "unauthorized_client": "Configuration > Response Type: Code, Grant Type: Authorization Code",
        "unsupported_response_type": "Configuration > Response Type: Code",
        "invalid_scope": "Resources > Allowed Scopes (setting PINGONE_SCOPES)",
        "invalid_request": "Configuration > PKCE Enforcement, Require Pushed Authorization Request",
    }
    ok = error in ("login_required", "interaction_required", "consent_required") or "code" in found
    detail = settings.redirect_uri if ok else _words(error, found.get("error_description", ""))
    return Finding(ok, f"The redirect URI{which}", detail, APPLICATION + fields.get(error, "Configuration"))


def _words(error: str, description: str) -> str:
    return f"PingOne says {error}: {description}" if description else f"PingOne says {error}."
