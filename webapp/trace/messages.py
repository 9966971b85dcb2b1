"""Requests and answers as text, the way people read HTTP."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from .steps import Body, Pairs, Step

LONGEST_ONE_LINE = 60
"""A URL that is longer is written with one parameter per line."""

_UNREADABLE = re.compile(r"[\w+/=-]{160,}")
"""Keys and certificates in base64: public, and nothing that a person reads to its end."""


@dataclass(frozen=True)
class OpenedToken:
    """A token by the name of its parameter or member, and its parts as text."""

    name: str
    text: str


def request_text(step: Step) -> str:
    """Method and URL, headers, an empty line, the body. Empty for a step in which nothing was sent."""
    if not step["method"]:
        return ""
    return _message(f"{step['method']} {spread(step['url'])}", step["headers"], step["body"])


def answer_text(step: Step) -> str:
    """Status, headers and body; why there is none; or empty when the answer went to the browser only."""
    if step["failure"]:
        return f"No answer: {step['failure']}"
    if step["status"] is None:
        return ""
    text = _message(f"{step['status']} {step['reason']}".strip(), step["answer_headers"], step["answer_body"])
    return _UNREADABLE.sub(lambda found: f"{found[0][:48]}… ({len(found[0]):,} characters)", text)


def spread(url: str) -> str:
    """A long URL with each parameter of its query on a line of its own."""
    path, mark, query = url.partition("?")
    if len(url) <= LONGEST_ONE_LINE or not mark:
        return url
    return path + "\n    ?" + query.replace("&", "\n    &")


def _message(first: str, headers: Pairs, body: Body) -> str:
    head = "\n".join([first, *(f"{name}: {value}" for name, value in headers)])
    rest = _body_text(body)
    return f"{head}\n\n{rest}" if rest else head


def _body_text(body: Body) -> str:
    kind, pairs = body.get("kind"), body.get("pairs")
    if kind == "left_out":
        return f"({body.get('type') or 'a body of unknown type'}, {body.get('size', 0)} bytes, not kept)"
    if isinstance(pairs, list):
        text = "\n&".join(f"{name}={value}" for name, value in pairs)
    else:
        text = str(body.get("text", ""))
    return text


def opened_tokens(step: Step) -> tuple[OpenedToken, ...]:
    """The readable tokens that were sent or came back."""
    found = [body.get("tokens") for body in (step["body"], step["answer_body"])]
    tokens = [token for each in found if isinstance(each, list) for token in each]
    return tuple(OpenedToken(str(token.get("name")), _token_text(token)) for token in tokens)


def _token_text(token: Mapping[str, object]) -> str:
    """The three parts of a token, as they are between its dots."""
    header, payload = (json.dumps(token.get(part), indent=2, ensure_ascii=False) for part in ("header", "payload"))
    signature = token.get("signature") or "(no signature)"
    return f"{header}\n.\n{payload}\n.\n{signature}"
