"""Code blocks: requests, answers, JSON. Folded to what matters; what is folded opens in its place, without script.

Everything is escaped first and marked up afterwards, as in `markup`. Nothing is on a page twice, so a block is no
heavier for being folded: a copy has all of it.
"""

import re
from collections.abc import Iterable, Iterator

from markupsafe import Markup, escape

from .markup import coloured, ready

MATTERS = frozenset(
    {"authorization", "content-type", "cookie", "dpop", "location", "retry-after", "set-cookie", "www-authenticate"}
)
"""Headers that a reader of a sign-on looks for; the others are folded."""
LONGEST = 24
"""Lines of a block that are shown whole."""
FIRST = 12
"""Lines that are shown of a longer one."""
WIDE = 60
"""Characters of a line that is not broken where two blocks share a card."""
SHORTEST_FOLD = 3
"""Lines of a member of a JSON document, brackets included, that are worth folding."""
_MEMBER = re.compile(r'^( *)("(?:[^"\\\n]|\\.)*")(?=: )', re.MULTILINE)
_HEADER = re.compile(r"^([^ \n][^:\n]*)(?=: )", re.MULTILINE)
_TOLD = re.compile(r'  "(error|details|status|authorizeResponse)"')
"""Members that a reader looks for: never folded."""
_OPENS = re.compile(r'  "[^"]*": [\[{]$')
_ONE = re.compile(r"([\[{])\n +([^\n\[\]{}]+)\n +([\]}])")
"""A list or an object of one member on lines of its own, such as each of PingOne's links."""
_LONG = re.compile(r"(?<![\w-])[\w-]{36,}(?![\w-])")
"""Ids and challenges."""
_CLOSES = re.compile(r"  [\]}],?$")


def block(text: object, form: str = "text", fold: bool = True) -> Markup:
    """Return the inside of a code block. `form` is text, json or http; `fold=False` for what is folded already."""
    lines = str(text).replace("\r\n", "\n").split("\n")
    if form == "http":
        return ready("".join(_message(lines)))
    form = "json" if form == "json" else "text"
    if not fold or len(lines) <= LONGEST:
        return ready(_pre(lines, form))
    return ready(_pre(lines[:FIRST], form, ' class="begun"') + _folded(f"All {len(lines)} lines", lines[FIRST:], form))


def _message(lines: list[str]) -> Iterator[str]:
    """An HTTP message: first line with its query, the headers that matter, the others folded, the body."""
    end = lines.index("") if "" in lines else len(lines)
    first = next((at for at in range(1, end) if not lines[at].startswith(" ")), end)
    headers: list[list[str]] = []
    for line in lines[first:end]:
        if line.startswith(" ") and headers:
            headers[-1].append(line)  # A long value goes on.
        else:
            headers.append([line])
    shown = [line for each in headers if _matters(each[0]) for line in each]
    others = [line for each in headers if not _matters(each[0]) for line in each]
    # Not indented: a parameter too long for its line would leave the spaces alone on it. Ids are broken last of all.
    asked = [_LONG.sub(r'<u>\g<0></u>', _text(each)) for each in (lines[:1], _flush(lines[1:first]))]
    start = [f"<b>{asked[0]}</b>", asked[1], _HEADER.sub(r"<i>\1</i>", _text(shown))]
    yield f"<pre>{_lines(start)}</pre>"
    if others:
        count = sum(not _matters(each[0]) for each in headers)
        yield _folded(f"{count} more header{'s' if count > 1 else ''}", others, "headers")
    if lines[end + 1 :]:
        yield from _body(lines[end + 1 :])


def _flush(lines: list[str]) -> list[str]:
    return [line.lstrip(" ") for line in lines]


def _matters(header: str) -> bool:
    return header.partition(":")[0].lower() in MATTERS


def _body(lines: list[str]) -> Iterator[str]:
    """A body. Of a JSON document the members that fill a screen are folded, each in its place, then the rest of it."""
    form = "json" if lines[0] == "{" else "text"
    if form == "json":
        lines = _ONE.sub(r"\1\2\3", "\n".join(lines)).split("\n")
    at, room, plain = 0, FIRST, list[str]()
    shortest = SHORTEST_FOLD if len(lines) > FIRST // 2 else LONGEST
    while at < len(lines) and (room > 0 or any(map(_TOLD.match, lines[at:]))):
        end = at
        if form == "json" and _OPENS.match(lines[at]):
            end = next((to for to in range(at, len(lines)) if _CLOSES.match(lines[to])), at)
        if end - at + 1 >= shortest and not _TOLD.match(lines[at]):
            yield _pre(plain, form) if plain else ""
            yield _folded(f"{lines[at]} … {lines[end].strip()}", lines[at : end + 1], form)
            plain, room = [], room - 1
        else:
            plain += lines[at : end + 1]
            room -= sum(1 + len(line) // WIDE for line in lines[at : end + 1])
        at = end + 1
    if at >= len(lines) - 2:
        plain, at = plain + lines[at:], len(lines)
    yield _pre(plain, form) if plain else ""
    yield _folded(f"{len(lines) - at} more lines", lines[at:], form) if at < len(lines) else ""


def _lines(texts: Iterable[str]) -> str:
    return "\n".join([text for text in texts if text])


def _folded(words: str, lines: list[str], form: str) -> str:
    return f"<details><summary>{_text([words])}</summary>{_pre(lines, form)}</details>"


def _pre(lines: list[str], form: str, kind: str = "") -> str:
    text = _text(lines)
    if form == "json":
        text = _MEMBER.sub(r"\1<i>\2</i>", text)
    elif form == "headers":
        text = _HEADER.sub(r"<i>\1</i>", text)
    return f"<pre{kind}>{text}</pre>"


def _text(lines: Iterable[str]) -> str:
    """Escaped for the inside of an element, where quotes mean nothing and would weigh five characters each."""
    return str(coloured(str(escape("\n".join(lines))).replace("&#34;", '"').replace("&#39;", "'")))


FILTERS = {"block": block}
