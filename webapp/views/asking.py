"""What a visitor may say when a sign-on starts. Everything else in the address is ignored."""

import re
from collections.abc import Mapping

from flask import request

from ..oidc.request import Ask

# An allow-list of characters, not a parser's opinion: parsers take `/\evil` and `/..//evil` for local paths,
# browsers do not.
_SEGMENT = r"[A-Za-z0-9_~!$'()*,;:@=+-][A-Za-z0-9_~!$'()*,;:@=+.-]*"
PATH = re.compile(rf"/(?:{_SEGMENT}(?:/{_SEGMENT})*/?)?(?:\?[A-Za-z0-9_~!$'()*,;:@=+./&%-]*)?", re.ASCII)
LONGEST_PATH = 1000
NOT_A_PLACE = ("/sign-on", "/sign-off", "/callback", "/resume", "/front-channel", "/back-channel")
WORDS = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*")
"""RFC 6749 section 3.3: printable ASCII without quotation mark and backslash, separated by single spaces."""


def return_to() -> str:
    """Return the path on this site to go to after sign-on; empty when there is none or it is not one."""
    return local_path(request.args.get("return_to", ""))


def local_path(path: str) -> str:
    if len(path) > LONGEST_PATH or not PATH.fullmatch(path) or path.startswith(NOT_A_PLACE):
        return ""
    return path


def ask(scopes: str, said: Mapping[str, str] | None = None) -> Ask:
    """Return the allow-listed wishes of the address; one that makes no sense counts as not said.

    `scopes` are the configured ones; openid is always asked for, as there is no ID token without it. `said`: wishes
    that are in no address.
    """
    said = request.args if said is None else said
    scope = _words(said, "scope") or scopes
    prompt = said.get("prompt", "")
    seconds = said.get("max_age", "")
    return Ask(
        scope=scope if "openid" in scope.split() else f"openid {scope}",
        prompt=prompt if prompt in ("login", "none") else "",
        max_age=int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 10 else None,
        login_hint=_line(said, "login_hint"),
        acr_values=_words(said, "acr_values"),
    )


def _words(said: Mapping[str, str], name: str) -> str:
    value = said.get(name, "").strip()
    return value if len(value) <= 300 and WORDS.fullmatch(value) else ""


def _line(said: Mapping[str, str], name: str) -> str:
    value = said.get(name, "").strip()
    return value if value.isprintable() and len(value) <= 200 else ""
