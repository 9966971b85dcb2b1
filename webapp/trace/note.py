"""What is written down of one step while a visitor waits: the wire's own texts, every secret in them masked.

A note is JSON-able, and what is empty is left out of it. It is shaped, named and explained when somebody reads the
story (`steps`); most stories are never read.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from .model import Exchange
from .names import kind_of
from .redact import LONGEST_INPUT, Redactor, Token

FORM = "application/x-www-form-urlencoded"
MOST_HEADERS = 60
MOST_FIELDS = 200
LONGEST_LINE = 2_048
"""Characters kept of a URL, a header or one side of a check."""
LONGEST_TEXT = 16_384
"""Characters kept of one body."""
LONGEST_UNKNOWN = 2_048
"""Characters kept of a body whose format is unknown: enough for an error message."""
Note = dict[str, Any]


class CheckLike(Protocol):
    """A comparison that was made; `expected` and `actual` are texts for people or a yes or no."""

    @property
    def name(self) -> str: ...
    @property
    def expected(self) -> str | bool: ...
    @property
    def actual(self) -> str | bool: ...
    @property
    def passed(self) -> bool: ...
    @property
    def source(self) -> str: ...


def note_call(exchange: Exchange, redactor: Redactor) -> Note:
    """A call of this application to PingOne."""
    note: Note = {"sender": "application", "receiver": "pingone", "at": exchange.started_at}
    note |= {"duration": round(exchange.duration, 6), "status": exchange.status}
    if exchange.new_connection:
        note["new_connection"] = True
    asked, answered = exchange.request_headers[:MOST_HEADERS], exchange.response_headers[:MOST_HEADERS]
    texts = {
        "method": exchange.method,
        "url": redactor.url(exchange.url),
        "headers": redactor.headers(asked),
        "reason": exchange.reason,
        "answer_headers": redactor.headers(answered),
        "failure": (exchange.failure or "")[:LONGEST_INPUT],
    }
    bodies = {
        "body": _body(exchange.request_body, asked, redactor),
        "answer_body": _body(exchange.response_body, answered, redactor),
    }
    return note | _masked(texts, bodies, redactor)


def note_hop(method: str, url: str, headers: Iterable[tuple[str, str]], form: str, redactor: Redactor) -> Note:
    """What the browser sent: the masked members of a note, `form` being the body in its wire form."""
    texts = {"method": method, "url": redactor.url(url), "headers": redactor.headers(headers)}
    bodies = {"body": {"kind": "form", "type": FORM, "size": 0, "text": redactor.parameters(form), "tokens": []}}
    return _masked(texts, bodies if form else {}, redactor)


def note_checks(checks: Sequence[CheckLike], redactor: Redactor) -> list[list[Any]]:
    """Name, expected, actual, passed and source of each check, its texts masked; yes and no are written as words."""
    texts: list[str] = []
    for check in checks:
        actual = _word(check.actual)
        if kind_of(check.name) and (actual[:1] in ("[", "{") or actual.isdecimal()):
            # A nonce that came as a list or a number: a tag is all that is ever shown of one.
            actual = redactor.secrets.learn(kind_of(check.name) or "", actual)
        texts += check.name[:LONGEST_INPUT], _word(check.expected), actual
    kept, _ = redactor.written(texts)
    if max(map(len, kept), default=0) > LONGEST_LINE:
        kept = [cut(text, LONGEST_LINE) if len(text) > LONGEST_LINE else text for text in kept]
    return [
        [*kept[at * 3 : at * 3 + 3], bool(check.passed), str(check.source)[:LONGEST_LINE]]
        for at, check in enumerate(checks)
    ]


def _word(value: str | bool) -> str:
    return "yes" if value is True else "no" if value is False else str(value)[:LONGEST_INPUT]


def _masked(texts: dict[str, str], bodies: dict[str, dict[str, Any]], redactor: Redactor) -> Note:
    """The texts and bodies of a note in one pass over all of them: what one of them betrays is hidden in the others."""
    plain, documents = [*texts.values()], []
    for body in bodies.values():
        plain += [body["type"], *(part for token in body["tokens"] for part in (token[0], token[3]))]
        documents += [part for token in body["tokens"] for part in token[1:3]]
        (documents if body["kind"] == "json" else plain).append(body["text"])
    plain, documents = redactor.written(plain, documents)
    lines, rest, papers = plain[: len(texts)], iter(plain[len(texts) :]), iter(documents)
    note: Note = {
        name: line if len(line) <= LONGEST_LINE else _lines(line)
        for name, line in zip(texts, lines, strict=True)
        if line
    }
    for name, body in bodies.items():
        body["type"] = next(rest)[:200]
        body["tokens"] = [[next(rest), next(papers), next(papers), next(rest)] for _ in body["tokens"]]
        text = next(papers if body["kind"] == "json" else rest)
        body["text"] = cut(text, LONGEST_UNKNOWN if body["kind"] == "text" else LONGEST_TEXT)
        if body["kind"] != "empty" or body["type"] or body["tokens"]:  # of a GET: those in its query
            note[name] = {member: value for member, value in body.items() if value}
    return note


def _body(raw: bytes, headers: Iterable[tuple[str, str]], redactor: Redactor) -> dict[str, Any]:
    """Kind, media type, size, text and opened tokens of a body, every named secret replaced.

    HTML and binary bodies are left out: what they hold cannot be known.
    """
    sent_type = next((value for name, value in headers if name.lower() == "content-type"), "").partition(";")[0].strip()
    kind, text = _text(raw, sent_type.lower(), redactor)
    tokens: list[Token] = redactor.opened()
    return {"kind": kind, "type": sent_type[:LONGEST_LINE], "size": len(raw), "text": text, "tokens": tokens}


def _text(raw: bytes, media_type: str, redactor: Redactor) -> tuple[str, str]:
    if not raw:
        return "empty", ""
    try:
        text = raw.decode("utf-8")
        if media_type == FORM:
            return ("left_out", "") if text.count("&") >= MOST_FIELDS else ("form", redactor.parameters(text))
        if media_type == "application/jwt":
            # A signed userinfo answer: the whole body is one token.
            return "jwt", redactor.token("jwt", text.strip())
        document = redactor.document(text)
    except (UnicodeDecodeError, RecursionError):
        return "left_out", ""
    if document is not None:
        return "json", document
    plain = media_type in {"", "text/plain", "application/json"} or media_type.endswith("+json")
    return ("text", text) if plain and not text.lstrip("\ufeff \t\r\n").startswith("<") else ("left_out", "")


def _lines(text: str) -> str:
    return "\n".join([cut(line, LONGEST_LINE) for line in text.split("\n")])


def cut(text: str, longest: int) -> str:
    """The beginning of a string that is too long, and how much of it is missing."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}\n… {len(text) - longest:,} more characters are not kept"
