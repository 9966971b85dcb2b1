"""The export is a valid HTTP Archive, as masked as the story, and developer tools can open it."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from webapp.trace.har import to_har
from webapp.trace.mask import mask
from webapp.trace.story import Story

SCHEMA = json.loads((Path(__file__).parent / "data" / "har-1.2.schema.json").read_text(encoding="utf-8"))
VALUE = "0b5ff4e6-1ed1-4b3f-9aef-52f3f1a5d0aa"
STATE = "5a7e0000-1ed1-4b3f-9aef-52f3f1a5d0aa"


def validate(archive: object) -> None:
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(archive)


def test_a_story_is_a_valid_archive(told: Story, exchange) -> None:
    """With JSON, forms, cookies, redirects, time-outs and bodies that were left out."""
    told.record(
        exchange(
            path="/as/resume?flowId=1",
            headers=(("Cookie", f"ST={VALUE}; ST-NO-SS={VALUE}"),),
            status=302,
            answer_headers=(
                ("Set-Cookie", "ST=; Path=/env; Secure; HttpOnly"),
                ("Location", f"http://a/cb?code={VALUE}"),
            ),
        )
    )
    told.record(
        exchange("POST", "/flows/1", sent=b"{}", sent_type="application/json", answer=b"<p>", answer_type="text/html")
    )
    told.record(exchange("POST", "/as/revoke", sent=b"\xff", status=None, failure="ReadTimeout: late", answer_type=""))
    archive = json.loads(json.dumps(to_har(told.to_record(), version="1.0")))
    validate(archive)
    assert 7 == len(archive["log"]["entries"])


def test_the_schema_refuses_what_is_not_an_archive(told: Story) -> None:
    """A schema that accepts everything shows nothing."""
    archive = to_har(told.to_record())
    archive["log"]["entries"][0]["request"].pop("cookies")
    with pytest.raises(ValidationError, match="cookies"):
        validate(archive)


def test_an_entry_says_what_was_asked_and_answered(told: Story) -> None:
    """Method, absolute URL, query, form, timings."""
    authorize, callback, token, _ = to_har(told.to_record(), origin="http://localhost:8000/")["log"]["entries"]
    assert ["GET", "GET", "POST"] == [entry["request"]["method"] for entry in (authorize, callback, token)]
    assert callback["request"]["url"].startswith("http://localhost:8000/callback?code=")
    assert {"name": "state", "value": mask("state", STATE)} in authorize["request"]["queryString"]
    assert mask("state", STATE) == parse_qs(urlsplit(authorize["request"]["url"]).query)["state"][0]
    assert {"name": "code", "value": mask("code", VALUE)} in token["request"]["postData"]["params"]
    assert (125.0, 125.0) == (token["time"], token["timings"]["wait"])
    assert "2026-11-18T11:06:42.000+00:00" == token["startedDateTime"]


def test_cookies_and_redirects_have_members_of_their_own(exchange) -> None:
    """Developer tools show them in tabs."""
    story = Story.begin("t", "custom", 0.0)
    cookie = f"ST={VALUE}; Path=/env; Secure; HttpOnly; SameSite=None"
    story.record(
        exchange(
            headers=(("Cookie", f"a={VALUE}; b=2"),),
            status=302,
            answer_headers=(("Set-Cookie", cookie), ("Location", f"http://a/cb?code={VALUE}")),
        )
    )
    [entry] = to_har(story.to_record())["log"]["entries"]
    assert [("a", mask("cookie", VALUE)), ("b", "‹cookie›")] == [
        (one["name"], one["value"]) for one in entry["request"]["cookies"]
    ]
    expected = {"name": "ST", "value": mask("cookie", VALUE), "path": "/env", "secure": True, "httpOnly": True}
    assert [expected] == entry["response"]["cookies"]
    assert f"http://a/cb?code={mask('cookie', VALUE)}" == entry["response"]["redirectURL"]


def test_no_canary_reaches_the_archive(exchange, canaries) -> None:
    """The archive is made from the masked record only."""
    story = Story.begin("t", "hosted", 0.0)
    for kind, value in canaries.items():
        story.secret(kind, value)
        story.record(exchange("POST", f"/as/token?x={value}", sent=value.encode(), answer=json.dumps([value]).encode()))
    archive = json.dumps(to_har(story.to_record()), ensure_ascii=False)
    assert [] == [kind for kind, value in canaries.items() if value in archive]


def test_a_story_without_steps_is_a_valid_archive() -> None:
    """A sign-on that has only begun."""
    validate(json.loads(json.dumps(to_har(Story.begin("t", "hosted", 0.0).to_record()))))
