"""Traces: a secret that a story was told never stands in its record, wherever and however it was sent."""

import base64
import json
from urllib.parse import quote, quote_plus, urlencode

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.anything import JSON, LATIN, TEXT, as_json
from tests.fuzz.profile import PURE
from webapp.trace.har import to_har
from webapp.trace.model import Exchange
from webapp.trace.story import Story

SECRETS = st.text(st.sampled_from("abcXYZ0189-_.~+/=&%? \"'\\é"), min_size=16, max_size=40).map(
    lambda text: text.strip() or "0" * 16
)
TYPES = st.sampled_from(
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "text/html",
        "application/jwt",
        "",
        "text/plain; charset=x",
    ]
)


def places(secret: str, name: str) -> list[tuple[str, tuple[tuple[str, str], ...], bytes]]:
    """URL, headers and body, with the secret in one of them."""
    plain = secret.encode("utf-8")
    basic = base64.b64encode(b"client:" + plain).decode()
    return [
        (f"/callback?{urlencode({name: secret})}", (), b""),
        (f"/callback?{name}={quote(secret, safe='')}#{quote_plus(secret)}", (), b""),
        ("/", (("Authorization", f"Bearer {secret}"), ("X-Any", secret)), b""),
        ("/", (("Authorization", f"Basic {basic}"),), b""),
        ("/", (("Cookie", f"ST={secret}"), ("Set-Cookie", f"ST={secret}; Path=/")), b""),
        ("/", (("Location", f"https://x.example/cb?{urlencode({name: secret})}"),), b""),
        ("/", (), as_json({name: [{"deep": secret}]})),
        ("/", (), json.dumps({name: secret}, ensure_ascii=False).encode()),
        ("/", (), urlencode({name: secret}).encode()),
        ("/", (), b"<p>" + plain + b"</p>"),
    ]


@PURE
@given(
    SECRETS,
    TEXT | st.sampled_from(["code", "state", "token", "password", "anything"]),
    TYPES,
    st.integers(0, 9),
    JSON,
    LATIN,
)
def test_a_secret_never_stands_in_the_record(
    secret: str, name: str, media: str, place: int, more: object, noise: str
) -> None:
    """In URL, header or body, of a request or an answer, under any name and media type; in the HAR neither."""
    name = name.encode("utf-8", "replace").decode()
    url, headers, body = places(secret, name)[place]
    story = Story.begin("t", "hosted", 0.0)
    story.secret("code_verifier", secret)
    typed = (("Content-Type", media), ("X-Noise", noise), *headers)
    story.record(
        Exchange(
            0.0,
            0.0,
            "POST",
            f"http://op.example{url}",
            typed,
            body,
            200,
            "OK",
            typed,
            body + as_json(more),
            None,
            False,
        )
    )
    story.record(
        Exchange(0.0, 0.0, "GET", f"http://op.example{url}", typed, b"", None, "", (), b"", f"Failure: {secret}", False)
    )
    story.hop("browser", "application", "GET", url, at=0.0, headers=headers, body=[(name, secret)])
    record = story.to_record()
    for told in (
        json.dumps(record, ensure_ascii=False),
        json.dumps(to_har(record, version="1", origin="http://localhost"), ensure_ascii=False),
    ):
        for form in {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}:
            assert form not in told and json.dumps(form, ensure_ascii=False)[1:-1] not in told, (place, form)


HIDDEN = "5ecre7-0b5ff4e6-1ed1-4b3f"
WRAPPERS = {
    "url": lambda inner: f"https://a.example/x?next={quote(inner, safe='')}&page=1",
    "json": lambda inner: json.dumps({"note": inner, "n": 1}),
    "form": lambda inner: urlencode({"a": "b", "inner": inner}),
}
CORES = {
    "query": f"https://a.example/cb?x=1&code={HIDDEN}&y=2",
    "member": json.dumps({"x": 1, "access_token": HIDDEN}),
    "field": f"a=b&password={HIDDEN}",
}


@PURE
@given(st.sampled_from(sorted(CORES)), st.lists(st.sampled_from(sorted(WRAPPERS)), max_size=5), st.integers(0, 5))
def test_a_named_secret_is_found_inside_other_things(core: str, wrappers: list[str], place: int) -> None:
    """A URL in JSON in a form in a URL: nobody told the story the value, its name alone gives it away."""
    text = CORES[core]
    for wrapper in wrappers:
        text = WRAPPERS[wrapper](text)
    body = text.encode()
    story = Story.begin("t", "hosted", 0.0)
    if place == 0:
        story.hop("browser", "application", "GET", "/callback", at=0.0, body=[("error", text)])
    else:
        url = f"/x?{urlencode({'v': text})}" if place == 1 else "/x"
        headers = (("Location", text), ("X-Any", text)) if place == 2 else ()
        media = ("application/json", "text/plain", "application/x-www-form-urlencoded")[place % 3]
        answer = as_json({"description": text, "list": [text]}) if place == 3 else body if place > 3 else b""
        typed = (("Content-Type", media), *headers)
        failure = text if place == 5 else None
        story.record(Exchange(0.0, 0.0, "POST", url, typed, b"", 200, "OK", typed, answer, failure, False))
    told = json.dumps([story.to_record(), to_har(story.to_record())])
    assert HIDDEN not in told, (core, wrappers, place)
