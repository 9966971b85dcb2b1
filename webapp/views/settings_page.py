"""The effective configuration, in the order in which the PingOne console asks for it."""

from dataclasses import replace
from typing import Any

from config_reader import is_loopback

from ..doctor import Finding, examine
from .context import services, signed_in
from .terraform import terraform

GROUPS = [
    (
        "Environment",
        "In the console: Settings → Environment Properties.",
        ["PINGONE_ENVIRONMENT_ID", "PINGONE_REGION", "PINGONE_AUTH_BASE_URL", "PINGONE_ISSUER"],
    ),
    (
        "Application",
        "In the console: Applications → the application → Overview and Configuration.",
        ["PINGONE_CLIENT_ID", "PINGONE_CLIENT_SECRET", "PINGONE_TOKEN_AUTH_METHOD", "PINGONE_PRIVATE_KEY",
         "PINGONE_CUSTOM_CLIENT_ID", "PINGONE_CUSTOM_CLIENT_SECRET"],
    ),
    (
        "Request",
        "In the console: Applications → the application → Resources and Configuration.",
        ["PINGONE_SCOPES", "GROUPS_CLAIM", "USERINFO_CLAIMS", "STEP_UP_ACR", "API_URL", "API_AUDIENCE",
         "API_RESOURCE_ID", "API_RESOURCE_SECRET", "PINGONE_PAR", "PINGONE_RESPONSE_MODE"],
    ),
    (
        "This site",
        "Set here: how visitors reach the site.",
        ["PUBLIC_URL", "TRUSTED_PROXIES", "SESSION_MINUTES", "SESSION_IDLE_MINUTES", "FRONT_CHANNEL_SIGN_OFF",
         "BACK_CHANNEL_SIGN_OFF", "SIMULATOR", "IMPRINT_URL"],
    ),
    (
        "This server",
        "Set here: where the application runs and what it stores.",
        ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "REDIS_URL", "INSTANCE_PATH", "PINGONE_CA_BUNDLE", "OUTBOUND_PROXY",
         "HOST", "PORT",
         "WEB_CONCURRENCY", "WEB_THREADS", "METRICS_HOST", "METRICS_PORT", "LOG_FORMAT", "LOG_ADDRESSES", "LOG_LEVEL"],
    ),
]  # fmt: skip
HIDDEN_ON_PUBLIC_URL = ("TRUSTED_PROXIES", *(name for name in GROUPS[-1][2] if name != "SECRET_KEY"))
"""What a stranger has no use for but an attacker might."""


def settings_context(findings: list[Finding] | None = None) -> dict[str, Any]:
    """Return the context of the page: groups of settings, the URLs to register, and what the doctor found."""
    settings = services().settings
    rows = {name: (value, meaning, secret) for name, value, meaning, secret in settings.rows()}
    public = settings.secure_cookies
    groups = [
        {
            "title": title,
            "where": where,
            "rows": [
                {
                    "name": name,
                    "value": "not shown on a public address"
                    if public and name in HIDDEN_ON_PUBLIC_URL
                    else rows[name][0],
                    "meaning": rows[name][1],
                    "secret": rows[name][2] and not (public and name in HIDDEN_ON_PUBLIC_URL),
                    "is_set": rows[name][0] == "set",
                }
                for name in names
                if name in rows
            ],
        }
        for title, where, names in GROUPS
    ]
    urls = [
        {"label": "Redirect URI", "value": settings.redirect_uri, "console_field": "Redirect URIs"},
        {"label": "Sign-off URL", "value": settings.post_logout_redirect_uri, "console_field": "Signoff URLs"},
        {
            "label": "Sign-on page, for custom page mode",
            "value": settings.login_page_url,
            "console_field": "Signon URL",
        },
        {
            "label": "For the application portal",
            "value": settings.initiate_login_uri,
            "console_field": "Initiate Login URI",
        },
    ]
    tenant = terraform(settings)
    return {
        "groups": groups, "urls": urls, "findings": findings, "may_examine": may_examine(), "terraform": tenant
    }  # fmt: skip


def may_examine() -> bool:
    """Examining calls PingOne: on a public address, that is for people who are signed on."""
    return is_loopback(services().settings.public_url) or signed_in() is not None


def examined() -> list[Finding]:
    """Return the doctor's findings, those to act on first, without what this page hides on a public address."""
    held = services()
    person, names = signed_in(), ("id_token", "access_token", "refresh_token")
    tokens = {name: getattr(person, name) for name in names} if person else {}
    claims = person.claims if person else None
    findings = examine(held.settings, held.transport.http(), held.store.examine, held.now, tokens, claims)
    if held.settings.secure_cookies:
        folder = held.settings.instance_path
        findings = [replace(each, detail=each.detail.replace(folder, "the instance folder")) for each in findings]
    return sorted(findings, key=lambda finding: finding.ok)
