"""Bodies are shaped for reading, masked and bounded; what cannot be understood is left out."""

import base64
import json

import pytest

from tests.trace.masking import keep_body
from webapp.trace.mask import mask
from webapp.trace.note import LONGEST_TEXT, LONGEST_UNKNOWN

VALUE = "0b5ff4e6-1ed1-4b3f-9aef-52f3f1a5d0aa"
FORM = "application/x-www-form-urlencoded"


def token(payload: dict[str, object], signature: str = "c2lnbmF0dXJlLW9mLXRoZS10b2tlbg") -> str:
    def segment(value: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{segment({'alg': 'RS256', 'kid': 'one'})}.{segment(payload)}.{signature}"


def test_a_form_is_kept_as_pairs() -> None:
    """The reader sees the decoded fields in the order in which they were sent."""
    body = keep_body(f"grant_type=authorization_code&code={VALUE}&empty=".encode(), f"{FORM}; charset=utf-8")
    assert "form" == body["kind"]
    assert [["grant_type", "authorization_code"], ["code", mask("code", VALUE)], ["empty", ""]] == body["pairs"]


def test_json_is_kept_indented_in_its_own_order() -> None:
    """PingOne's media types are JSON too."""
    body = keep_body(
        b'{"username":"alice","password":"hunter2"}',
        "application/vnd.pingidentity.usernamePassword.check+json",
    )
    assert '{\n  "username": "alice",\n  "password": "‹password›"\n}' == body["text"]
    assert "application/vnd.pingidentity.usernamePassword.check+json" == body["type"]


def test_tokens_of_an_answer_are_opened_without_their_signature() -> None:
    """Header and payload are for reading; without the signature nobody can use the token."""
    sent = token({"iss": "https://a.example", "nonce": VALUE, "p1.region": "EU"})
    body = keep_body(json.dumps({"id_token": sent, "refresh_token": sent}).encode(), "application/json")
    [opened] = body["tokens"]
    assert {"alg": "RS256", "kid": "one"} == opened["header"]
    assert {"iss": "https://a.example", "nonce": mask("nonce", VALUE), "p1.region": "EU"} == opened["payload"]
    assert mask("signature", sent.rsplit(".", 1)[1]) == opened["signature"]
    assert sent not in json.dumps(body)
    assert sent.rsplit(".", 1)[1] not in json.dumps(body)


def test_a_client_assertion_in_a_form_is_opened() -> None:
    """What the application said about itself is worth reading as well."""
    sent = token({"iss": "client", "jti": "1"})
    body = keep_body(f"client_assertion={sent}".encode(), FORM)
    assert ["client_assertion"] == [opened["name"] for opened in body["tokens"]]
    assert sent not in json.dumps(body)


def test_a_signed_userinfo_answer_is_opened() -> None:
    """`application/jwt`: the whole body is one token."""
    sent = token({"sub": "alice"})
    body = keep_body(sent.encode(), "application/jwt")
    assert [{"sub": "alice"}] == [opened["payload"] for opened in body["tokens"]]
    assert mask("token", sent) == body["text"]


@pytest.mark.parametrize(
    ("raw", "media_type"),
    [
        (b"<html><input name=code value=secret>", "text/html"),
        (b"\xef\xbb\xbf  <!doctype html>secret", "application/json"),
        (b"<xml>secret</xml>", ""),
        (b"secret\xff\xfe", "text/plain"),
        ('{"code":"secret"}'.encode("utf-16"), "application/json"),
        (b"secret", "application/pdf"),
        (b"&".join(b"secret=1" for _ in range(300)), FORM),
    ],
)
def test_what_cannot_be_understood_is_left_out(raw: bytes, media_type: str) -> None:
    """Only size and type of HTML and binary bodies are kept: nobody can tell what they hold."""
    body = keep_body(raw, media_type)
    assert "left_out" == body["kind"]
    assert len(raw) == body["size"]
    assert "secret" not in str(body)


def test_an_empty_body_is_empty_whatever_its_type_says() -> None:
    """Revocation answers 200 with nothing in it."""
    assert "empty" == keep_body(b"", "application/json")["kind"]


@pytest.mark.parametrize("text", ["{}", "[]"])
def test_empty_json_is_json(text: str) -> None:
    """Many actions of a flow send an empty object, whatever the type says."""
    body = keep_body(text.encode(), "application/octet-stream")
    assert ("json", text) == (body["kind"], body["text"])


def test_long_bodies_are_cut_and_say_so() -> None:
    """A trace is kept for an hour and must stay small."""
    long = keep_body(json.dumps({"a": "x" * 100_000}).encode(), "application/json")
    unknown = keep_body(b"x" * 100_000, "text/plain")
    assert len(str(long["text"])) < LONGEST_TEXT + 60
    assert len(str(unknown["text"])) < LONGEST_UNKNOWN + 60
    assert str(unknown["text"]).endswith(f"{100_000 - LONGEST_UNKNOWN:,} more characters are not kept")


def test_json_that_is_too_deep_is_not_followed() -> None:
    """A hundred levels cost stack and say nothing."""
    deep = b'{"a":' * 100 + b"1" + b"}" * 100
    assert "deeper than is kept" in str(keep_body(deep, "application/json")["text"])
    assert "left_out" == keep_body(b"[" * 100_000, "application/json")["kind"]
