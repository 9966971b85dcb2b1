"""The mistakes that people make with an application like this one: each is found, and the field to change is named."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config import Settings, SettingsInvalid
from webapp.doctor import Finding, examine
from webapp.simulator import CLIENT_ID, CUSTOM_CLIENT_ID, create_simulator
from webapp.simulator.engine.davinci import FLOW_POLICY
from webapp.simulator.engine.environment import Environment
from webapp.simulator.engine.worlds import Worlds
from webapp.store.memory import MemoryStore
from webapp.store.redis_store import RedisStore
from webapp.store.sqlite import SqliteStore
from webapp.transport.transport import Transport
from webapp.wiring import build

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
BASIC, PUSHED, OFFLINE = (f"2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a{number}" for number in ("01", "05", "08"))
HERE = "http://localhost:8000"
ENVIRONMENT = "11111111-2222-4333-8444-555555555555"
OWN = {"PINGONE_CLIENT_ID": CLIENT_ID}
"""Only one application, so that a mistake shows once."""


def look(
    client_id: str = "", ping: Callable[[], None] | None = None, entered: Any = None, **environ: str
) -> list[Finding]:
    """Examine an application; `entered` is what was entered there, or at every application."""
    settings = Settings.from_env({"SECRET_KEY": KEY, "SIMULATOR": "on", **environ})
    simulator = create_simulator(settings.simulator_base, public_url=HERE)
    place: Environment = next(each for each in simulator.extensions.values() if isinstance(each, Worlds)).everybodys
    if entered:
        changed = {client_id} if client_id else {*place.applications}
        place.applications = {
            name: replace(application, **entered) if name in changed else application
            for name, application in place.applications.items()
        }
    services = build(settings, store=MemoryStore(time.time), simulator=simulator)
    try:
        return examine(settings, services.transport.http(), ping or services.store.examine, time.time)
    finally:
        services.close()


def wrong(findings: list[Finding]) -> list[Finding]:
    found = [finding for finding in findings if not finding.ok]
    assert all(finding.console_field and finding.detail for finding in found), "a finding without a field to change"
    return found


def only(findings: list[Finding]) -> Finding:
    found = wrong(findings)
    assert 1 == len(found), found
    return found[0]


AT_PINGONE: list[tuple[str, str, dict[str, Any], dict[str, str], str]] = [
    (
        "127.0.0.1 entered, localhost visited",
        CLIENT_ID,
        {"redirect_uris": ("http://127.0.0.1:8000/callback",)},
        OWN,
        "Redirect URIs",
    ),
    ("a last slash", CLIENT_ID, {"redirect_uris": (f"{HERE}/callback/",)}, OWN, "Redirect URIs"),
    (
        "https entered, http visited",
        CLIENT_ID,
        {"redirect_uris": ("https://localhost:8000/callback",)},
        OWN,
        "Redirect URIs",
    ),
    ("another port", CLIENT_ID, {"redirect_uris": ("http://localhost:3000/callback",)}, OWN, "Redirect URIs"),
    ("no redirect URI at all", CLIENT_ID, {"redirect_uris": ()}, OWN, "Redirect URIs"),
    (
        "the Signon URL entered as redirect URI",
        CLIENT_ID,
        {"redirect_uris": (f"{HERE}/sign-on/page",)},
        OWN,
        "Redirect URIs",
    ),
    (
        "the redirect URI entered as Signon URL",
        CUSTOM_CLIENT_ID,
        {"login_page_url": f"{HERE}/callback"},
        {},
        "Signon URL",
    ),
    (
        "grant type not switched on",
        CLIENT_ID,
        {"grant_types": ("CLIENT_CREDENTIALS",)},
        OWN,
        "Grant Type: Authorization Code",
    ),
    ("no Signon URL", CUSTOM_CLIENT_ID, {"login_page_url": ""}, {}, "Signon URL"),
    (
        "the Signon URL of another host",
        CUSTOM_CLIENT_ID,
        {"login_page_url": "http://127.0.0.1:8000/sign-on/page"},
        {},
        "Signon URL",
    ),
    ("response type not switched on", CLIENT_ID, {"response_types": ("id_token",)}, OWN, "Response Type: Code"),
    (
        "a secret of another application",
        BASIC,
        {"client_secret": "another secret"},
        {"PINGONE_CLIENT_ID": BASIC, "PINGONE_CLIENT_SECRET": "not this one"},
        "PINGONE_CLIENT_SECRET",
    ),
    (
        "a public client that is registered with a secret",
        CLIENT_ID,
        {"token_auth_method": "CLIENT_SECRET_BASIC", "client_secret": "x" * 40},
        OWN,
        "Token Endpoint Authentication Method",
    ),
    (
        "pushed requests required, and switched off here",
        PUSHED,
        {},
        {"PINGONE_CLIENT_ID": PUSHED, "PINGONE_PAR": "off"},
        "Require Pushed Authorization Request",
    ),
    ("no scope allowed", CLIENT_ID, {"scopes": ()}, OWN, "Allowed Scopes"),
    ("a scope not allowed", CLIENT_ID, {}, {**OWN, "PINGONE_SCOPES": "openid nonsense:scope"}, "Allowed Scopes"),
    (
        "scopes of PingOne and of a resource",
        CLIENT_ID,
        {},
        {**OWN, "PINGONE_SCOPES": "openid p1:read:user orders:read"},
        "PINGONE_SCOPES",
    ),
    (
        "our page as Signon URL of the hosted application",
        CLIENT_ID,
        {"login_page_url": f"{HERE}/sign-on/page"},
        {},
        "Overview > Signon URL",
    ),
    ("not enabled", CLIENT_ID, {"enabled": False}, OWN, "Overview > toggle"),
    ("PKCE optional", CLIENT_ID, {"pkce_enforcement": "OPTIONAL"}, OWN, "PKCE Enforcement: S256_REQUIRED"),
    ("PKCE with plain", CLIENT_ID, {"pkce_enforcement": "REQUIRED"}, OWN, "PKCE Enforcement: S256_REQUIRED"),
    ("no refresh tokens", CLIENT_ID, {"grant_types": ("AUTHORIZATION_CODE",)}, OWN, "Grant Type: Refresh Token"),
    ("offline_access allowed, not asked for", OFFLINE, {}, {"PINGONE_CLIENT_ID": OFFLINE}, "PINGONE_SCOPES"),
    ("pushed requests required, and not announced", PUSHED, {}, {"PINGONE_CLIENT_ID": PUSHED}, "Setting PINGONE_PAR"),
    ("a DaVinci flow policy", CLIENT_ID, {"policies": (FLOW_POLICY,)}, OWN, "Policies"),
    ("no Signoff URL anywhere", "", {"post_logout_redirect_uris": ()}, OWN, "Signoff URLs"),
    (
        "signed requests required",
        CLIENT_ID,
        {"require_signed_request_object": True},
        OWN,
        "Request Parameter Signature",
    ),
]


@pytest.mark.parametrize(
    ("client_id", "entered", "environ", "field"), [row[1:] for row in AT_PINGONE], ids=[row[0] for row in AT_PINGONE]
)
def test_a_mistake_at_pingone_is_found(
    client_id: str, entered: dict[str, Any], environ: dict[str, str], field: str
) -> None:
    """One finding, which names the field of the console or of the settings."""
    assert field in only(look(client_id, entered=entered, **environ)).console_field


IN_SETTINGS = [
    ("Secure cookies on http", {"PUBLIC_URL": "http://www.example.com"}, "PUBLIC_URL must be https"),
    ("a short secret", {"SECRET_KEY": "changeme"}, "SECRET_KEY"),
    ("no secret for the world", {"SECRET_KEY": "", "PUBLIC_URL": "https://www.example.com"}, "SECRET_KEY must be set"),
    ("a misspelled variable", {"SIMULATOR": "auto", "PINGONE_ENVIRONMENT": ENVIRONMENT}, "PINGONE_ENVIRONMENT_ID"),
    ("a region that is none", {"PINGONE_REGION": "US"}, "PINGONE_REGION"),
    (
        "the issuer instead of the base",
        {"SIMULATOR": "off", "PINGONE_AUTH_BASE_URL": "https://a.example/as"},
        "must end before /as",
    ),
    (
        "a name instead of an id",
        {"SIMULATOR": "off", "PINGONE_ENVIRONMENT_ID": "production", "PINGONE_CLIENT_ID": ENVIRONMENT},
        "PINGONE_ENVIRONMENT_ID must be a UUID",
    ),
    ("openid forgotten", {"PINGONE_SCOPES": "profile email"}, "PINGONE_SCOPES must include openid"),
]


@pytest.mark.parametrize(("environ", "words"), [row[1:] for row in IN_SETTINGS], ids=[row[0] for row in IN_SETTINGS])
def test_a_mistake_in_the_settings_stops_the_start(environ: dict[str, str], words: str) -> None:
    """The doctor and the server say it before anybody signs on."""
    with pytest.raises(SettingsInvalid) as refused:
        Settings.from_env({"SECRET_KEY": KEY, "SIMULATOR": "on", **environ})
    assert words in " ".join(refused.value.faults)


@pytest.mark.parametrize("region", ["EU", "AP"])
def test_an_environment_that_is_not_in_the_region_is_found(region: str) -> None:
    """PingOne of the wrong region has never heard of the environment: region and environment id are named."""

    def elsewhere(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("404 Not Found", [("Content-Type", "application/json")])
        return [b'{"code":"NOT_FOUND","message":"Unable to find environment"}']

    tenant = {"PINGONE_ENVIRONMENT_ID": ENVIRONMENT, "PINGONE_CLIENT_ID": CLIENT_ID, "PINGONE_REGION": region}
    settings = Settings.from_env({"SECRET_KEY": KEY, **tenant})
    transport = Transport(wsgi={settings.auth_base_url: elsewhere})
    finding = only(examine(settings, transport.http(), lambda: None, time.time))
    assert "PINGONE_REGION" in finding.console_field and "PINGONE_ENVIRONMENT_ID" in finding.console_field
    transport.close()


def test_pushed_requests_are_pushed_where_that_is_set() -> None:
    """With PINGONE_PAR=on every question goes through the PAR endpoint, and nothing is wrong."""
    assert [] == wrong(look(PINGONE_CLIENT_ID=PUSHED, PINGONE_PAR="on"))


def test_a_new_application_is_told_from_a_wrong_redirect_uri() -> None:
    """An unknown client id is one finding, which does not send anybody to the redirect URIs."""
    assert "Redirect" not in only(look(PINGONE_CLIENT_ID=ENVIRONMENT)).console_field


def test_a_store_that_cannot_be_written_is_found(tmp_path: Path) -> None:
    """A real SQLite store where no folder can be, and a real Redis store where nobody listens."""
    (tmp_path / "file").touch()
    for store in (SqliteStore(tmp_path / "file" / "state.sqlite"), RedisStore("redis://127.0.0.1:1")):
        assert "INSTANCE_PATH" in only(look(ping=store.probe)).console_field
        store.close()


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Four mistakes of different kinds are four findings of one run."""
    (tmp_path / "file").touch()
    store = SqliteStore(tmp_path / "file" / "state.sqlite")
    public = {"SIMULATOR": "public", "PUBLIC_URL": "https://sign-on.example.com"}
    findings = look(
        CLIENT_ID,
        ping=store.probe,
        entered={"redirect_uris": ()},
        SECRET_KEY="31415926535897932384626433832795",
        **public,
        **OWN,
    )
    fields = " | ".join(finding.console_field for finding in wrong(findings))
    for field in ("INSTANCE_PATH", "SECRET_KEY", "TRUSTED_PROXIES", "Redirect URIs"):
        assert field in fields
