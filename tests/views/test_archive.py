"""The archive and the curl lines of real sign-ons: valid to the schema, and good enough to make the calls again."""

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.serving import make_server

from tests.support.overheard import MakeReader, Reader
from webapp.server import listen
from webapp.simulator import PASSWORD

SCHEMA = json.loads((Path(__file__).parents[1] / "trace" / "data" / "har-1.2.schema.json").read_text(encoding="utf-8"))
MODES = ("hosted", "redirectless", "custom")


def archive(reader: Reader) -> dict:
    """The archive that the page of the story at hand offers, held against the schema of HAR 1.2."""
    reader.get(f"/traces/{reader.trace}")
    found = re.search(r'href="([^"]+\.har)" download', reader.page.text)
    answer = reader.get(found[1])
    assert (200, "application/json") == (answer.status_code, answer.mimetype)
    assert re.fullmatch(r'attachment; filename="sign-on-[\w-]+\.har"', answer.headers["Content-Disposition"])
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(answer.json)
    return answer.json


HIDDEN = ("pingone_page", "pingone_form", "resume_of_browser")
"""What a hosted sign-on shows of PingOne's page, where PingOne is simulated."""


@pytest.mark.parametrize("mode", MODES)
def test_a_session_can_be_opened_in_developer_tools(reader: Reader, mode: str) -> None:
    """From the beginning of the sign-on to the last button: every step is an entry, in order, with absolute URLs."""
    someone = reader.another()
    someone.sign_on(mode)
    for button in ("refresh", "userinfo", "introspect", "revoke"):
        someone.press(f"/session/{button}")
    someone.get("/session")
    steps = someone.steps()
    entries = archive(someone)["log"]["entries"]
    ours = [entry["_step"] for entry in entries if entry["_step"] not in HIDDEN]
    assert [step["name"] for step in steps] == ours
    assert ["refresh", "userinfo", "introspect", "revoke"] == [entry["_step"] for entry in entries][-4:]
    assert all(entry["request"]["url"].startswith("http://") for entry in entries)
    assert sorted(entry["startedDateTime"] for entry in entries) == [entry["startedDateTime"] for entry in entries]


@pytest.mark.parametrize(
    "fault", ["token_500", "token_html", "nonce_wrong", "code_twice", "access_denied", "flow_failed"]
)
def test_a_refused_sign_on_can_be_opened_in_developer_tools(reader: Reader, fault: str) -> None:
    """Whatever came back instead of an answer."""
    someone = reader.another()
    someone.switch(fault=fault, mode="next")
    assert someone.sign_on("hosted" if fault == "code_twice" else "custom").status_code >= 400
    assert "refused" in archive(someone)["log"]["pages"][0]["title"]


@pytest.fixture
def served(make_reader: MakeReader) -> Iterator[Reader]:
    """A reader of an application whose simulator can be reached over a real socket as well."""
    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        reader = make_reader(PORT=str(port))
        server = make_server("127.0.0.1", port, reader.client.application, threaded=True, fd=listening.fileno())
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield reader
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_commands_of_a_story_make_its_calls_again(served: Reader) -> None:
    """Taken from the file one by one, secrets filled in: another sign-on, made by hand. Its flow has another id."""
    if not shutil.which("curl"):
        assert "CI" not in os.environ, "curl is missing, and in CI a skipped test is a failed one"
        pytest.skip("curl is missing: the commands of the story were not tried")
    served.sign_on("redirectless")
    served.press("/session/userinfo")
    served.press("/session/introspect")
    served.get("/session")
    file = served.get(f"/traces/{served.trace}.sh").text
    lines = {name: line for name, line in commands(file, served).items() if name != "discovery" and name != "jwks"}
    calls = [
        "authorize_by_server",
        "flow_action:usernamePassword.check",
        "resume_json",
        "token",
        "userinfo",
        "introspect",
    ]
    assert calls == list(lines)
    known = {"STATE": "a-state-of-my-own", "NONCE": "a-nonce-of-my-own", "PASSWORD": PASSWORD}
    [known["CODE_VERIFIER"]] = served.wire.heard["code_verifier"]
    old, new = "", ""
    for name, line in lines.items():
        head, answer = run(line.replace(old, new) if old else line, known)
        assert " 200 " in head.splitlines()[0], f"{name}: {head}\n{answer}"
        if name == "authorize_by_server":
            old, new = re.search(r"flows/([0-9a-f-]{36})", "".join(lines.values()))[1], answer["id"]
        known |= found_in(head, answer)
    assert answer["active"] is True
    assert "sharedTestUser" == answer["username"]


def commands(file: str, reader: Reader) -> dict[str, str]:
    """Each command of a story by the name of its step."""
    reader.get("/session")
    steps = [step["name"] for step in reader.steps()]
    return {steps[int(index) - 1]: line.strip() for index, line in re.findall(r"^# (\d+) .*\n((?:.+\n)+)", file, re.M)}


def run(line: str, variables: dict[str, str]) -> tuple[str, dict]:
    """Head and JSON of the answer to a command in a shell that knows the variables and nothing else."""
    env = {"PATH": os.environ["PATH"], **variables}
    command = ["/bin/sh", "-u", "-c", f"{line} --silent --max-time 10 --noproxy '*'"]
    done = subprocess.run(command, env=env, capture_output=True, check=True)
    head, _, body = done.stdout.decode().partition("\r\n\r\n")
    return head, json.loads(body)


def found_in(head: str, answer: dict) -> dict[str, str]:
    """What later commands need of an answer, under the names that the commands use."""
    found = dict(re.findall(r"(?im)^set-cookie: (ST)=([^;]+)", head))
    if "authorizeResponse" in answer:
        found["CODE"] = answer["authorizeResponse"]["code"]
    if "access_token" in answer:
        found |= {"ACCESS_TOKEN": answer["access_token"], "TOKEN": answer["access_token"]}
    return found
