"""The redactor as a test wants it: one text, URL, form or document in, and what may be kept of it out."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from webapp.trace.model import Exchange
from webapp.trace.redact import Redactor
from webapp.trace.steps import Body
from webapp.trace.story import Story


class Masking:
    """Masks single parts with one memory of secrets."""

    def __init__(self) -> None:
        self.redactor = Redactor()
        self.secrets = self.redactor.secrets

    def text(self, text: str) -> str:
        return self.redactor.written([text])[0][0]

    def url(self, url: str) -> str:
        return self.text(self.redactor.url(url))

    def pairs(self, pairs: list[tuple[str, str]]) -> list[list[str]]:
        form = self.text(self.redactor.parameters(urlencode(pairs, errors="surrogatepass")))
        return [list(pair) for pair in parse_qsl(form, keep_blank_values=True)]

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[list[str]]:
        lines = self.text(self.redactor.headers(headers)).split("\n")
        return [[name, value] for name, _, value in (line.partition(": ") for line in lines)]

    def document(self, text: str) -> str:
        found = self.redactor.document(text)
        assert found is not None
        return self.redactor.written([], [found])[1][0]

    def json(self, value: object) -> Any:
        return json.loads(self.document(json.dumps([value])))[0]


def keep_body(raw: bytes, media_type: str, secrets: dict[str, str] | None = None) -> Body:
    """What a story shows of an answer's body."""
    story = Story.begin("t", "hosted", 0.0)
    for value, kind in (secrets or {}).items():
        story.secret(kind, value)
    typed = (("Content-Type", media_type),)
    story.record(Exchange(0.0, 0.0, "GET", "http://x.example/", (), b"", 200, "", typed, raw, None, False))
    return story.steps[0]["answer_body"]
