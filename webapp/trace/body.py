"""Bodies of requests and answers: masked, shaped for reading, and bounded."""

import json
from urllib.parse import parse_qsl

from .redact import Redactor, parse_json

LONGEST_TEXT = 16_384
"""Characters kept of one body."""
LONGEST_UNKNOWN = 2_048
"""Characters kept of a body whose format is unknown: enough for an error message."""
MOST_FIELDS = 200

FORM = "application/x-www-form-urlencoded"

Body = dict[str, object]
"""`kind` (empty, form, json, text, left_out), `type` (media type), `size` (bytes); by kind `pairs` or `text`; and
`tokens`: tokens found in the body, opened."""


def keep_body(raw: bytes, content_type: str, redactor: Redactor) -> Body:
    """What is kept of a body. HTML and binary bodies are left out: nobody can tell what they hold."""
    sent_type = content_type.partition(";")[0].strip()
    media_type = sent_type.lower()
    body: Body = {"kind": "empty", "type": cut(redactor.text(sent_type), 200), "size": len(raw)}
    if not raw:
        return body
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return body | {"kind": "left_out"}
    if media_type == FORM:
        return body | _form(text, redactor)
    if media_type == "application/jwt":
        # A signed userinfo answer: the whole body is one token.
        opened = redactor.token("id_token", text.strip())
        masked = redactor.secrets.learn("token", text.strip())
        return body | {"kind": "text", "text": masked, "tokens": [{**opened, "name": "jwt"}] if opened else []}
    members = parse_json(text)
    if members is not None:
        tokens = redactor.tokens(members)
        pretty = json.dumps(redactor.json(members), indent=2, ensure_ascii=False)
        return body | {"kind": "json", "text": cut(pretty, LONGEST_TEXT), "tokens": tokens}
    if not _is_plain(media_type) or text.lstrip("\ufeff \t\r\n").startswith("<"):
        return body | {"kind": "left_out"}
    return body | {"kind": "text", "text": cut(redactor.text(text), LONGEST_UNKNOWN)}


def _form(text: str, redactor: Redactor) -> Body:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {"kind": "left_out"}
    masked = [[name, cut(value, LONGEST_UNKNOWN)] for name, value in redactor.pairs(pairs)]
    tokens = [opened for name, value in pairs if (opened := redactor.token(name, value))]
    return {"kind": "form", "pairs": masked, "tokens": tokens}


def _is_plain(media_type: str) -> bool:
    return media_type in {"", "text/plain", "application/json"} or media_type.endswith("+json")


def cut(text: str, longest: int) -> str:
    """The beginning of a text that is too long, and how much of it is missing."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}\n… {len(text) - longest:,} more characters are not kept"
