"""HTML of small pieces: escaped in one pass, whatever the pieces hold."""

import pytest

from webapp.oidc.checks import Check
from webapp.views.hues import start
from webapp.views.markup import check_rows, masked, rows, source_link, time

SHAPES = {"passed": "[%s|%s|%s]", "differs": "(%s|%s|%s|%s)", "failed": "!%s|%s|%s|%s!"}
TAG = '<span class="mask mask-0">‹code · 36 chars · #77d01b›</span>'
HOSTILE = ["<script>", "&lt;", "a\0b", "‹<i>›", "‹x #77d01b› onclick=", "%s", "%(name)s", "'\"", "\0", ""]


@pytest.fixture(autouse=True)
def page():
    """A page of its own for each test: the first value of a page has its first colour."""
    start()


def test_equal_values_have_one_colour():
    """A tag and the fingerprint of the same value."""
    assert f"code={TAG}&amp;" == masked("code=‹code · 36 chars · #77d01b›&")
    assert '<span class="mask mask-0">#77d01b</span>' == masked("#77d01b")
    assert "a #77d01b" == masked("a #77d01b")
    assert '<span class="mask">‹password›</span>' == masked("‹password›")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_cell_holds_stays_in_its_cell(hostile):
    """No cell makes markup, ends another cell, or fills another hole."""
    shapes = {"a": "<a>%s</a><b>%s</b>", "b": "<c>%s</c><d>%s</d>"}
    html = rows([("a", hostile, "second"), ("b", "third", "fourth")], shapes)
    assert html.endswith("</a><b>second</b><c>third</c><d>fourth</d>")
    inside = html.removeprefix("<a>").partition("</a>")[0]
    shown = inside.replace('<span class="mask">', "").replace('<span class="mask mask-0">', "")
    assert not {"<", '"', "'"} & set(shown.replace("</span>", ""))


def test_failed_checks_come_first_and_times_are_told():
    """A check that passed with equal values shows one of them; `exp` and its like have the time beside the number."""
    checks = [
        Check("iss", "x", "x", True, "https://www.rfc-editor.org/rfc/rfc9207#section-2.4"),
        Check("exp", "after 1795345200", "1", True, "rule"),
        Check("<b>", "1", "2", False, "<"),
    ]
    assert (
        "!&lt;b&gt;|1|2|&lt;!"
        '[iss|x|<a href="https://www.rfc-editor.org/rfc/rfc9207#section-2.4">RFC 9207, section 2.4</a>]'
        "(exp|after 1795345200 (2026-11-22 11:00:00 UTC)|1|rule)"
    ) == check_rows(checks, SHAPES)
    assert "" == check_rows([], SHAPES) == rows([], {})


def test_a_link_and_a_time_escape_what_they_are_made_of():
    """A source is written by us, and still quoted."""
    assert '<a href="https://x/&#34;&gt;">x</a>' == source_link('https://x/">')
    moment = '<time datetime="2026-11-22T11:00:00Z" data-until>2026-11-22 11:00:00 UTC</time>'
    assert moment == time(1795345200, until=True)
    assert '<span class="soft">none</span>' == time(None)
