"""The doctor: finds the mistakes that people make, and says which field to change."""

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from config import Settings, SettingsInvalid
from webapp.doctor import Finding, examine
from webapp.simulator import create_simulator
from webapp.store.memory import MemoryStore
from webapp.store.protocol import StoreUnavailable
from webapp.wiring import build

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"


def look(
    change: Callable[[dict[str, Any]], object] | None = None,
    registered: str = "http://localhost:8000",
    headers: Iterable[tuple[str, str]] = (),
    now: Callable[[], float] = time.time,
    ping: Callable[[], None] = lambda: None,
    **environ: str,
) -> list[Finding]:
    """Examine an application whose simulator knows it at `registered` and whose discovery document was changed."""
    settings = Settings.from_env({"SECRET_KEY": KEY, "SIMULATOR": "on", **environ})
    honest = create_simulator(settings.simulator_base, public_url=registered).wsgi_app

    def simulator(request: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if not request["PATH_INFO"].endswith("/openid-configuration"):
            return honest(request, start)
        kept: list[str] = []
        document = json.loads(b"".join(honest(request, lambda status, found, *_: kept.append(status))))
        if change:
            change(document)
        start(kept[0], [("Content-Type", "application/json"), *headers])
        return [json.dumps(document).encode()]

    services = build(settings, store=MemoryStore(now), simulator=simulator)
    try:
        return examine(settings, services.transport.http(), ping, now)
    finally:
        services.close()


def wrong(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.title, finding.console_field) for finding in findings if not finding.ok]


def only(findings: list[Finding]) -> Finding:
    assert 1 == len(wrong(findings)), wrong(findings)
    return next(finding for finding in findings if not finding.ok)


def test_a_right_configuration_has_nothing_to_change() -> None:
    """Everything is looked at: store, secret, cookies, discovery, keys, both applications."""
    findings = look()
    assert [] == wrong(findings)
    titles = " ".join(finding.title for finding in findings)
    for seen in (
        "store",
        "secret",
        "Cookies",
        "issuer",
        "S256",
        "endpoints",
        "keys",
        "authentication",
        "redirect URI",
        "Signon URL",
    ):
        assert seen in titles


def test_a_store_that_does_not_work_is_found() -> None:
    """The finding repeats what the store says."""

    def ping() -> None:
        raise StoreUnavailable("the disk is full")

    finding = only(look(ping=ping))
    assert ("the disk is full", "Setting REDIS_URL or INSTANCE_PATH") == (finding.detail, finding.console_field)


def test_a_store_that_may_fail_is_found() -> None:
    """It works today; Redis may be set to evict sessions, or the disk nearly full."""
    finding = only(look(ping=lambda: ["Redis evicts at 10 MB by volatile-lru."]))
    assert "volatile-lru" in finding.detail


def test_a_guessable_secret_is_found() -> None:
    """Nothing but digits is good enough for the start, and still bad."""
    assert "Setting SECRET_KEY" == only(look(SECRET_KEY="3141592653589793238462643383279502884197")).console_field


def test_an_untrusted_proxy_is_found() -> None:
    """On a public URL, https ends at a proxy, which has to be counted."""
    public = "https://sign-on.example.com"
    finding = only(look(SIMULATOR="public", PUBLIC_URL=public, registered=public))
    assert "Setting TRUSTED_PROXIES" == finding.console_field
    assert [] == wrong(look(SIMULATOR="public", PUBLIC_URL=public, registered=public, TRUSTED_PROXIES="1"))


def test_an_unregistered_redirect_uri_is_found() -> None:
    """PingOne keeps the browser when it does not know the URI: once for each of the two applications."""
    findings = look(registered="http://localhost:3000")
    titles = ["The redirect URI", "The redirect URI (own sign-on page)", "The Signoff URL"]
    assert titles == [title for title, _ in wrong(findings)]
    assert "http://localhost:8000/callback" in next(finding.detail for finding in findings if not finding.ok)


def test_an_unknown_client_is_found() -> None:
    """The client id is told apart from the redirect URI by what the token endpoint says."""
    findings = look(PINGONE_CLIENT_ID="00000000-0000-4000-8000-000000000001")
    assert "PINGONE_CLIENT_ID" in wrong(findings)[0][1]


def test_a_wrong_authentication_method_is_found() -> None:
    """PingOne accepts exactly the configured method, even with the right secret."""
    findings = look(
        PINGONE_CLIENT_ID="d1b1a5cb-6c5f-4b3e-9a38-4a4b8a7a2f10",
        PINGONE_CLIENT_SECRET="s",
        PINGONE_TOKEN_AUTH_METHOD="client_secret_post",
    )
    assert "Token Endpoint Authentication Method" in only(findings).console_field
    assert "PingOne says invalid_client" in only(findings).detail


def test_a_key_that_is_none_is_found() -> None:
    """A private key that cannot be used is a finding, not a stack trace."""
    with pytest.raises(SettingsInvalid, match="PINGONE_PRIVATE_KEY, a private RSA key"):
        look(
            PINGONE_CLIENT_ID="d1b1a5cb-6c5f-4b3e-9a38-4a4b8a7a2f10",
            PINGONE_TOKEN_AUTH_METHOD="private_key_jwt",
            PINGONE_PRIVATE_KEY="-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        )


@pytest.mark.parametrize(
    ("change", "title"),
    [
        (lambda found: found.update(issuer="https://auth.example.com/as"), "The issuer"),
        (lambda found: found.update(code_challenge_methods_supported=["plain"]), "PKCE with S256"),
        (lambda found: found.pop("code_challenge_methods_supported"), "PKCE with S256"),
        (lambda found: found.update(token_endpoint="https://evil.example/token"), "An endpoint is not PingOne's own"),
        (lambda found: found.update(jwks_uri=found["userinfo_endpoint"]), "There is no usable signing key"),
        (lambda found: found.clear(), "PingOne has no metadata"),
    ],
)
def test_a_wrong_discovery_document_is_found(change: Callable[[dict[str, Any]], object], title: str) -> None:
    """Each member that must fit has its finding."""
    assert title == only(look(change)).title


def test_a_wrong_clock_is_found() -> None:
    """More than half a minute from PingOne's clock is too much."""
    date = [("Date", "Sun, 22 Nov 2026 12:00:00 GMT")]
    noon = 1795348800
    assert "The clock" == only(look(headers=date, now=lambda: noon + 31.0)).title
    assert "ahead of" in only(look(headers=date, now=lambda: noon + 31.0)).detail
    assert "behind" in only(look(headers=date, now=lambda: noon - 31.0)).detail
    assert [] == wrong(look(headers=date, now=lambda: noon + 29.0))


def test_a_silent_provider_is_found(tmp_path: Path) -> None:
    """Nobody listens: one finding says so and why, and the rest is not asked."""
    settings = Settings.from_env(
        {
            "SECRET_KEY": KEY,
            "PINGONE_CLIENT_ID": "rp",
            "PUBLIC_URL": "http://localhost:8000",
            "PINGONE_AUTH_BASE_URL": "http://127.0.0.1:1",
        }
    )
    services = build(settings, store=MemoryStore(time.time), deadline=1.0)
    findings = examine(settings, services.transport.http(), lambda: None, time.time)
    services.close()
    assert "PingOne cannot be reached" == only(findings).title


def test_the_same_host_name_for_both_is_found() -> None:
    """A provider at another port of the same host name shares this application's cookies."""
    settings = Settings.from_env(
        {
            "SECRET_KEY": KEY,
            "PINGONE_CLIENT_ID": "rp",
            "PUBLIC_URL": "http://localhost:8000",
            "PINGONE_AUTH_BASE_URL": "http://localhost:1",
        }
    )
    services = build(settings, store=MemoryStore(time.time), deadline=1.0)
    findings = examine(settings, services.transport.http(), lambda: None, time.time)
    services.close()
    assert "The provider has the same host name as this application" == wrong(findings)[0][0]
