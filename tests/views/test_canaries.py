"""No page, header, archive, log line or stored story contains a secret of any of the three modes."""

import io
import json
import logging
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote_plus

import pytest

from tests.support.overheard import MakeReader, Reader, forms_of
from webapp.log_lines import Json, Text
from webapp.simulator import PASSWORD
from webapp.simulator.engine.applications import AWKWARD_SECRET

NEW_PASSWORD = "Canary-Passwort+&-9431!"
CONFIDENTIAL = {
    "SIMULATOR": "on",
    "PINGONE_CLIENT_ID": "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a01",
    "PINGONE_CLIENT_SECRET": AWKWARD_SECRET,
}
SETTINGS = {"hosted": CONFIDENTIAL, "redirectless": CONFIDENTIAL, "custom": {}}
PAGES = ("/", "/session", "/session/tokens", "/checks", "/settings", "/how-it-works", "/sign-on/prepare", "/help")
BUTTONS = ("/session/refresh", "/session/userinfo", "/session/introspect", "/session/revoke")
ON_THE_WAY = {"state", "nonce", "id_token"}
"""What a redirect to PingOne carries, because the browser has to bring it there."""


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, at any level, in both formats."""
    text, root = io.StringIO(), logging.getLogger()
    handlers = [logging.StreamHandler(text) for _ in range(2)]
    for handler, formatter in zip(handlers, (Text(), Json()), strict=True):
        handler.setFormatter(formatter)
        root.addHandler(handler)
    yield text
    for handler in handlers:
        root.removeHandler(handler)


@pytest.mark.parametrize("mode", SETTINGS)
def test_nothing_secret_is_shown_or_kept(make_reader: MakeReader, log: io.StringIO, mode: str) -> None:
    """A new password, everything the session page offers, a refused sign-on, sign-off; then every answer is read."""
    reader = make_reader(**SETTINGS[mode])
    stories = [walk_through(reader, mode)]
    reader.switch(fault="nonce_wrong", mode="next")
    assert reader.sign_on(mode).status_code == 502
    stories.append(reader.story())
    reader.get(f"/traces/{reader.trace}")
    reader.get(f"/traces/{stories[1]['id']}.har")
    secrets = {
        **reader.wire.heard,
        "password": {NEW_PASSWORD},
        "client_secret": {AWKWARD_SECRET},
        "cookie": cookies(reader),
    }
    assert {"code", "state", "nonce", "code_verifier", "access_token", "refresh_token", "id_token", "ST"} <= set(
        secrets
    )
    found = [leak for url, answer in reader.answers for leak in leaks_of_answer(url, answer, secrets)]
    found += leaks("a stored story", json.dumps(stories, ensure_ascii=False), secrets)
    found += leaks("the log", log.getvalue(), secrets)
    assert [] == found
    assert len(reader.answers) > 25
    assert "signed_on" in log.getvalue()


def walk_through(reader: Reader, mode: str) -> dict[str, object]:
    """Sign on as somebody who must choose a new password, look at everything, sign off; the story is returned."""
    reader.sign_on(mode, "changeTestUser", "not the password")
    reader.sign_on(mode, "changeTestUser")
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    if mode == "hosted":
        change = {"action": "password.reset", "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    reader.post(reader.url, change)
    assert reader.session()["signed_in"]
    for path in PAGES:
        assert reader.get(path).status_code == 200
    for path in BUTTONS:
        assert reader.press(path).status_code == 200
    reader.get("/session")
    story = reader.story()
    assert reader.get(f"/traces/{reader.trace}").status_code == 200
    assert reader.get(f"/traces/{story['id']}.har").status_code == 200
    reader.press("/sign-off")
    kept = reader.services.traces.get(str(story["id"]))
    assert kept is not None
    return kept


def test_a_passcode_is_shown_and_kept_nowhere(reader: Reader, log: io.StringIO) -> None:
    """It has six digits, so it has no tag either: whoever knew a hash would know the passcode."""
    reader.sign_on("redirectless", "mfaTestUser")
    reader.post(reader.url, {"device": re.findall(r'name="device" value="([^"]+)"', reader.page.text)[0]})
    inbox = reader.client.get(
        "/simulator/inbox", base_url="http://127.0.0.1:5997", headers={"Accept": "application/json"}
    )
    passcode = inbox.get_json()["messages"][0]["code"]
    reader.post(reader.url, {"otp": passcode})
    reader.get("/session")
    story = json.dumps(reader.story())
    reader.get(f"/traces/{reader.trace}")
    assert "otp.check" in reader.page.text
    texts = [answer.text for _, answer in reader.answers] + [log.getvalue(), story]
    assert [] == [text for text in texts if re.search(rf"(?<![0-9a-f#]){passcode}(?![0-9a-f])", text)]


def test_the_owner_alone_sees_a_token_in_full_and_only_after_asking(reader: Reader) -> None:
    """By POST, so that no address leads to it; the other tokens stay masked."""
    reader.sign_on("hosted")
    reader.get("/session/tokens")
    buttons = re.findall(r'<button[^>]*name="([a-z_]+)" value="([a-z_]+)">Reveal', reader.page.text)
    assert ["id_token", "access_token", "refresh_token"] == [kind for _, kind in buttons]
    held = {kind: reader.wire.heard[kind] for _, kind in buttons}
    assert not any(value in reader.page.text for values in held.values() for value in values)
    for name, kind in buttons:
        page = reader.press("/session/reveal", **{name: kind}).text
        assert [kind] == [each for each, values in held.items() if any(value in page for value in values)]
    assert 401 == reader.another().press("/session/reveal", token="id_token").status_code
    assert 405 == reader.get("/session/reveal").status_code


def cookies(reader: Reader) -> set[str]:
    """The values of the cookies that the application set: session ids and the secrets of attempts."""
    lines = [line for _, answer in reader.answers for line in answer.headers.getlist("Set-Cookie")]
    return {value for line in lines if len(value := line.partition("=")[2].partition(";")[0]) >= 16}


def leaks_of_answer(url: str, answer, secrets) -> list[str]:
    """What an answer of the application shows, but its own cookies, which are meant for the browser alone."""
    to_pingone = answer.headers.get("Location", "").startswith("http://127.0.0.1:")
    found = leaks(f"the page {url}", answer.get_data(as_text=True), secrets)
    for name, value in answer.headers:
        hidden = {kind: values for kind, values in secrets.items() if not (to_pingone and kind in ON_THE_WAY)}
        if name != "Set-Cookie":
            found += leaks(f"the header {name} of {url}", value, hidden)
    return found


def leaks(where: str, text: str, secrets) -> list[str]:
    """One line for each secret that the text holds, as it is or encoded."""
    readings = {text, unescape(text), unquote_plus(text), text.encode().decode("unicode_escape", "replace")}
    return [
        f"{kind} in {where}"
        for kind, values in secrets.items()
        if any(form in reading for value in values for form in forms_of(value) for reading in readings)
    ]
