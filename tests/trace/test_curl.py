"""A step can be repeated in a shell: masks become variables, and nothing else of a text means anything to the shell."""

import json
import os
import shlex
import subprocess

import pytest

from webapp.trace.curl import curl_of
from webapp.trace.render import present
from webapp.trace.story import Story

BASE = "https://auth.pingone.example/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
FORM = "application/x-www-form-urlencoded"
VALUE = "0b5ff4e6-1ed1-4b3f-9aef-52f3f1a5d0aa"
FLOW = "d5dee5a9-2f6f-4d4c-8e0a-1f2f3f4f5f6f"


@pytest.fixture
def curl(exchange):
    """The curl command of one exchange."""

    def command(*parts, **more) -> str:
        story = Story.begin("t", "hosted", 0.0)
        story.record(exchange(*parts, **more))
        return curl_of(story.steps[0])

    return command


def words(command: str, **variables: str) -> list[str]:
    """The words that a real shell makes of the command, without running curl."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\n{command}\n"
    done = subprocess.run(["/bin/sh", "-c", script], env=os.environ | variables, capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


def test_a_token_call_becomes_a_form_with_variables(curl) -> None:
    """Code and verifier are the reader's to fill in."""
    command = curl(
        "POST",
        "/as/token",
        sent=f"grant_type=authorization_code&code={VALUE}&code_verifier={VALUE}x&redirect_uri=http://a/b".encode(),
        sent_type=FORM,
        headers=(("Accept", "application/json"), ("User-Agent", "x"), ("Content-Length", "9")),
    )
    assert (
        f"curl --include \\\n  {BASE}/as/token \\\n"
        "  --header 'Accept: application/json' \\\n"
        "  --data-urlencode grant_type=authorization_code \\\n"
        '  --data-urlencode "code=${CODE}" \\\n'
        '  --data-urlencode "code_verifier=${CODE_VERIFIER}" \\\n'
        "  --data-urlencode redirect_uri=http://a/b"
    ) == command


def test_the_session_cookie_of_resume_is_a_variable(curl) -> None:
    """`ST` is what makes resume work, and what must never be shared."""
    command = curl(path=f"/as/resume?flowId={FLOW}", headers=(("Cookie", f"ST={VALUE}; ST-NO-SS={VALUE}2"),))
    sent = words(command, ST="one", ST_NO_SS="two")
    assert ["--include", f"{BASE}/as/resume?flowId={FLOW}", "--cookie", "ST=one; ST-NO-SS=two"] == sent


def test_json_keeps_its_media_type_and_its_quotes(curl) -> None:
    """The Content-Type names the action, so it has to go with the body."""
    media_type = "application/vnd.pingidentity.usernamePassword.check+json"
    body = json.dumps({"username": 'o\'neil "$HOME" `id` \\', "password": "hunter2"}).encode()
    sent = words(curl("POST", "/flows/1", sent=body, sent_type=media_type), PASSWORD="correct horse")
    assert ["--header", f"Content-Type: {media_type}", "--data-raw"] == sent[2:5]
    assert {"username": 'o\'neil "$HOME" `id` \\', "password": "correct horse"} == json.loads(sent[5])


def test_client_authentication_and_bearer_tokens(curl) -> None:
    """Basic authentication becomes --user; a bearer token is a variable in its header."""
    basic = curl(
        "POST", "/as/token", sent=b"a=b", sent_type=FORM, headers=(("Authorization", "Basic Y2xpZW50OnNlY3JldA=="),)
    )
    bearer = curl(path="/as/userinfo", headers=(("Authorization", f"Bearer {VALUE}"),))
    assert ["--user", "client:s3"] == words(basic, CLIENT_SECRET="s3")[2:4]
    assert ["--header", "Authorization: Bearer t0ken"] == words(bearer, ACCESS_TOKEN="t0ken")[2:4]


def test_two_values_of_one_kind_are_two_variables(curl) -> None:
    """Otherwise filling in one would fill in the other."""
    sent = words(curl(path=f"/x?state={VALUE}&code={VALUE}1&state={VALUE}2"), STATE="a", CODE="b", STATE__2="c")
    assert f"{BASE}/x?state=a&code=b&state=c" == sent[1]


@pytest.mark.parametrize(
    "text", ["$(touch x)", "`id`", "'; id; '", '"', "\\", "!!", "a\nb", "*", "~", "-o", "{a,b}[1-2]"]
)
@pytest.mark.parametrize("secret", ["", f"&code={VALUE}"])
def test_no_text_means_anything_to_the_shell(curl, text: str, secret: str) -> None:
    """Commands are there to be pasted, and PingOne's answers must not write them."""
    sent = words(curl("POST", "/as/x", sent=f"v={text}{secret}".encode(), sent_type=FORM, headers=(("X-A", text),)))
    assert f"v={text}" in sent
    assert f"X-A: {text}" in sent


def test_patterns_in_a_url_are_switched_off(curl) -> None:
    """curl would expand brackets and braces."""
    assert "--globoff" in shlex.split(curl(path="/x?a={1,2}"))


def test_an_unusual_method_is_named(curl) -> None:
    """GET without a body and POST with one need no word."""
    assert "--request" not in curl("POST", "/x", sent=b"a=b", sent_type=FORM)
    assert ["--include", "--request", "POST", f"{BASE}/x"] == words(curl("POST", "/x"))


def test_there_is_no_command_for_what_only_a_browser_can_do(told: Story, exchange) -> None:
    """A callback is bound to its browser; a body that was not kept cannot be sent again."""
    told.record(exchange("POST", "/x", sent=b"\xff"))
    has_command = [bool(card.curl) for card in present(told.to_record()).cards]
    assert [True, False, True, True, False] == has_command
