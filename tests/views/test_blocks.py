"""Code blocks: all of a message is there, what matters first, and nothing in it makes markup."""

import html
import json
import re

import pytest

from webapp.views.blocks import FIRST, block
from webapp.views.highlight import python

HOSTILE = ["<script>", "&lt;", "a\0b", "‹<i>›", "‹x #77d01b› onclick=", "%s", "'\"", "\0", "", "</pre>"]
OURS = re.compile(r'<span class="[a-z0-9 -]+">|<pre class="begun">|</?(?:pre|details|summary|b|i|u|span)>')


def text_of(block: str) -> str:
    """What a reader can open, without the words that open it."""
    folded = re.sub(r"<summary>.*?</summary>", "", block, flags=re.S)
    return html.unescape(re.sub(r"<[^>]+>", "", folded.replace("</pre>", "\n")))


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("form", ["text", "json", "http"])
def test_a_block_makes_no_markup_of_what_it_holds(form, hostile):
    """As text, as JSON, and in any place of an HTTP message."""
    body = f'{{\n  "{hostile}": [\n1\n2\n  ]\n{hostile}' + "\n" * 30
    message = f"GET {hostile}\n {hostile}\n{hostile}: {hostile}\n\n{body}"
    shown = block(message, form)
    assert shown.count("<") == len(OURS.findall(shown))


def test_a_message_shows_the_headers_that_matter():
    """Cookies and media types are read, the others are counted and can be opened."""
    text = "GET /authorize\n    ?state=1\nHost: a: b\nCookie: ST=1\nAccept: x\n\nbody"
    assert (
        "<pre><b>GET /authorize</b>\n?state=1\n<i>Cookie</i>: ST=1</pre>"
        "<details><summary>2 more headers</summary><pre><i>Host</i>: a: b\n<i>Accept</i>: x</pre></details>"
        "<pre>body</pre>"
    ) == block(text, "http")


def test_an_id_is_kept_whole_and_a_parameter_is_not_indented():
    """It would be broken at its hyphens, and the spaces before a long parameter would be a line of their own."""
    id = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
    kept = f'<u>{id}</u>'
    shown = block(f"GET /{id}/as\n    ?a=1\n    &client_id={id}\nAccept: x", "http")
    assert shown.startswith(f"<pre><b>GET /{kept}/as</b>\n?a=1\n&amp;client_id={kept}</pre>")


def test_members_that_fill_a_screen_are_folded_in_their_place():
    """Links before the id and the status after it: the order is the answer's."""
    body = {"_links": {"self": {"href": "x"}, "next": {"href": "y"}}, "id": "1", "status": "OK", "more": {"a": 1},
            "at": 2, "until": 3}  # fmt: skip
    shown = block("200 OK\n\n" + json.dumps(body, indent=2), "http")
    assert ['"_links": { … },'] == [each.strip() for each in re.findall(r"<summary>(.*?)</summary>", shown)]
    assert '<i>"more"</i>: {"a": 1},' in shown
    assert body == json.loads(text_of(shown).partition("200 OK")[2])


def test_a_refusal_is_never_folded():
    """However long the answer is that carries it."""
    body = {f"member-{at}": at for at in range(30)} | {"error": {"code": "LOCKED", "message": "no", "id": "1"}, "z": 1}
    shown = block("200 OK\n\n" + json.dumps(body, indent=2), "http")
    assert "LOCKED" in re.sub(r"<details>.*?</details>", "", shown, flags=re.S)


@pytest.mark.parametrize(("lines", "folds"), [(FIRST + 2, 0), (FIRST + 20, 1)])
def test_a_long_body_shows_its_beginning_and_all_of_it_below(lines, folds):
    """Two lines more are no reason to fold."""
    body = "\n".join(f"line {at}" for at in range(lines))
    shown = block("200 OK\n\n" + body, "http")
    assert folds == shown.count("<details>")
    assert body == text_of(shown).partition("200 OK\n")[2].strip()


def test_a_long_text_is_cut_with_all_of_it_below_unless_it_was_opened():
    """What is inside something that was opened is not folded again."""
    text = "\n".join(map(str, range(40)))
    assert (1, 0) == (block(text).count("<details>"), block(text, fold=False).count("<details>"))
    assert text == text_of(block(text)).strip() == text_of(block(text, fold=False)).strip()


def test_python_is_told_apart_and_its_line_marked():
    """Keywords, strings, comments; whatever is in them is text. A docstring is its first line."""
    code = 'def f(a):\n    """<b>\n    x"""\n    return f"{a}" + "&"  # </i>'
    assert (
        '<b>def</b> f(a):\n    <i>"""&lt;b&gt; …"""</i>\n'
        '<mark class=failed>    <b>return</b> <i>f"{a}"</i> + <i>"&amp;"</i>  <em># &lt;/i&gt;</em></mark>'
    ) == python(code, {4: "failed"})
