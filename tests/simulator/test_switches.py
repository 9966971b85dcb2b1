"""Switches: which PingOne the environment plays."""

from __future__ import annotations

import pytest

from tests.simulator.driver import BASE, Driver, body
from webapp.simulator.engine.switches import CATALOGUE

HTML = {"Accept": "text/html"}


def chosen(driver: Driver) -> dict[str, str]:
    return dict(body(driver.get("/switches"))["chosen"])


def test_a_new_environment_takes_the_first_reading(driver: Driver) -> None:
    """Of each switch, and the page shows it."""
    expected = {switch.name: next(iter(switch.readings)) for switch in CATALOGUE}
    assert expected == chosen(driver)
    page = driver.get("/switches", headers=HTML).text
    for name, reading in expected.items():
        assert f'id="{name}-{reading}" name="{name}" value="{reading}" checked' in page


def test_a_form_chooses_several_at_once(driver: Driver) -> None:
    """303 back to the page."""
    response = driver.post("/switches", data={"era": "2027", "accept": "narrow_refused"})
    assert (303, f"{BASE}/switches") == (response.status_code, response.location)
    assert {"era": "2027", "accept": "narrow_refused"}.items() <= chosen(driver).items()


@pytest.mark.parametrize("asked", [
    {"era": "2027", "accept": "nonsense"}, {"era": "2027", "nonsense": "any"}, {"era": 2027}, ["era"], {"era": []},
])
def test_one_unknown_reading_changes_nothing(driver: Driver, asked: object) -> None:
    """Not even the switches that were named rightly."""
    before = chosen(driver)
    assert 400 == driver.post("/switches", json=asked).status_code
    assert before == chosen(driver)


def test_another_site_may_not_choose(driver: Driver) -> None:
    """A form that it posts is refused."""
    response = driver.post("/switches", data={"era": "2027"}, headers={"Origin": "https://evil.example"})
    assert (403, "today") == (response.status_code, chosen(driver)["era"])


def test_a_narrow_accept_header_may_be_refused(driver: Driver) -> None:
    """406 at authorize and flows, for JSON alone; an alternative with less weight is enough to be served."""
    narrow, wide = {"Accept": "application/json"}, {"Accept": "application/json, */*;q=0.5"}
    flow = driver.start()
    assert 200 == driver.get(f"/flows/{flow['id']}", headers=narrow).status_code
    driver.post("/switches", json={"accept": "narrow_refused"})
    for path in (f"/flows/{flow['id']}", "/as/authorize?client_id=x"):
        refused = driver.get(path, headers=narrow)
        assert (406, "INVALID_REQUEST") == (refused.status_code, body(refused)["code"])
        assert 406 != driver.get(path, headers=wide).status_code
    assert 406 != driver.password(flow, "sharedTestUser").status_code


def test_a_flow_may_change_its_id(driver: Driver) -> None:
    """The answer of an action has the new one, in its links as well; the old one is gone."""
    driver.post("/switches", json={"flow_id": "changed"})
    flow = driver.start()
    after = body(driver.password(flow, "sharedTestUser"))
    assert flow["id"] != after["id"]
    assert after["resumeUrl"].endswith(after["id"])
    assert 404 == driver.get(f"/flows/{flow['id']}").status_code
    assert "code" in body(driver.resume(after))["authorizeResponse"]
