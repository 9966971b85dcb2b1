"""A story as an HTTP Archive (HAR 1.2), which browsers' developer tools and many other tools open.

http://www.softwareishard.com/blog/har-12-spec/ . Members that begin with an underscore are ours, as it allows.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlsplit

from .explain import explain
from .mask import MASK
from .steps import Body, Pairs, Step
from .story import Story

UNKNOWN = -1
"""HAR's way to say that a size or a time is not known."""
HTTP_VERSION = "HTTP/1.1"

Members = dict[str, object]


def to_har(record: Mapping[str, object], *, version: str = "", origin: str = "http://localhost") -> Members:
    """The archive of one story, as JSON-able data and masked like the story itself.

    `version` is this application's; `origin` is put before the paths of the browser's requests to it.
    """
    story = Story.from_record(record)
    title = f"{story.mode} sign-on" + (f", {story.outcome}" if story.outcome else "")
    page = {"id": story.id, "title": title, "startedDateTime": _moment(story.started_at), "pageTimings": {}}
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "pingone-signon", "version": version},
            "browser": {"name": "not recorded", "version": ""},
            "pages": [page],
            "entries": [_entry(step, story.id, origin) for step in story.steps if step["method"]],
            "comment": "Secrets are masked: equal tags mean equal values.",
        }
    }


def _entry(step: Step, page: str, origin: str) -> Members:
    waited = round(max(step["duration"], 0.0) * 1000, 3)
    unknown = dict.fromkeys(("blocked", "dns", "connect", "ssl"), UNKNOWN)
    entry: Members = {
        "pageref": page,
        "startedDateTime": _moment(step["at"]),
        "time": waited,
        "request": _request(step, origin),
        "response": _response(step),
        "cache": {},
        "timings": {**unknown, "send": 0, "wait": waited, "receive": 0},
        "comment": f"{step['sender']} to {step['receiver']}: {explain(step['name']).title}",
        "_step": step["name"],
        "_checks": step["checks"],
    }
    return {**entry, "_error": step["failure"]} if step["failure"] else entry


def _request(step: Step, origin: str) -> Members:
    url = MASK.sub(lambda found: quote(found.group(), safe=""), step["url"])
    url = url if "://" in url else origin.rstrip("/") + url
    request: Members = {
        "method": step["method"],
        "url": url,
        "httpVersion": HTTP_VERSION,
        "cookies": [_cookie(pair) for value in _values(step["headers"], "cookie") for pair in value.split(";")],
        "headers": _named(step["headers"]),
        "queryString": _named(_query(url)),
        "headersSize": UNKNOWN,
        "bodySize": step["body"].get("size", 0),
    }
    post = _post_data(step["body"])
    return {**request, "postData": post} if post else request


def _response(step: Step) -> Members:
    body = step["answer_body"]
    content: Members = {"size": body.get("size", 0), "mimeType": body.get("type") or "x-unknown"}
    if body.get("kind") == "left_out":
        content["comment"] = "not kept"
    elif body.get("text"):
        content["text"] = body["text"]
    return {
        "status": step["status"] or 0,
        "statusText": step["reason"],
        "httpVersion": HTTP_VERSION,
        "cookies": [_set_cookie(value) for value in _values(step["answer_headers"], "set-cookie")],
        "headers": _named(step["answer_headers"]),
        "content": content,
        "redirectURL": next(iter(_values(step["answer_headers"], "location")), ""),
        "headersSize": UNKNOWN,
        "bodySize": body.get("size", 0),
    }


def _post_data(body: Body) -> Members | None:
    pairs = body.get("pairs")
    if isinstance(pairs, list):
        return {"mimeType": body.get("type", ""), "params": _named(pairs)}
    if body.get("kind") == "left_out":
        return {"mimeType": body.get("type", ""), "text": "", "comment": "not kept"}
    return {"mimeType": body.get("type", ""), "text": body["text"]} if body.get("text") else None


def _query(url: str) -> Pairs:
    try:
        return [[name, value] for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)]
    except ValueError:
        return []


def _named(pairs: Pairs) -> list[Members]:
    return [{"name": name, "value": value} for name, value in pairs]


def _values(headers: Pairs, name: str) -> list[str]:
    return [value for key, value in headers if key.lower() == name]


def _cookie(pair: str) -> Members:
    name, _, value = pair.strip().partition("=")
    return {"name": name, "value": value}


def _set_cookie(line: str) -> Members:
    first, *attributes = line.split(";")
    named = {name.strip().lower(): value.strip() for name, _, value in (one.partition("=") for one in attributes)}
    cookie = _cookie(first) | {"httpOnly": "httponly" in named, "secure": "secure" in named}
    return cookie | {name: named[name] for name in ("path", "domain") if name in named}


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
