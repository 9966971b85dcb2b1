"""Masks: what stands in the place of a secret, and the search for secrets in text that nobody expected there.

A mask keeps equality visible without showing the value: `‹code · 36 chars · #77d01b›` carries the first six
hexadecimal digits of the value's SHA-256, so the eye follows a code from the resume answer to the token call.
"""

import base64
import hashlib
import html
import json
import re
from bisect import bisect_left
from urllib.parse import quote, quote_plus

from .names import GUESSABLE, kind_of

MASK = re.compile(r"‹(?P<kind>[^‹› ]+)(?: · \d+ chars · #(?P<tag>[0-9a-f]{6}))?›")

# Shorter values can be guessed and checked against the tag, whatever they are called.
SHORTEST_WITH_TAG = 16
# A value of three characters is found by chance in half of all texts; it is masked where it is the whole value only.
SHORTEST_TO_SEARCH = 4
MOST_SECRETS = 200

# Control characters, half surrogates and direction overrides: none can be stored, shown or trusted to stay where
# it stands. The angle quotes are ours, so that no answer can bring a mask, or hide a secret inside one.
_UNFIT = re.compile("[‹›\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_QUOTES = {"‹": "<", "›": ">"}
_PLAIN = re.compile("[A-Za-z0-9_.~-]*")


def mask(kind: str, value: str) -> str:
    """The mask of one value. Guessable kinds and short values show neither length nor tag."""
    if kind in GUESSABLE or len(value) < SHORTEST_WITH_TAG:
        return f"‹{kind}›"
    tag = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"‹{kind} · {len(value)} chars · #{tag}›"


def clean(text: str) -> str:
    """Text from outside as it may be kept: no control characters and no look-alike of a mask."""
    return _UNFIT.sub(lambda found: _QUOTES.get(found.group(), "\ufffd"), text)


class Secrets:
    """The values known to be secret in one story. They live in memory only and are never part of its record."""

    def __init__(self) -> None:
        self._masks: dict[str, str] = {}
        self._forms: list[tuple[int, str, str]] = []
        self.shortest = 1_000
        """A text with fewer characters than this holds no known secret."""

    def learn(self, kind: str, value: str) -> str:
        """From now on `value` is masked wherever it shows up. Returns its mask, of the kind learned first."""
        known = self._masks.get(value)
        if known is not None:
            return known
        made = mask(kind_of(kind) or kind, value)
        if value and len(self._masks) < MOST_SECRETS:
            self._masks[value] = made
            if len(value) >= SHORTEST_TO_SEARCH:
                # The longest first: a token that contains another secret must not be broken up by it.
                self._forms += [(-len(form), form, made) for form in _forms(value)]
                self._forms.sort()
                self.shortest = min(self.shortest, -self._forms[-1][0])
        return made

    def whole(self, value: str) -> str | None:
        """The mask of a value that is one secret from end to end, None when it is not known as one."""
        return self._masks.get(value)

    def hide(self, text: str) -> str:
        """The text with every known secret masked; masks that stand in it already stay."""
        return "".join(piece for piece, _ in self.split(text))

    def split(self, text: str) -> list[tuple[str, bool]]:
        """The text in pieces: what may be read, False; and masks, True. Joined they are the masked text."""
        pieces = _between_masks(text) if "‹" in text else [(text, False)]
        # Most texts are shorter than most secrets, and this runs for every string of every answer.
        for _, form, made in self._forms[bisect_left(self._forms, (-len(text),)) :]:
            if form in text:
                pieces = [new for piece in pieces for new in _cut(piece, form, made)]
        return pieces


def _between_masks(text: str) -> list[tuple[str, bool]]:
    pieces, end = [], 0
    for found in MASK.finditer(text):
        pieces += [(text[end : found.start()], False), (found.group(), True)]
        end = found.end()
    return [*pieces, (text[end:], False)]


def _cut(piece: tuple[str, bool], form: str, made: str) -> list[tuple[str, bool]]:
    """Replace `form` in a readable piece; masks are never searched, or a password `code` would break them."""
    text, is_mask = piece
    if is_mask or form not in text:
        return [piece]
    pieces: list[tuple[str, bool]] = []
    for part in text.split(form):
        pieces += [(part, False), (made, True)]
    return [piece for piece in pieces[:-1] if piece[0]]


def _forms(value: str) -> set[str]:
    """How a value may look inside other text: as it is, percent-encoded, in JSON, in HTML, in base64.

    A value inside a longer base64 text has three possible alignments; of each the characters that do not depend
    on the neighbours are searched.
    """
    raw = value.encode("utf-8", "surrogatepass")
    forms = {value}
    if not _PLAIN.fullmatch(value):
        percent = quote(raw, safe="")
        forms |= {clean(value), percent, quote_plus(raw), quote(percent, safe="")}
        forms |= {re.sub("%[0-9A-F]{2}", lambda found: found.group().lower(), form) for form in tuple(forms)}
        forms |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], html.escape(value)}
    if len(raw) >= SHORTEST_TO_SEARCH * 2:
        for offset in range(3):
            start, end = (0, 2, 3)[offset], (None, -3, -2)[(offset + len(raw)) % 3]
            encoded = base64.b64encode(b"\0" * offset + raw).decode()[start:end]
            forms |= {encoded, encoded.replace("+", "-").replace("/", "_")}
    return forms
