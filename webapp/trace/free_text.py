"""Secrets in text that has no structure we know: error messages, unparsable bodies, header values."""

import re

from .mask import Secrets, clean
from .names import GUESSABLE, KINDS, kind_of

# `code=abc`, `"code": "abc`, `code%3Dabc`: the closing quote may be missing, because a body may have been cut there.
# A name is matched as a whole word, so `code_challenge=` and `grant_type=authorization_code&` stay as they are.
_NAMES = "|".join("[_.-]?".join(name) for name in sorted(KINDS, key=len, reverse=True))
_PAIR = re.compile(
    rf"(?<![A-Za-z0-9_-])(?P<name>{_NAMES})(?P<joint>\\?[\"']?[ \t]*(?:=|:|%3[dD]|%3[aA])[ \t]*)"
    r"(?:(?P<open>\\?[\"'])(?P<quoted>[^\"'\\]+)|(?P<bare>[^\s&;,\"'<>{}\[\]\\]+))",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)*")
# PingOne's errors say `"code":"INVALID_DATA"`, prose says `state: missing` or `nonce: #77d01b`: none is a secret.
_ERROR_CODE = re.compile("[A-Z][A-Z_]+")
_PROSE = re.compile("[A-Za-z][A-Za-z_.]{0,31}|#[0-9a-f]{6}")


def mask_text(text: str, secrets: Secrets) -> str:
    """The text with known secrets, named values and anything that looks like a token masked; never raises."""
    text = clean(text)
    # Learn first, split then: a known nonce inside a token would cut it in two, and its tail would look like nothing.
    _by_shape(text, secrets)
    pieces = secrets.split(text)
    if len(pieces) == 1 and not pieces[0][1]:
        return _by_shape(pieces[0][0], secrets)
    return "".join(piece if masked else _by_shape(piece, secrets) for piece, masked in pieces)


def _by_shape(text: str, secrets: Secrets) -> str:
    if "=" in text or ":" in text or "%3" in text:
        text = _PAIR.sub(lambda found: _pair(found, secrets), text)
    if "eyJ" in text:
        text = _TOKEN.sub(lambda found: secrets.learn("token", found.group()), text)
    return text


def _pair(found: re.Match[str], secrets: Secrets) -> str:
    name, joint, quoted = found["name"], found["joint"], found["quoted"]
    kind, value = kind_of(name) or "secret", quoted or found["bare"]
    if "=" not in joint and "%3d" not in joint.lower() and kind not in GUESSABLE:
        harmless = _PROSE if quoted is None else _ERROR_CODE if kind == "code" else None
        if harmless and harmless.fullmatch(value):
            return found.group()
    return f"{name}{joint}{found['open'] or ''}{secrets.learn(kind, value)}"
