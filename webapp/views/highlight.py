"""Python source as HTML: keywords, strings and comments marked, some lines marked. For our own code alone."""

import io
import keyword
import token
import tokenize
from collections.abc import Mapping

from markupsafe import Markup, escape

from .markup import ready

_STRINGS = {getattr(token, name, token.STRING) for name in ("STRING", "FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")}
_ELEMENTS = {"keyword": "b", "string": "i", "comment": "em"}


def python(code: str, marked: Mapping[int, str] | None = None) -> Markup:
    """Return a function as HTML, of its docstring the first line. `marked`: a line, from 1, and its mark's class."""
    lines = code.split("\n")
    pieces: list[list[str]] = [[] for _ in lines]
    row, column, left_out = 1, 0, set[int]()
    for each in tokenize.generate_tokens(io.StringIO(code + "\n").readline):
        element = _ELEMENTS.get(_kind(each))
        if element is None or each.end <= (row, column):
            continue
        for at in range(row, each.start[0]):
            pieces[at - 1].append(str(escape(lines[at - 1][column:])))
            column = 0
        pieces[each.start[0] - 1].append(str(escape(lines[each.start[0] - 1][column : each.start[1]])))
        if each.start[0] < each.end[0]:
            left_out |= {*range(each.start[0] + 1, each.end[0] + 1)}
            shown = f'{each.string.partition(chr(10))[0]} …"""'
        else:
            shown = each.string
        pieces[each.start[0] - 1].append(f"<{element}>{escape(shown)}</{element}>")
        row, column = each.end
    for at in range(row, len(lines) + 1):
        pieces[at - 1].append(str(escape(lines[at - 1][column:])))
        column = 0
    html = ["".join(each).replace("&#34;", '"').replace("&#39;", "'") for each in pieces]
    for at, kind in (marked or {}).items():
        html[at - 1] = f"<mark{kind and f' class={kind}'}>{html[at - 1]}</mark>"
    return ready("\n".join(line for at, line in enumerate(html, 1) if at not in left_out))


def _kind(each: tokenize.TokenInfo) -> str:
    if each.type in _STRINGS:
        return "string"
    if each.type == token.NAME and keyword.iskeyword(each.string):
        return "keyword"
    return "comment" if each.type == tokenize.COMMENT else ""
