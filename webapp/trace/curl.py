"""The same call as a curl command: what is masked becomes a shell variable, so the line can be shared."""

import json
import re
import shlex
from urllib.parse import quote_plus

from .mask import MASK
from .note import FORM
from .steps import Step

# curl sets these itself.
_OWN_HEADERS = frozenset(
    {"host", "content-length", "connection", "accept-encoding", "user-agent", "cookie", "transfer-encoding"}
)
_BASIC = re.compile(r"Basic base64\((?P<login>.*)\)")
# Inside double quotes these mean something to a shell, so text with them goes into single quotes.
_SPECIAL = re.compile(r'["$`\\!\n]')


def curl_of(step: Step) -> str:
    """A curl command over several lines, empty for a step that is not a call to PingOne.

    Variables are named after what is masked: `$CODE`, `$CODE_VERIFIER`, `$ST`. A client secret in `--user` has to
    be form-encoded by hand, as RFC 6749 section 2.3.1 wants it; values in a URL are used as they are.
    """
    if step["receiver"] not in ("pingone", "api") or not step["method"] or step["body"].get("kind") == "left_out":
        return ""
    names: dict[str, str] = {}
    parts = ["curl --include", *_method(step), _word(step["url"], names)]
    for name, value in step["headers"]:
        parts += _header(name, value, step, names)
    return " \\\n  ".join(parts + _data(step, names))


def _method(step: Step) -> list[str]:
    has_body = step["body"].get("kind") != "empty"
    usual = "POST" if has_body else "GET"
    parts = [] if step["method"] == usual else [f"--request {shlex.quote(step['method'])}"]
    # Brackets and braces in a URL are patterns to curl unless it is instructed otherwise.
    return [*parts, "--globoff"] if re.search(r"[\[\]{}]", step["url"]) else parts


def _header(name: str, value: str, step: Step, names: dict[str, str]) -> list[str]:
    login = _BASIC.fullmatch(value)
    if name.lower() == "authorization" and login:
        return [f"--user {_word(login['login'], names)}"]
    if name.lower() == "cookie":
        return [f"--cookie {_word(value, names)}"]
    is_form = name.lower() == "content-type" and step["body"].get("type") == FORM
    if name.lower() in _OWN_HEADERS or is_form:
        return []
    return [f"--header {_word(f'{name}: {value}', names)}"]


def _data(step: Step, names: dict[str, str]) -> list[str]:
    pairs = step["body"].get("pairs")
    if isinstance(pairs, list):
        # curl encodes what follows the first `=`, and leaves the name before it alone.
        return [f"--data-urlencode {_word(f'{quote_plus(name)}={value}', names)}" for name, value in pairs]
    text = str(step["body"].get("text", ""))
    if not text:
        return []
    return [f"--data-raw {_word(_compact(text), names)}"]


def _compact(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
    except ValueError:
        return text


def _word(text: str, names: dict[str, str]) -> str:
    """One word of a shell command in which masks became variables and everything else stays literal."""
    if not MASK.search(text):
        return shlex.quote(text)
    pieces, end = [], 0
    for found in MASK.finditer(text):
        pieces += [(text[end : found.start()], False), (_variable(found, names), True)]
        end = found.end()
    pieces.append((text[end:], False))
    if not any(_SPECIAL.search(piece) for piece, is_variable in pieces if not is_variable):
        return '"' + "".join(f"${{{piece}}}" if is_variable else piece for piece, is_variable in pieces) + '"'
    return "".join(f'"${{{piece}}}"' if is_variable else shlex.quote(piece) for piece, is_variable in pieces if piece)


def _variable(found: "re.Match[str]", names: dict[str, str]) -> str:
    """The variable for a mask; two different values of one kind in one command get two names."""
    known = names.get(found.group())
    if known:
        return known
    name = re.sub("[^A-Za-z0-9]", "_", found["kind"]).upper()
    number = sum(taken == name or taken.startswith(f"{name}__") for taken in names.values())
    names[found.group()] = f"{name}__{number + 1}" if number else name
    return names[found.group()]
