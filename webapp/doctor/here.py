"""What can be seen without asking PingOne."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from config import Settings
from config_reader import is_loopback

from .. import console
from ..store.protocol import StoreUnavailable
from .finding import Finding


def look_here(settings: Settings, examine_store: Callable[[], list[str] | None]) -> Iterator[Finding]:
    """Look at store, keys, addresses and settings. `examine_store` raises `StoreUnavailable`, or returns advice."""
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
        "flask --app webapp secret prints good ones; an old one goes to SECRET_KEY_FALLBACKS for a while.",
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
    yield from _resources(settings.scopes.split())


def _resources(scopes: list[str]) -> Iterator[Finding]:
    """An access token is for one audience: PingOne's own API, or a custom resource."""
    pingone = [scope for scope in scopes if console.resource_of(scope) == "PINGONE_API"]
    custom = [scope for scope in scopes if console.resource_of(scope) == "CUSTOM"]
    if pingone and custom:
        detail = (
            f"PINGONE_SCOPES asks for {' '.join(pingone)} of the PingOne API and {' '.join(custom)} of a resource of "
            "your own. An access token is for one of the two: leave out what this application does not call."
        )
        yield Finding(False, "The scopes are those of two resources", detail, str(console.SCOPES))
