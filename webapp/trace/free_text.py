"""Secrets in text that has no structure we know: error messages, unparsable bodies, prose in JSON, nested URLs.

What is encoded is not decoded: an encoded separator is recognised as one, at any depth, so that a URL in a URL in a URL
costs no more than its length.
"""

import re

from .mask import MARK, Secrets
from .names import GUESSABLE, kind_of

_ESCAPE = "%(?:25)*+"
_BLANK = rf"(?:[ \t\[+]|{_ESCAPE}(?:20|09|5[bB]|2[bB]))"
_QUOTE = rf"(?:\\|{_ESCAPE}5[cC])*+(?:[\"']|{_ESCAPE}2[27])"
# `code=abc`, `"code": "abc`, `%3Fcode%3Dabc`, at any depth of encoding. A name is matched as a whole word, so
# `code_challenge=` and `grant_type=authorization_code&` stay as they are. What precedes a name is looked at after its
# first letter: a pattern that begins with a set of characters is searched faster.
_PAIR = re.compile(
    r"(?P<name>[A-Za-z](?:(?<![A-Za-z0-9_-].)|(?<=%[0-9A-Fa-f]{2}.)|(?<=25[0-9A-Fa-f]{2}.))[A-Za-z0-9_.-]{0,39}+)"
    rf"(?P<joint>(?:{_QUOTE})?{_BLANK}{{0,9}}(?:[=:]|{_ESCAPE}3[dDaA]){_BLANK}{{0,9}})"
)
_STOP = rf"\s&;,\"'<>{{}}\[\]\\{MARK[0]}"
# The closing quote may be missing, because a body may have been cut there.
_VALUE = re.compile(
    rf"(?P<open>\\+[\"'])(?P<escaped>[^\"'\\{MARK[0]}]+)|\"(?P<double>(?:[^\"\\{MARK[0]}]|\\.)+)"
    rf"|'(?P<single>(?:[^'\\{MARK[0]}]|\\.)+)|(?:(?:{_ESCAPE}5[cC])*+{_ESCAPE}2[27])?(?P<bare>[^{_STOP}]+)",
    re.DOTALL,
)
_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)*")
# PingOne's errors say `"code":"INVALID_DATA"`, prose says `state: missing` or `nonce: #77d01b`: none is a secret.
_ERROR_CODE = re.compile("[A-Z][A-Z_]+")
_PROSE = re.compile("[A-Za-z][A-Za-z_.]{0,31}|#[0-9a-f]{6}")


def learn_tokens(text: str, secrets: Secrets) -> None:
    """Remember whatever looks like a token.

    That comes before known values are hidden: a known nonce inside a token would cut it in two, and its tail would look
    like nothing.
    """
    if "eyJ" in text:
        for found in _TOKEN.finditer(text):
            secrets.learn("token", found.group())


def named_values(text: str, secrets: Secrets, structured: bool) -> str:
    """The text with stand-ins for the values of secret names.

    A `structured` text is made of JSON documents: the names of their members have been looked at before.
    """
    pieces, end = [], 0
    escaped = "\\" in text or "5C" in text or "5c" in text
    for found in _PAIR.finditer(text):
        name, joint = found[1], found[2]
        if structured and joint[0] == '"':
            continue
        kind = kind_of(name)
        if kind is None and "." in name:
            kind = kind_of(name.rpartition(".")[2])
        if kind is None and escaped and text[max(found.start() - 2, 0) : found.start()].endswith(("\\", "5C", "5c")):
            kind = kind_of(name[1:])  # The n of a line break in JSON.
        if kind is None or found.start() < end:
            continue
        value = _VALUE.match(text, found.end())
        if value is None or _harmless(kind, joint, value):
            continue
        at = value.lastgroup or "bare"
        pieces += [text[end : value.start(at)], secrets.learn(kind, value[at])]
        end = value.end(at)
    return "".join([*pieces, text[end:]]) if pieces else text


def _harmless(kind: str, joint: str, value: re.Match[str]) -> bool:
    if "=" in joint or "%" in joint or kind in GUESSABLE:
        return False
    bare = value["bare"]
    shape = _PROSE if bare else _ERROR_CODE if kind == "code" else None
    return shape is not None and bool(shape.fullmatch(bare or value[value.lastgroup or "bare"]))
