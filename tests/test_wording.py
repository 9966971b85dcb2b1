"""Words that mark a translation, or that a reader has to read twice, do not come back into what people read."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READ = ("*.md", "docs/*.md", "deploy/**/*.md", "templates/**/*.html", "webapp/simulator/templates/**/*.html")
WORDS = {
    r"whoever": "anyone who, the person who",
    r"anew": "again",
    r"an? texts?": "a string",
    r"to the letter|letter (?:by|for) letter|character by character|byte for byte": "exactly",
    r"(?:is|are|was|were) told": "the page says, receives, learns",
    r"somebody else": "another user, someone else",
    r"the (?:other two|two others)(?! modes)": "the other two modes",
    r"is no reason to": "say what happens",
    r"stands? (?:in|above|here|between|there)": "is, appears, is shown",
    r"signs? (?:in|into)\b(?! the)|log(?:s|ged)? (?:in|on)": "sign on, as PingOne says",
}
"""A pattern -> what to write in its place."""


def _pages() -> list[Path]:
    found = {path for pattern in READ for path in ROOT.glob(pattern)}
    return sorted(found - {ROOT / "CHANGELOG.md"})


@pytest.mark.parametrize("pattern", WORDS)
def test_no_page_says_it_in_the_words_of_a_translation(pattern: str) -> None:
    """One term for one thing, and no sentence that has to be read twice."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]} (better: {WORDS[pattern]})"
        for path in _pages()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(rf"(?<![\w'`-])(?:{pattern})(?![\w'`-])", line, re.IGNORECASE)
    ]

    assert [] == found
