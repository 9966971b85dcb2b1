"""Masks: what takes the place of a secret, and the search for secrets in text where none was expected.

A mask keeps equality visible without showing the value: `‹code · 36 chars · #77d01b›` carries the first six
hexadecimal digits of the value's SHA-256, so the eye follows a code from the resume answer to the token call.
"""

import binascii
import hashlib
import html
import json
import os
import re
from urllib.parse import quote, quote_plus

from .names import GUESSABLE, kind_of

MASK = re.compile(r"‹(?P<kind>[^‹› ]+)(?: · \d+ chars · #(?P<tag>[0-9a-f]{6}))?›")

# Shorter values can be guessed and checked against the tag, whatever they are called.
SHORTEST_WITH_TAG = 16
# A value of three characters is found by chance in half of all texts; it is masked where it is the whole value only.
SHORTEST_TO_SEARCH = 4
MOST_SECRETS = 100

MARK = "".join(chr(0xE000 + number % 0x1000) for number in memoryview(os.urandom(12)).cast("H"))
"""Begins whatever replaces a secret while a step is written down. Drawn per process, so no answer can contain it,
and made of characters that no encoding or pattern takes apart: for private use, and not so far up that each character
of a string with one in it takes four bytes."""
_FIRST, _LAST = 0xF000, 0xF8F0
SEPARATOR = MARK + chr(_FIRST)
"""Between texts that are searched together."""

# Control characters, half surrogates and direction overrides: none can be stored, shown or trusted to stay where
# it stands. The angle quotes are ours, so that no answer can bring a mask, or hide a secret inside one.
_UNFIT = re.compile("[‹›\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_QUOTES = {"‹": "<", "›": ">"}
_PLAIN = re.compile("[A-Za-z0-9_.~-]*")


def mask(kind: str, value: str) -> str:
    """The mask of one value. Guessable kinds and short values show neither length nor tag."""
    size = len(value)
    if kind in GUESSABLE or size < SHORTEST_WITH_TAG:
        return f"‹{kind}›"
    tag = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"‹{kind} · {size} chars · #{tag}›"


def clean(text: str) -> str:
    """Text from outside as it may be kept: no control characters and no look-alike of a mask."""
    return _UNFIT.sub(lambda found: _QUOTES.get(found.group(), "\ufffd"), text)


class Secrets:
    """The values known to be secret in one story. They live in memory only and are never part of its record.

    While a step is written down a secret is replaced by a stand-in: nothing that is searched for can be part of one,
    or a password such as `chars` would break the masks that are there already.
    """

    def __init__(self) -> None:
        self.learned: dict[str, str] = {}
        """Value -> kind, in the order in which they were met."""
        self._stand_ins: dict[str, str] = {}
        self._by_value: dict[str, str] = {}
        self._masks = {chr(_FIRST): "\0"}
        """What each character after a mark replaces."""
        self._forms: dict[str, str] = {}
        """How a secret may look -> its stand-in, the longest first."""
        self._new: list[tuple[str, str]] = []

    def learn(self, kind: str, value: str) -> str:
        """From now on `value` is masked wherever it shows up. Returns its stand-in, of the kind learned first."""
        if value in self._by_value:
            return self._by_value[value]
        kind = kind_of(kind) or kind
        made = mask(kind, value)
        if made not in self._stand_ins:
            # After two thousand different ones, which no honest answer holds, they look alike.
            place = _FIRST + len(self._masks)
            sign, shown = (chr(place), made) if place < _LAST else (chr(_LAST), "‹secret›")
            self._masks[sign] = shown
            self._stand_ins[made] = MARK + sign
        stand_in = self._stand_ins[made]
        if len(self.learned) < MOST_SECRETS:
            self.learned[value] = kind
            self._by_value[value] = stand_in
            if len(value) >= SHORTEST_TO_SEARCH:
                self._new.append((value, stand_in))
        return stand_in

    def whole(self, value: str) -> str | None:
        """The stand-in of a value that is one secret from end to end, None when it is not known as one."""
        return self.learn(self.learned[value], value) if value in self.learned else None

    def hide(self, text: str) -> str:
        """The text with every known secret replaced by its stand-in."""
        if self._new:
            for value, stand_in in self._new:
                self._forms = dict.fromkeys(_forms(value), stand_in) | self._forms
            # The longest first: a token that contains another secret must not be broken up by it.
            self._forms = {form: self._forms[form] for form in sorted(self._forms, key=len, reverse=True)}
            self._new = []
        for form in self._forms:
            if form in text:
                text = text.replace(form, self._forms[form])
        return text

    def written(self, text: str) -> str:
        """The text with masks in the place of stand-ins, and a NUL in that of separators."""
        first, *rest = text.split(MARK)
        return first + "".join([self._masks[part[0]] + part[1:] for part in rest])


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
    size = len(raw)
    if size >= SHORTEST_TO_SEARCH * 2:
        # All alignments in one encoding: before and after each copy are as many zeros as make it whole groups of three.
        aligned = [bytes(before) + raw + bytes(-(before + size) % 3) for before in range(3)]
        encoded = binascii.b2a_base64(b"".join(aligned), newline=False).decode()
        group, slices = 0, []
        for before, start in enumerate((0, 2, 3)):
            end = group + (before + size + 2) // 3 * 4
            slices.append(encoded[group + start : end - (0, 3, 2)[(before + size) % 3]])
            group = end
        forms |= {*slices}
        if "+" in encoded or "/" in encoded:
            forms |= {each.replace("+", "-").replace("/", "_") for each in slices}
    return forms
