"""A simulator in the hands of a test: from Python, and over the JSON API, which is closed unless asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.simulator.driver import (
    BASE,
    PUBLIC,
    REDIRECT_URI,
    Clock,
    Driver,
    authorization_parameters,
    claims,
    header,
    query,
)
from webapp.simulator import CLIENT_ID, PASSWORD, create_simulator
from webapp.simulator.control import Control
from webapp.simulator.running import running


@pytest.fixture
def simulator(clock: Clock) -> Flask:
    return create_simulator(BASE, public_url=PUBLIC, now=clock, admin=True)


@pytest.fixture
def control(simulator: Flask) -> Control:
    return Control(simulator)


def call(driver: Driver, method: str, path: str, /, **options):
    """A program on this computer."""
    return driver.client.open(f"/admin{path}", method=method, base_url=BASE, **options)


def authorization_url(control: Control, driver: Driver, **changes: str) -> str:
    changed = authorization_parameters(**changes)
    return str(driver.client.get(f"{control.issuer.removeprefix(BASE)}/authorize", base_url=BASE,
                                 query_string=changed).request.url)


def test_the_rules_of_march_2027(driver: Driver, control: Control) -> None:
    """Chosen by name; a name or reading that is none is refused; a reset takes it back."""
    assert 204 == call(driver, "PUT", "/switch", json={"name": "era", "reading": "2027"}).status_code
    assert "at+jwt" == header(driver.tokens()["access_token"])["typ"]
    for wrong in ({"name": "era", "reading": "1999"}, {"name": "none", "reading": "2027"}, {"name": "era"}):
        assert 400 == call(driver, "PUT", "/switch", json=wrong).status_code
    control.reset()
    assert "typ" not in header(driver.tokens(prompt="login")["access_token"])


def test_it_is_closed_unless_asked_for() -> None:
    """Nothing under the address answers."""
    closed = Driver(create_simulator(BASE, public_url=PUBLIC))
    assert 404 == closed.get("/admin/").status_code == closed.get("/simulator/admin/").status_code


@pytest.mark.parametrize("other", [
    {"environ_overrides": {"REMOTE_ADDR": "192.0.2.7"}},
    {"headers": {"Origin": "http://127.0.0.1:8123"}},
    {"headers": {"Sec-Fetch-Site": "same-origin"}},
    {"headers": {"Host": "rebound.example:8123"}},
])
def test_only_programs_on_this_computer_may_use_it(driver: Driver, other) -> None:
    """No other computer, no browser, no name that somebody made to lead here."""
    assert 200 == call(driver, "GET", "/").status_code
    assert 403 == call(driver, "GET", "/", **other).status_code
    assert 403 == call(driver, "POST", "/reset", **other).status_code


def test_a_test_in_another_language(driver: Driver, control: Control) -> None:
    """User, application, policy, sign-on, inbox and reset, all as JSON."""
    user = {"username": "ada", "password": "Lovelace-1815!", "givenName": "Ada", "afterwards": ["mfa"]}
    assert 201 == call(driver, "POST", "/users", json=user).status_code
    asked = {"name": "Mine", "redirectUris": ["https://rp.example/cb"], "tokenEndpointAuthMethod": "CLIENT_SECRET_POST"}
    made = call(driver, "POST", "/applications", json=asked).json
    assert made["clientSecret"] and made["clientId"] in call(driver, "GET", "/").text
    assert 201 == call(driver, "POST", "/policies", json={"name": "Careful", "steps": ["login", "mfa"]}).status_code
    url = authorization_url(control, driver, client_id=made["clientId"], redirect_uri="https://rp.example/cb",
                            acr_values="Careful")
    body = {"authorizationUrl": url, "username": "ada", "password": "Lovelace-1815!"}
    location = call(driver, "POST", "/sign-ons", json=body).json["location"]
    assert location.startswith("https://rp.example/cb?code=")
    held = driver.redeem(query(location)["code"], client_id=made["clientId"], client_secret=made["clientSecret"],
                         redirect_uri="https://rp.example/cb").json
    assert ("Careful", "Ada") == (claims(held["id_token"])["acr"], claims(held["id_token"])["given_name"])
    assert ["ada"] == [each["username"] for each in call(driver, "GET", "/inbox").json["messages"]]
    assert 204 == call(driver, "POST", "/reset").status_code
    assert made["clientId"] not in call(driver, "GET", "/").text
    assert [] == call(driver, "GET", "/inbox").json["messages"]


def test_faults_and_the_clock(driver: Driver, clock: Clock) -> None:
    """Chosen, cleared, set and moved."""
    call(driver, "PUT", "/fault", json={"name": "nonce_wrong", "mode": "until-cleared"})
    assert "nonce-1" != claims(driver.tokens()["id_token"])["nonce"]
    assert 204 == call(driver, "DELETE", "/fault").status_code
    call(driver, "PUT", "/clock", json={"now": 2_000_000_000})
    call(driver, "PUT", "/clock", json={"move": -100})
    issued = claims(driver.another().tokens()["id_token"])
    assert ("nonce-1", 1_999_999_900) == (issued["nonce"], issued["iat"])


@pytest.mark.parametrize(("method", "path", "body", "named"), [
    ("POST", "/users", {}, "username is required"),
    ("POST", "/users", {"username": "x", "shoeSize": 43}, "shoe_size"),
    ("POST", "/users", {"username": "x", "enabled": "no"}, "enabled must be bool"),
    ("POST", "/users", {"username": "x", "afterwards": ["dance"]}, "dance"),
    ("POST", "/applications", {"name": "x", "redirectUris": [7]}, "redirect_uris must be"),
    ("POST", "/applications", {"name": "x", "redirectUris": "https://rp.example"}, "redirect_uris must be"),
    ("POST", "/policies", {"name": "x", "steps": ["mfa"]}, "a policy starts with"),
    ("PUT", "/fault", {"name": "no_such"}, "no_such"),
    ("PUT", "/fault", {"name": "nonce_wrong", "mode": "always"}, "always"),
    ("PUT", "/clock", {"now": True}, "a number of seconds"),
    ("POST", "/sign-ons", {"authorizationUrl": "https://elsewhere.example/as/authorize?"}, "does not begin with"),
    ("POST", "/users", [], "must be a JSON object"),
])
def test_a_mistake_is_named(driver: Driver, method, path, body, named) -> None:
    """400 and a sentence."""
    answer = call(driver, method, path, json=body)
    assert (400, True) == (answer.status_code, named in answer.json["message"]), answer.text


def test_a_fixture_serves_over_http() -> None:
    """A free port of loopback, and a server that ends."""
    with running(redirect_uris=[REDIRECT_URI]) as control:
        application = control.applications["UseCasePKCEApp"]
        url = f"{control.issuer}/authorize?response_type=code&scope=openid&client_id={control.client_id}"
        assert (CLIENT_ID, PASSWORD) == (application.client_id, control.password)
        with pytest.raises(ValueError, match="the application was not called back"):
            control.sign_on(url)
        with pytest.raises(ValueError, match=r"waits for a person.*incorrect"):
            control.sign_on(f"{url}&redirect_uri={REDIRECT_URI}&code_challenge={'x' * 43}&code_challenge_method=S256",
                            password="wrong")


def test_resetting_keeps_the_key_alone(control: Control, driver: Driver, clock: Clock) -> None:
    """Making one takes a tenth of a second, which a thousand tests would each wait for."""
    before = driver.get("/as/jwks").json
    control.add_user("sharedTestUser", password="Another-2026!")
    control.move_clock(99)
    control.reset()
    assert before == driver.get("/as/jwks").json
    assert int(clock()) == claims(driver.tokens()["id_token"])["iat"]


def test_the_documentation_is_whole(control: Control, simulator: Flask) -> None:
    """Every member of the fixture and every request of the API has its row, and no row tells of anything else."""
    text = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text()
    rows = [row.split("|")[1] for row in text.split("\n") if row.startswith("| `")]
    members = {name for row in rows if "/admin" not in row for name in re.findall(r"`([a-z_]+)[`(\[]", row)}
    assert {name for name in dir(control) if not name.startswith("_")} == members
    rules = [rule for rule in simulator.url_map.iter_rules() if rule.rule.startswith("/simulator/admin")]
    routes = {f"{method} {rule.rule}" for rule in rules for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert routes == {row.strip(" `") for row in rows if "/admin" in row}
