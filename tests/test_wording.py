"""Words that mark a translation, or that a reader has to read twice, do not come back into what people read."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READ = ("*.md", "docs/*.md", "deploy/**/*.md", "templates/**/*.html", "webapp/simulator/templates/**/*.html")
SPOKEN = ("views", "trace", "oidc", "pingone", "signon", "doctor", "api")
"""Folders of `webapp` whose strings reach visitors and operators."""
WORDS = {
    r"whoever": "anyone who, the person who",
    r"anew": "again",
    r"an? texts?(?! field)": "a string",
    r"to the letter|letter (?:by|for) letter|character by character|byte for byte": "exactly",
    r"(?:is|are|was|were) told": "the page says, receives, learns",
    r"somebody else": "another user, someone else",
    r"the (?:other two|two others)(?! modes)": "the other two modes",
    r"is no reason to": "say what happens",
    r"stands? (?:in|above|here|between|there)": "is, appears, is shown",
    r"signs? (?:in|into)\b(?! the)|log(?:s|ged)? (?:in|on)": "sign on, as PingOne says",
}
"""A pattern -> what to write in its place."""
WRITTEN = {
    r"whoever": "anyone who, the person who",
    r"anew": "again",
    r"an? texts?(?! field)": "a string",
    r"to the letter": "exactly",
    r"somebody else(?:'s)?": "another user, another thread",
    r"at once": "at the same time, immediately",
    r"meanwhile": "since, in the meantime",
    r"the two others": "the other two modes",
    r"(?:is|are|was|were) told": "receives, learns, is given",
    r"what(?:ever)? stands": "what is",
}
"""The worst of them, for comments and docstrings."""


def _pages() -> Iterator[tuple[str, str]]:
    """Each line of a page or document, with its place."""
    found = {path for pattern in READ for path in ROOT.glob(pattern)}
    for path in sorted(found - {ROOT / "CHANGELOG.md"}):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def _strings() -> Iterator[tuple[str, str]]:
    """Each string of more than one word in the code, but for docstrings, with its place."""
    for path in sorted(path for folder in SPOKEN for path in (ROOT / "webapp" / folder).rglob("*.py")):
        tree = ast.parse(path.read_text())
        alone = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in alone:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


@cache
def _read() -> list[tuple[str, str]]:
    return [*_pages(), *((place, text) for place, text in _strings() if " " in text)]


@pytest.mark.parametrize("pattern", WORDS)
def test_nothing_is_said_in_the_words_of_a_translation(pattern: str) -> None:
    """One term for one thing, and no sentence that has to be read twice."""
    word = re.compile(rf"(?<![\w'`-])(?:{pattern})(?![\w'`-])", re.IGNORECASE)
    found = [f"{at}: {text.strip()[:120]} (better: {WORDS[pattern]})" for at, text in _read() if word.search(text)]

    assert [] == found


@pytest.mark.parametrize("pattern", WRITTEN)
def test_no_comment_or_docstring_of_the_application_says_it_so(pattern: str) -> None:
    """The code is read to be copied, its comments first."""
    word = re.compile(rf"(?<![\w'`-])(?:{pattern})(?![\w'`-])", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()} (better: {WRITTEN[pattern]})"
        for path in sorted((ROOT / "webapp").rglob("*.py"))
        if "simulator" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if word.search(line)
    ]

    assert [] == found
