"""The pages are pages: one heading, labels, no script, and they say that nothing is real."""

from __future__ import annotations

import re

import pytest

from tests.simulator.driver import BASE, Driver, body
from webapp.simulator import DEMO_USERS, ENVIRONMENT_ID, create_simulator

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/", "/inbox", "/faults", "/elsewhere", "/signon/signed-off", "/nothing"])
def test_every_page_is_complete(driver: Driver, path) -> None:
    """Language, one h1, a main landmark, the banner, no inline script or style."""
    page = driver.get(path, headers=HTML)
    assert "text/html" == page.mimetype
    assert 1 == page.text.count("<h1")
    assert '<html lang="en">' in page.text and '<main id="main"' in page.text
    assert "nothing here is real" in page.text
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page.text)
    assert "no-store" == page.headers["Cache-Control"]
    assert "same-origin" == page.headers["Referrer-Policy"]


def test_every_field_has_a_label(driver: Driver) -> None:
    """On the page with the most fields."""
    page = driver.get(driver.authorize(acr_values="Registration").location).text
    ids = re.findall(r'<input id="([\w-]+)"', page)
    assert ids and len(ids) == len(set(ids))
    assert set(ids) <= set(re.findall(r'<label for="([\w-]+)"', page))


def test_the_overview_lists_everything(driver: Driver) -> None:
    """Environment, every application, every user."""
    page, about = driver.get("/", headers=HTML).text, body(driver.get("/about.json"))
    assert ENVIRONMENT_ID in page
    assert all(name in page for name, _ in DEMO_USERS)
    assert all(each["clientId"] in page and each["name"] in page for each in about["applications"])


def test_about_states_the_environment(driver: Driver) -> None:
    """The shape that other programs read."""
    about = body(driver.get("/about.json"))
    base = f"{BASE}/{ENVIRONMENT_ID}"
    assert {"id": ENVIRONMENT_ID, "base": base, "issuer": f"{base}/as", "region": "NA"} == about["environment"]
    assert {"UseCasePKCEApp", "UseCasePKCEApp custom page"} <= {each["name"] for each in about["applications"]}
    methods = {each["tokenEndpointAuthMethod"] for each in about["applications"]}
    assert {"NONE", "CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT"} == methods
    assert {"OPTIONAL", "REQUIRED", "S256_REQUIRED"} == {each["pkceEnforcement"] for each in about["applications"]}
    assert {"OPTIONAL", "REQUIRED"} == {each["parRequirement"] for each in about["applications"]}
    for each in about["applications"]:
        service = each["name"] == "UseCaseServiceApp"
        assert (["CLIENT_CREDENTIALS"] if service else ["AUTHORIZATION_CODE", "REFRESH_TOKEN"]) == each["grantTypes"]
        assert ("privateKey" in each) == (each["tokenEndpointAuthMethod"] == "PRIVATE_KEY_JWT")


def test_it_stands_alone_with_more_redirect_uris() -> None:
    """At the root of a port of its own, for an application elsewhere."""
    base, uri = "http://127.0.0.1:9123", "https://app.example/oidc/back"
    alone = Driver(create_simulator(base, redirect_uris=[uri]), base)
    registered = body(alone.get("/about.json"))["applications"][0]
    assert ["http://localhost:8000/callback", uri] == registered["redirectUris"]
    assert "https://app.example/signed-off" in registered["postLogoutRedirectUris"]
    assert alone.authorize(redirect_uri=uri).location.startswith(f"{base}/{ENVIRONMENT_ID}/signon/?flowId=")
    assert 'href="/static/simulator.css"' in alone.get("/", headers=HTML).text


def test_unknown_environments_and_wrong_methods(driver: Driver) -> None:
    """PingOne's error shape, whatever Flask found wrong."""
    other = driver.get("/03ae87ab-173f-459f-8225-965d338735b8/as/jwks")
    assert (404, "NOT_FOUND") == (other.status_code, body(other)["code"])
    wrong = driver.get("/as/token")
    assert (405, True) == (wrong.status_code, "POST" in wrong.headers["Allow"])
    assert 413 == driver.post("/as/token", data={"x": "y" * 1_000_001}).status_code
