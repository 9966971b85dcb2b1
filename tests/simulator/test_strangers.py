"""A public demonstration: strangers share the application and its simulator, and notice nothing of each other."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from config import Settings
from webapp import create_app, wiring
from webapp.simulator import PASSWORD, create_simulator
from webapp.store.memory import MemoryStore

PUBLIC = "https://demo.example"
SETTINGS = Settings.from_env(
    {"PUBLIC_URL": PUBLIC, "SIMULATOR": "public", "SECRET_KEY": "0123456789abcdefghijklmnopqrstuv"}
)


class Stranger:
    """A browser with cookies of its own, without script."""

    def __init__(self, application) -> None:
        self.client = application.test_client()

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, base_url=PUBLIC, headers=headers, follow_redirects=True)

    def json(self, path: str):
        return self.get(path, Accept="application/json").json

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.client.post(path, base_url=PUBLIC, data=fields, headers={"Origin": PUBLIC}, follow_redirects=True)

    def enter(self, page: TestResponse, username: str, password: str = PASSWORD) -> TestResponse:
        """Fill in the form that asks for the password, whoever draws it."""
        form = next(each for each in re.findall(r"<form\b.*?</form>", page.text, re.DOTALL) if "password" in each)
        target = unescape(re.search(r'action="([^"]*)"', form)[1] if 'action="' in form else page.request.path)
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        fields |= {"username": username, "password": password, "action": "usernamePassword.check"}
        return self.post(target.removeprefix(PUBLIC), **fields)

    def refused_at_the_start(self) -> str:
        """The error code with which a redirectless sign-on ends before it has begun; empty when it begins."""
        found = re.search(r'data-error-code="([a-z_]+)"', self.get("/sign-on/redirectless").text)
        return found[1] if found else ""

    def sign_on(self, mode: str, username: str = "sharedTestUser", password: str = PASSWORD) -> str:
        """Sign on; the error code of the page where it ended, empty when somebody is signed on."""
        page = self.enter(self.get(f"/sign-on/{mode}"), username, password)
        found = re.search(r'data-error-code="([a-z_]+)"', page.text)
        return found[1] if found else "" if self.json("/session")["signed_in"] else page.text


@pytest.fixture
def strangers() -> tuple[Stranger, Stranger]:
    """Two of them, in front of one application."""
    base = SETTINGS.simulator_base
    simulator = create_simulator(base, public_url=PUBLIC, environments=20)
    services = wiring.build(SETTINGS, store=MemoryStore(), simulator=simulator)
    application = create_app(SETTINGS, services)
    return Stranger(application), Stranger(application)


@pytest.mark.parametrize("mode", ["hosted", "redirectless", "custom"])
def test_two_strangers(strangers, mode) -> None:
    """One locks a user; the other signs on as that user, in every mode."""
    ann, bob = strangers
    page = ann.get(f"/sign-on/{mode}")
    for _ in range(5):
        page = ann.enter(page, "sharedTestUser", "wrong")
    assert "" == bob.sign_on(mode)
    assert "refused" == ann.sign_on(mode)


def test_faults_meet_their_owner_alone(strangers) -> None:
    """Until they are cleared, at every sign-on and refresh of the stranger who chose them."""
    ann, bob = strangers
    for fault, code in (("nonce_wrong", "id_token_claim"), ("token_500", "provider_error"), ("key_rotated", "")):
        ann.post("/simulator/faults", fault=fault, mode="until-cleared")
        assert (code, "") == (ann.sign_on("redirectless"), bob.sign_on("redirectless"))
    ann.post("/simulator/faults", fault="refresh_refused", mode="until-cleared")
    outcomes = [re.search(r'data-error-code="(\w+)"', each.post("/session/refresh").text) for each in (ann, bob)]
    assert ["session_ended", None] == [each and each[1] for each in outcomes]


def test_metadata_goes_wrong_for_its_owner_alone(strangers) -> None:
    """With everything kept already; the other stranger goes on with what is kept, and so does the owner afterwards."""
    ann, bob = strangers
    assert "" == bob.sign_on("redirectless")
    for fault, code in (("discovery_foreign_issuer", "metadata_invalid"), ("keys_500", "provider_error")):
        ann.post("/simulator/faults", fault=fault, mode="until-cleared")
        assert (code, "") == (ann.refused_at_the_start() or ann.sign_on("redirectless"), bob.sign_on("redirectless"))
        ann.post("/faults", clear="true")
        assert "" == ann.sign_on("redirectless")


def test_the_bar_is_about_ones_own_fault(strangers) -> None:
    """On every page of the stranger who chose it, the simulator's included, and on no page of the other."""
    ann, bob = strangers
    ann.post("/simulator/faults", fault="nonce_wrong", mode="until-cleared")
    pages = [each.get(path, Accept="text/html").text for each in (ann, bob) for path in ("/checks", "/simulator/inbox")]
    assert [True, True, False, False] == ["Fault on: Wrong nonce" in page for page in pages]
    ann.post("/faults", clear="true")
    assert "Fault on" not in ann.get("/checks").text


def test_the_inbox_of_a_flow_that_the_server_drives(strangers) -> None:
    """Redirectless mode: the passcode is in the inbox of the browser for which the server began."""
    ann, bob = strangers
    for each in strangers:
        page = each.enter(each.get("/sign-on/redirectless"), "mfaTestUser")
        device = re.search(r'name="device" value="([^"]+)"|value="([^"]+)"[^>]*name="device"', page.text)
        each.post(page.request.path, action="device.select", device=device[1] or device[2])
    codes = [[message["code"] for message in each.json("/simulator/inbox")["messages"]] for each in (ann, bob)]
    assert [1, 1] == [len(each) for each in codes] and codes[0] != codes[1]


def test_the_server_never_holds_a_visitors_name(strangers) -> None:
    """It goes to the browser, once; with PingOne's own cookies it has nothing to do."""
    ann, _ = strangers
    first = ann.client.get("/sign-on/redirectless", base_url=PUBLIC)
    again = ann.client.get("/sign-on/redirectless", base_url=PUBLIC)
    named = [
        [line for line in each.headers.getlist("Set-Cookie") if "pingone-simulator" in line] for each in (first, again)
    ]
    assert [1, 0] == [len(each) for each in named]
    assert named[0][0].startswith("__Host-pingone-simulator=") and "Secure; HttpOnly; Path=/" in named[0][0]
    assert "pingone-simulator" not in json.dumps(ann.get("/traces").text)


def test_the_address_of_a_visitor_counts_where_the_server_calls(strangers) -> None:
    """Redirectless starts seem to come from this computer; they count for the browser behind them."""
    ann, bob = strangers
    for stranger, address in ((ann, "192.0.2.1"), (bob, "192.0.2.2")):
        stranger.client.environ_base["REMOTE_ADDR"] = address
    for _ in range(10):
        bob.client.get("/sign-on/redirectless", base_url=PUBLIC)
        bob.client.get("/", base_url=PUBLIC)
        bob.client.delete_cookie("__Host-pingone-simulator", domain="demo.example")
    refused = bob.get("/sign-on/redirectless").text
    assert 'data-error-code="refused"' in refused and "Please try again in ten minutes" in refused
    assert "" == ann.sign_on("redirectless")


def test_many_starts_of_one_stranger(strangers) -> None:
    """With and without cookies, they cost nobody else a flow."""
    ann, bob = strangers
    page = ann.get("/sign-on/redirectless")
    for number in range(200):
        bob.client.get("/sign-on/redirectless", base_url=PUBLIC)
        if number > 60:
            bob.client.delete_cookie("__Host-pingone-simulator", domain="demo.example")
    ann.enter(page, "sharedTestUser")
    assert ann.json("/session")["signed_in"]


def test_nobody_types_anything_real_without_being_warned(strangers) -> None:
    """On every page with a form, whoever draws it, and where one reads before one begins."""
    ann, _ = strangers
    for path in ("/", "/sign-on/redirectless", "/sign-on/hosted", "/session", "/help/refused", "/transfer"):
        page = ann.get(path, Accept="text/html").text
        assert re.search("enter nothing real", page, re.IGNORECASE), path
    ann.post("/simulator/faults", clear="true")
    for path in ("/simulator/", "/simulator/inbox", "/simulator/faults", "/simulator/nothing"):
        assert "Enter nothing real" in ann.get(path, Accept="text/html").text, path


def test_what_strangers_typed_is_kept_for_an_hour(strangers) -> None:
    """Stories and environments end with their hour, so sessions do too, whatever was configured."""
    assert 60 == SETTINGS.session_minutes
    longer = {"SIMULATOR": "public", "PUBLIC_URL": PUBLIC, "SECRET_KEY": SETTINGS.secret_key, "SESSION_MINUTES": "999"}
    assert 60 == Settings.from_env(longer).session_minutes
    assert 999 == Settings.from_env({**longer, "SIMULATOR": "on", "PUBLIC_URL": ""}).session_minutes


def test_robots_read_pages_and_begin_no_visits(strangers) -> None:
    """A real application is none of their business at all."""
    ann, _ = strangers
    rules = ann.get("/robots.txt").text.splitlines()
    assert {"User-agent: *", "Disallow: /sign-on", "Disallow: /simulator", "Disallow: /signed-off"} <= {*rules}
    assert "Disallow: /" not in rules
    assert not ann.client._cookies
    some = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
    tenant = {"PINGONE_ENVIRONMENT_ID": some, "PINGONE_CLIENT_ID": some}
    settings = Settings.from_env({"SECRET_KEY": SETTINGS.secret_key, **tenant})
    alone = create_app(settings, wiring.build(settings, store=MemoryStore())).test_client()
    assert "User-agent: *\nDisallow: /\n" == alone.get("/robots.txt", base_url="http://localhost:8000").text


def test_the_imprint_is_a_click_away() -> None:
    """At the foot of every page, if there is one."""
    words = {"SIMULATOR": "public", "PUBLIC_URL": PUBLIC, "SECRET_KEY": SETTINGS.secret_key}
    linked = []
    for imprint in ("https://www.example.com/imprint", ""):
        settings = Settings.from_env(words | {"IMPRINT_URL": imprint})
        page = create_app(settings, wiring.build(settings, store=MemoryStore())).test_client().get("/", base_url=PUBLIC)
        linked.append('<a href="https://www.example.com/imprint">Imprint</a>' in page.text)
    assert [True, False] == linked
