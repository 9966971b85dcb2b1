"""The page of the settings, made from `Settings`: `python -m tools.settings_table` writes docs/settings.md.

A test says when that was forgotten.
"""

from dataclasses import fields
from pathlib import Path

from config import AUTH_METHODS, Settings
from config_reader import Reader
from webapp.views.settings_page import GROUPS

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
HEAD = """# Settings

Settings are environment variables. A `.env` file is read too, but the environment takes precedence. To read a secret
from a file, append `_FILE` to its name, as in `SECRET_KEY_FILE=/run/secrets/key`. If the configuration is invalid, the
application does not start; one message lists every fault. Secrets never appear in logs or pages.

The running application shows its effective settings on the page `/settings`, and `flask --app webapp doctor` compares
them with PingOne. Without any `PINGONE_*` variable the built-in simulator is used. This page is written by
`python -m tools.settings_table`: change it there, not here.
"""
NOTES: dict[str, str] = {
    "PINGONE_ENVIRONMENT_ID": "Without it, the simulator.",
    "PINGONE_AUTH_BASE_URL": "Instead of region and environment id. The issuer is this URL followed by `/as`.",
    "PINGONE_ISSUER": "Instead of the three above, for a [conformance run](conformance.md).",
    "PINGONE_TOKEN_AUTH_METHOD": "Without it: `none` if there is no secret, `client_secret_basic` if there is one. "
    "PingOne accepts only the method that the application is registered with. It applies to both applications.",
    "PINGONE_PRIVATE_KEY": "The public half, as a JWKS, is registered at PingOne.",
    "PINGONE_CUSTOM_CLIENT_ID": "A second application, whose Signon URL is our page, for custom page mode. Without it: "
    "the same application.",
    "PINGONE_SCOPES": "Each must be allowed on the application's Resources tab.",
    "PINGONE_PAR": "`auto` pushes if discovery says that the provider requires it, which PingOne's never does: set "
    "`on` if the application requires pushed requests.",
    "PINGONE_RESPONSE_MODE": "In hosted and custom page mode. `form_post` keeps the code out of URLs.",
    "PINGONE_CA_BUNDLE": "Without it: `REQUESTS_CA_BUNDLE`, or the default trust store.",
    "OUTBOUND_PROXY": "`http://user:password@host:3128`, used with `CONNECT`. `HTTPS_PROXY` and its kin are not read.",
    "PUBLIC_URL": "Without it: `http://localhost` and the port. `http` is accepted for loopback addresses only. It "
    "may have [a path](operate.md#under-a-path).",
    "TRUSTED_PROXIES": "Every proxy that appends to `X-Forwarded-For` and `X-Forwarded-Proto`, a CDN included.",
    "SESSION_MINUTES": "Minutes.",
    "SESSION_IDLE_MINUTES": "Minutes.",
    "SIMULATOR": "`auto`: on if no `PINGONE_*` is set and `HOST` and `PUBLIC_URL` are loopback. `public`: a demo for "
    "strangers, each with simulated users of their own; sessions then end after an hour.",
    "IMPRINT_URL": "Linked at the foot of every page, as some countries' law demands of a public site.",
    "SECRET_KEY": "`flask --app webapp secret` prints a good one. Without it: generated and kept in `INSTANCE_PATH`, "
    "on loopback only.",
    "SECRET_KEY_FALLBACKS": "[How to change the key](operate.md#change-the-secret-key) so that nobody is signed off.",
    "GROUPS_CLAIM": "For guarded pages: the name that the application's attribute mapping of Group Names uses.",
    "STEP_UP_ACR": "The sign-on policy that asks for a second factor, for what is sensitive.",
    "API_URL": "As our server reaches it; `flask --app webapp api --port 9100` serves it alone. Without it: the one "
    "beside the simulator.",
    "USERINFO_CLAIMS": "At sign-on, in one call, if the ID token lacks one of them; separated by spaces.",
    "API_AUDIENCE": "The API accepts tokens for it and no others. With the simulator, its own.",
    "API_RESOURCE_ID": "For an API that asks PingOne about each token. Without it, tokens are verified locally.",
    "API_RESOURCE_SECRET": "The resource's, in the PingOne console.",
    "REDIS_URL": "`redis://`, `rediss://` or `unix://`. Without it: an SQLite file in `INSTANCE_PATH`.",
    "INSTANCE_PATH": "The SQLite file and the generated secret. Without it: `instance` beside the program.",
    "WEB_CONCURRENCY": "Must be 1 with the simulator.",
}
"""What a row adds to the meaning that `Settings` has: put what readers must know here, and write the page again."""


def page() -> str:
    """Return the document."""
    known = {each.metadata["variable"]: each.metadata for each in fields(Settings)}
    lines = [HEAD]
    for title, where, names in GROUPS:
        lines += [f"## {title}", "", where.replace("→", ">"), "", "| variable | meaning | values, the default first |"]
        lines += ["|---|---|---|"]
        for name in names:
            meaning = known[name]["meaning"]
            note = NOTES.get(name, "")
            sentence = f"{meaning[0].upper()}{meaning[1:]}. {note}".strip()
            lines.append(f"| `{name}` | {sentence} | {_values(name, known[name]['how'])} |")
        lines.append("")
    return "\n".join(lines)


def _values(name: str, how: tuple[object, ...]) -> str:
    """The values of a choice; the default and the range of a number; the default of a string."""
    if name == "PINGONE_TOKEN_AUTH_METHOD":
        return ", ".join(f"`{each}`" for each in AUTH_METHODS)
    if name == "INSTANCE_PATH" or name.endswith(("_URL", "_ISSUER")):
        return ""
    first = {each.metadata["variable"]: each.metadata["read"](Reader({})) for each in fields(Settings)}[name]
    if isinstance(first, int):
        return f"{first}" + (f" ({how[1]} to {how[2]})" if len(how) > 2 else "")
    choices = how if len(how) > 1 else (first,)
    return ", ".join(f"`{each}`" for each in choices if each)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
