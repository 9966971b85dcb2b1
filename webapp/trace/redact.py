"""Hide every secret of an exchange before the exchange is kept.

Two nets, one behind the other: by name (`names`), in queries, forms, headers, cookies and JSON at any depth; and by
value (`mask.Secrets`), for values registered or met before, wherever they show up again. What neither knows is found
by its shape: tokens, and names with values in prose. Nothing is decoded within something decoded: the work is that of
reading each text a few times, however an answer nests one thing in another.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import unquote_plus

from .free_text import learn_tokens, named_values
from .mask import MARK, SEPARATOR, Secrets, clean
from .names import CREDENTIAL_HEADERS, READABLE_TOKENS, URL_HEADERS, kind_of, kind_of_cookie

DEEPEST = 20
MOST_COOKIES = 50
LONGEST_TOKEN = 32_768
LONGEST_INPUT = 16_384
"""Characters looked at of a URL or a header: a longer one is not kept at all."""
TOO_DEEP = "(deeper than is kept)"
_ERROR_SIBLINGS = frozenset({"message", "details", "target", "innerError"})
_ERROR_WORD = re.compile("[A-Za-z][A-Za-z_.]{2,63}")
_SEGMENT = re.compile(r"[A-Za-z0-9_-]*")
_LOGIN = re.compile(r"(?<=//)([^/?#]*)@")

Token = tuple[str, str, str, str]
"""Name, header and payload as JSON, signature."""


class Redactor:
    """Finds the secrets of one story's exchanges and remembers them.

    What the methods return holds stand-ins; `written` makes the texts out of it that may be kept.
    """

    def __init__(self) -> None:
        self.secrets = Secrets()
        self._decoder = json.JSONDecoder(object_pairs_hook=self._members, parse_constant=str)
        self._opened: list[Token] = []

    def written(self, texts: Sequence[str], documents: Sequence[str] = ()) -> tuple[list[str], list[str]]:
        """Texts, and JSON documents that `document` made, in which every secret is masked."""
        parts = [(part, clean(SEPARATOR.join(part))) for part in (texts, documents) if part]
        for _, text in parts:
            learn_tokens(text, self.secrets)
        known = len(self.secrets.learned)
        hidden = [named_values(self.secrets.hide(text), self.secrets, part is documents) for part, text in parts]
        if len(self.secrets.learned) > known:
            hidden = [self.secrets.hide(text) for text in hidden]
        masked = [self.secrets.written(text).split("\0") for text in hidden]
        if [*map(len, masked)] != [len(part) for part, _ in parts]:
            raise ValueError("the texts of a step have run into each other")
        return (masked[0] if texts else []), (masked[-1] if documents else [])

    def url(self, url: str) -> str:
        """A URL or path. What is not masked stays exactly as it was sent, percent-encoding included."""
        if len(url) > LONGEST_INPUT:
            return _left_out(url)
        base, hash, fragment = url.partition("#")
        path, mark, query = base.partition("?")
        if "@" in path and (login := _LOGIN.search(path)):
            name, colon, password = login[1].partition(":")
            path = f"{path[: login.start()]}{name}{colon}{self._secret('password', password)}{path[login.end() - 1 :]}"
        return path + mark + self.parameters(query) + hash + self.parameters(fragment)

    def parameters(self, text: str) -> str:
        """A query, fragment or form in its wire form, the values of secret names replaced."""
        if "=" not in text:
            return text
        parts = []
        for part in text.split("&"):
            name, equals, value = part.partition("=")
            kind = kind_of(unquote_plus(name) if "%" in name or "+" in name else name)
            if value and kind:
                decoded = unquote_plus(value) if "%" in value or "+" in value else value
                if kind in READABLE_TOKENS:
                    self._open(name, decoded)
                value = self.secrets.learn(kind, decoded)
            elif value in self.secrets.learned:
                value = self.secrets.whole(value) or value
            parts.append(f"{name}{equals}{value}")
        return "&".join(parts)

    def headers(self, headers: Iterable[tuple[str, str]]) -> str:
        """Header lines: credentials, cookies and the parameters of URLs are replaced."""
        lines = []
        for name, value in headers:
            lower = name.lower()
            if len(value) > LONGEST_INPUT:
                value = _left_out(value)
            elif lower == "cookie":
                value = self._cookies(value)
            elif lower == "set-cookie":
                pair, semicolon, attributes = value.partition(";")
                value = self._cookies(pair) + semicolon + attributes
            elif lower in CREDENTIAL_HEADERS or kind_of(lower):
                value = self._credential(kind_of(lower) or lower, value)
            elif lower in URL_HEADERS or "=" in value or "@" in value:
                value = self.url(value)
            lines.append(f"{name}: {value}".replace("\n", "\n "))  # Folded: a line break begins the next header.
        return "\n".join(lines)

    def document(self, text: str) -> str | None:
        """A JSON object or array, compact, the values of secret names replaced; None for anything else.

        Raises `RecursionError` for one that is too deep to be read at all.
        """
        try:
            members = self._decoder.decode(text)
        except ValueError:
            return None
        if not isinstance(members, dict | list):
            return None
        if text.count("{") + text.count("[") > DEEPEST:
            _prune(members)
        return json.dumps(members, ensure_ascii=False, separators=(",", ":"))

    def token(self, name: str, text: str) -> str:
        """A string that is one token from end to end."""
        self._open(name, text)
        return self._secret("token", text)

    def opened(self) -> list[Token]:
        """The readable tokens that were met since the last call."""
        opened, self._opened = self._opened, []
        return opened

    def _members(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        """One object of a JSON document, as the decoder has read it. Inner objects come first."""
        members = dict(pairs)
        learned = self.secrets.learned
        for name, value in members.items():
            kind = kind_of(name)
            if isinstance(value, str):
                if not value:
                    continue  # That it is empty is often what the reader is looking for.
                if kind:
                    members[name] = self._member(name, kind, value, members)
                elif value in learned:
                    members[name] = self.secrets.whole(value)
                elif value[0] in "{[" and value[1:]:
                    members[name] = self.document(value) or value
            elif kind and value is not None:
                members[name] = self._below(kind, value)
            elif isinstance(value, int | float) and str(value) in learned:
                members[name] = self.secrets.whole(str(value))
        return members

    def _member(self, name: str, kind: str, value: str, siblings: dict[str, object]) -> str:
        # PingOne's errors call their error code `code` as well.
        if name == "code" and not _ERROR_SIBLINGS.isdisjoint(siblings) and _ERROR_WORD.fullmatch(value):
            return value
        if kind in READABLE_TOKENS:
            self._open(name, value)
        return self.secrets.learn(kind, value)

    def _below(self, kind: str, value: object, depth: int = 0) -> object:
        """Everything below the name of a secret is one."""
        if depth > DEEPEST:
            return TOO_DEEP
        if isinstance(value, dict):
            return {name: self._below(kind, member, depth + 1) for name, member in value.items()}
        if isinstance(value, list):
            return [self._below(kind, member, depth + 1) for member in value]
        if value is None or isinstance(value, bool) or value == "":
            return value
        return value if isinstance(value, str) and MARK in value else self.secrets.learn(kind, str(value))

    def _open(self, name: str, text: str) -> None:
        """Keep header and payload of a signed token in compact form (RFC 7515 section 7.1) for reading."""
        parts = text.split(".", 3)
        if len(parts) != 3 or not text.startswith("ey") or len(text) > LONGEST_TOKEN:
            return
        header, payload = (self._segment(part) for part in parts[:2])
        if header and payload:
            self._opened.append((name, header, payload, self._secret("signature", parts[2])))

    def _segment(self, segment: str) -> str | None:
        try:
            return self.document(binascii.a2b_base64(segment.translate(_URL_SAFE) + "==").decode())
        except (ValueError, RecursionError):
            return None

    def _secret(self, kind: str, value: str) -> str:
        return self.secrets.learn(kind, value) if value else ""

    def _cookies(self, value: str) -> str:
        pairs = value.split(";", MOST_COOKIES)
        shown = []
        for pair in pairs[:MOST_COOKIES]:
            name, equals, content = pair.strip().partition("=")
            content = content.strip('"')
            shown.append(
                f"{name}={self._secret(kind_of_cookie(name), content)}" if equals else self._secret("cookie", name)
            )
        return "; ".join(shown) + (f"; {self._secret('cookie', pairs[-1])}" if len(pairs) > MOST_COOKIES else "")

    def _credential(self, kind: str, value: str) -> str:
        """`Bearer ‹access_token …›`, `Basic base64(client id:‹client_secret …›)`, or one mask for all of it."""
        scheme, _, credential = value.partition(" ")
        if scheme.lower() == "bearer":
            return f"{scheme} {self._secret('access_token', credential.strip())}"
        if scheme.lower() == "basic":
            try:
                client, colon, secret = base64.b64decode(credential, validate=True).decode().partition(":")
            except ValueError:
                client, colon, secret = "", "", ""
            if colon:
                self._secret("authorization", credential)
                # RFC 6749 section 2.3.1: both are form-encoded first, so the mask is that of the decoded secret.
                return f"{scheme} base64({client}:{self._secret('client_secret', unquote_plus(secret))})"
        return self._secret(kind, value)


def _left_out(text: str) -> str:
    return f"({len(text):,} characters, not kept)"


_URL_SAFE = str.maketrans("-_", "+/")


def _prune(members: Any) -> None:
    """Cut off what is deeper than anybody reads, level by level: deep answers cost time to show and say nothing."""
    level: list[Any] = [members]
    for depth in range(DEEPEST):
        below: list[Any] = []
        for each in level:
            for key, value in list(each.items() if isinstance(each, dict) else enumerate(each)):
                if not isinstance(value, dict | list):
                    continue
                if depth == DEEPEST - 1:
                    each[key] = TOO_DEEP
                below.append(value)
        level = below
