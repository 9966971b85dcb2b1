"""Hide every secret of an exchange before the exchange is kept.

Two nets, one behind the other: by name (`names`), in queries, forms, headers, cookies and JSON at any depth; and by
value (`mask.Secrets`), for values registered or met before, wherever they show up again. Nothing in here raises,
whatever the other side sent: a trace must never be the reason why a sign-on fails.
"""

import base64
import binascii
import json
import math
import re
from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit, urlunsplit

from .free_text import mask_text
from .jwt_view import open_token
from .mask import Secrets, clean
from .names import CREDENTIAL_HEADERS, READABLE_TOKENS, URL_HEADERS, kind_of, kind_of_cookie

Pairs = list[list[str]]
"""Names and values in the order they were sent, as JSON keeps them."""

DEEPEST = 20
_JOINTS = re.compile("([&;])")
_ERROR_SIBLINGS = frozenset({"message", "details", "target", "innerError"})
_ERROR_WORD = re.compile("[A-Za-z][A-Za-z_.]{2,63}")


class Redactor:
    """Masks the parts of the exchanges of one story and remembers the secrets that it met on the way."""

    def __init__(self) -> None:
        self.secrets = Secrets()

    def text(self, text: str) -> str:
        """Any text, for people: known secrets, named values and tokens are masked."""
        # Most texts are names of members: nothing in them can be a secret, and this is called for each of them.
        if len(text) < self.secrets.shortest and text.isidentifier() and "eyJ" not in text:
            return text
        return mask_text(text, self.secrets)

    def value(self, name: str, value: str) -> str:
        """The value of a parameter or field called `name`."""
        kind = kind_of(name)
        if kind:
            return self._secret(kind, value)
        known = self.secrets.whole(value)
        if known is not None:
            return known
        if value[:1] in "{[" and value[1:]:
            members = parse_json(value)
            if members is not None:
                return json.dumps(self.json(members), ensure_ascii=False)
        return self.url(value) if looks_like_url(value) else self.text(value)

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> Pairs:
        """Decoded parameters of a form or query."""
        return [[self.text(name), self.value(name, value)] for name, value in pairs]

    def url(self, url: str) -> str:
        """A URL or path. What is not masked stays exactly as it was sent, percent-encoding included."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return self.text(url)
        host = clean(parts.netloc)
        if "@" in host:
            login, host = host.rsplit("@", 1)
            host = f"{login.partition(':')[0]}:{self._secret('password', login.partition(':')[2])}@{host}"
        query, fragment = self._parameters(parts.query), self._parameters(parts.fragment)
        masked = urlunsplit(SplitResult(clean(parts.scheme), host, self.text(parts.path), query, fragment))
        # Once more over the whole: a secret with a raw `?`, `#` or `&` in it was taken apart above.
        return self.secrets.hide(masked)

    def headers(self, headers: Iterable[tuple[str, str]]) -> Pairs:
        """Header lines: credentials, cookies and the parameters of URLs are masked."""
        return [
            [self.text(name), self.secrets.hide(self._header(name.lower(), clean(value)))] for name, value in headers
        ]

    def json(self, value: object, name: str = "", depth: int = 0) -> object:
        """A JSON value; `name` is the member that holds it."""
        if depth > DEEPEST:
            return "(deeper than is kept)"
        kind = kind_of(name)
        if isinstance(value, Mapping):
            return {
                self.text(str(key)): self.json(member, name if kind else self._name(str(key), value), depth + 1)
                for key, member in value.items()
            }
        if isinstance(value, list):
            return [self.json(member, name, depth + 1) for member in value]
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self.value(name, value)
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)  # What a hostile answer may say and JSON cannot: the record would not be kept.
        number = self.value(name, str(value))
        return value if number == str(value) else number

    def tokens(self, members: object) -> list[dict[str, object]]:
        """The readable tokens among the members of an answer, opened, their claims masked like any JSON."""
        if not isinstance(members, Mapping):
            return []
        found = [(str(name), value) for name, value in members.items() if isinstance(value, str)]
        return [opened for name, value in found if (opened := self.token(name, value))]

    def token(self, name: str, value: str) -> dict[str, object] | None:
        """One token, opened: name, header, payload and the mask of its signature. None for any other value."""
        kind = kind_of(name)
        opened = open_token(value) if kind in READABLE_TOKENS else None
        if opened is None:
            return None
        return {
            "name": self.text(name),
            "header": self.json(opened.header),
            "payload": self.json(opened.payload),
            "signature": self._secret("signature", opened.signature),
        }

    def _secret(self, kind: str, value: str) -> str:
        # An empty value hides nothing, and that it was empty is often what the reader is looking for.
        return self.secrets.learn(kind, value) if value else ""

    def _name(self, name: str, siblings: Mapping[object, object]) -> str:
        """The name to judge a member by: PingOne's errors call their error code `code` as well."""
        value = siblings.get(name)
        is_error = name == "code" and not _ERROR_SIBLINGS.isdisjoint(siblings)
        return "error_code" if is_error and isinstance(value, str) and _ERROR_WORD.fullmatch(value) else name

    def _parameters(self, text: str) -> str:
        """A query or fragment, its secrets masked and everything else left in its wire form."""
        return "".join(part if part in {"&", ";"} else self._parameter(part) for part in _JOINTS.split(clean(text)))

    def _parameter(self, part: str) -> str:
        name, equals, value = part.partition("=")
        decoded = unquote_plus(value)
        if not equals:
            return self.text(part)
        masked = self.value(unquote_plus(name), decoded)
        # Comparing tells whether anything was hidden; if not, the reader sees what really was sent.
        return f"{self.text(name)}={self.text(value) if masked == decoded else masked}"

    def _header(self, name: str, value: str) -> str:
        if name == "cookie":
            return "; ".join(self._cookie(pair.strip()) for pair in value.split(";"))
        if name == "set-cookie":
            pair, semicolon, attributes = value.partition(";")
            return self._cookie(pair.strip()) + semicolon + self.text(attributes)
        if name in CREDENTIAL_HEADERS or kind_of(name):
            return self._credential(kind_of(name) or name.lower(), value)
        return self.url(value) if name in URL_HEADERS or looks_like_url(value) else self.text(value)

    def _cookie(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        if not equals:
            return self._secret("cookie", name)
        return f"{self.text(name)}={self._secret(kind_of_cookie(name), value.strip(chr(34)))}"

    def _credential(self, kind: str, value: str) -> str:
        """`Bearer ‹access_token …›`, `Basic base64(client id:‹client_secret …›)`, or one mask for all of it."""
        scheme, _, credential = value.partition(" ")
        if scheme.lower() == "bearer":
            return f"{scheme} {self._secret('access_token', credential.strip())}"
        if scheme.lower() == "basic":
            try:
                client, colon, secret = base64.b64decode(credential, validate=True).decode().partition(":")
            except (binascii.Error, ValueError):
                client, colon, secret = "", "", ""
            if colon:
                self._secret("authorization", credential)
                # RFC 6749 section 2.3.1: both are form-encoded first, so the mask is that of the decoded secret.
                return f"{scheme} base64({self.text(client)}:{self._secret('client_secret', unquote_plus(secret))})"
        return self._secret(kind, value)


def looks_like_url(value: str) -> bool:
    """True for a URL or an absolute path that has parameters."""
    start = unquote(value[:12]).lower()
    return start.startswith(("http://", "https://", "/")) and ("=" in value or "@" in value)


def parse_json(text: str) -> object | None:
    """The JSON object or array in a text, None for anything else."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None
