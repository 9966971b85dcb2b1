"""HTML made of many small pieces: checks, times, masked values. A Jinja macro per piece is what costs most.

Everything is escaped first, in one pass, and marked up afterwards by patterns that `&`, `<` and quotes cannot reach.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from .claims import iso, moments, utc
from .hues import hue
from .sources import source_name

BETWEEN = "\0"
"""Separates texts that are escaped together. HTML has no such character, so nothing is lost without it."""
_BACKTICKS = re.compile("`([^`]*)`")
# A tag ‹code · 36 chars · #77d01b›, or a fingerprint #77d01b that is the whole text.
_TAG = re.compile("‹(?P<inside>[^‹›\0]*?)(?:#(?P<mark>[0-9a-f]{6}))?›|(?<![^\0])#(?P<alone>[0-9a-f]{6})(?![^\0])")
_MOMENTS = frozenset({"exp", "iat", "auth_time"})


def masked(text: object) -> Markup:
    """Return the text as HTML, each masked value in the colour of its tag, so that equal values look equal."""
    return coloured(escape(text))


@lru_cache(maxsize=64)
def time(epoch: float | None, until: bool = False) -> Markup:
    """Return seconds since 1970 as a time in UTC; with `until`, script adds "in 59 minutes"."""
    if not epoch:
        return Markup('<span class="soft">none</span>')
    mark = " data-until" if until else ""
    return ready(f'<time datetime="{iso(epoch)}"{mark}>{utc(epoch)}</time>')


@lru_cache(maxsize=256)
def source_link(source: str) -> Markup:
    """Return a link named after the document that a URL leads to; any other text as it is."""
    name = source_name(source)
    return escape(name) if name == source else Markup('<a href="{}">{}</a>').format(source, name)


def rows(cells: Iterable[Sequence[str]], shapes: Mapping[str, str]) -> Markup:
    """Return a row for each of `cells`, all of one length. The first cell names its shape, the others fill the holes
    `%s` of it, escaped."""
    listed = list(cells)
    plain = {name: str(shape) for name, shape in shapes.items()}
    texts = iter(_escaped([text for row in listed for text in row[1:]]))
    grouped = zip(*[texts] * (len(listed[0]) - 1), strict=True) if listed else ()
    return ready("".join([plain[row[0]] % each for row, each in zip(listed, grouped, strict=True)]))


def check_rows(checks: Sequence[Any], shapes: Mapping[str, str]) -> Markup:
    """Return the rows of checks, those that failed first.

    Each is a `Check` or a mapping with its members. The shapes `passed`, `differs` and `failed` have holes for name,
    expected value, actual value and the link to the rule; `passed`, where both values are equal, has no second value.
    """
    listed = [check if isinstance(check, dict) else vars(check) for check in checks]
    listed = [check for check in listed if not check["passed"]] + [check for check in listed if check["passed"]]
    texts = _escaped([each for check in listed for each in _told(check)])
    passed, differs, failed = (str(shapes[name]) for name in ("passed", "differs", "failed"))
    html = []
    for check, name, expected, actual in zip(listed, texts[::3], texts[1::3], texts[2::3], strict=True):
        link = source_link(check["source"])
        if check["passed"] and expected == actual:
            html.append(passed % (name, actual, link))
        else:
            html.append((differs if check["passed"] else failed) % (name, expected, actual, link))
    return ready("".join(html))


def _told(check: Mapping[str, Any]) -> tuple[str, str, str]:
    name, expected, actual = check["name"], check["expected"], check["actual"]
    return (name, moments(expected), moments(actual)) if name in _MOMENTS else (name, expected, actual)


def checked(text: str, name: str) -> Markup:
    """Return one side of the check of that name: a number that is a moment is shown as a time too."""
    return masked(moments(text) if name in _MOMENTS else text)


def _escaped(texts: list[str]) -> list[str]:
    """Escape many texts in one pass, and colour what is masked in them."""
    if not texts:
        return []
    joined = BETWEEN.join(texts)
    if joined.count(BETWEEN) >= len(texts):
        joined = BETWEEN.join([text.replace(BETWEEN, "\N{REPLACEMENT CHARACTER}") for text in texts])
    return str(coloured(escape(joined))).split(BETWEEN)


def coloured(text: str) -> Markup:
    """Return escaped text with its tags coloured."""
    return ready(_TAG.sub(_span, text) if "‹" in text or "#" in text else text)


def _span(found: re.Match[str]) -> str:
    inside, mark, alone = found["inside"], found["mark"] or found["alone"], found["alone"]
    kind = f' mask-{hue(mark)}"' if mark else '"'
    shown = f"#{alone}" if alone else f"‹{inside}{f'#{mark}' if mark else ''}›"
    return f'<span class="mask{kind}>{shown}</span>'


def ready(made: str) -> Markup:
    """Mark as HTML what this module and `blocks` have escaped or made of numbers. Nothing else in the program does."""
    return Markup(made)  # noqa: S704


def code_words(text: str) -> Markup:
    """Return plain text in which what is between backticks is code."""
    return ready(_BACKTICKS.sub(r"<code>\1</code>", str(escape(text))))


FILTERS = {
    "hue": hue,
    "code_words": code_words,
    "masked": masked,
    "time": time,
    "source_link": source_link,
    "rows": rows,
    "check_rows": check_rows,
    "checked": checked,
}
