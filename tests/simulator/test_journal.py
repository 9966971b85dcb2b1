"""What the simulator notes of a hosted sign-on, for the application that runs it and for nobody else."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask

from tests.simulator.driver import CHALLENGE, Clock, Driver
from webapp.simulator import CUSTOM_CLIENT_ID, ENVIRONMENT_ID, PASSWORD, create_simulator
from webapp.simulator.endpoints.journal import MOST, journal


def signed_on(driver: Driver, **changes: str | None) -> str:
    """Through the hosted page, and where the application is called back."""
    page = driver.authorize(**changes).location
    typed = {"action": "usernamePassword.check", "username": "sharedTestUser", "password": PASSWORD}
    return driver.get(driver.post(driver.get(page).request.full_path, data=typed).location).location


def test_a_hosted_sign_on_is_noted_from_the_request_to_the_code(simulator: Flask, driver: Driver) -> None:
    """The flow, the page, the form, the cookie, resume: in order, with what each answer did."""
    callback = signed_on(driver)
    noted = journal(simulator, CHALLENGE)
    assert [("GET", 302), ("GET", 200), ("POST", 303), ("GET", 302)] == [(seen.method, seen.status) for seen in noted]
    paths = [urlsplit(seen.url).path.removeprefix(f"/simulator/{ENVIRONMENT_ID}") for seen in noted]
    assert ["/as/authorize", "/signon/", "/signon/", "/as/resume"] == paths
    cookie = next(value for name, value in noted[2].headers if value.startswith("ST="))
    assert (True, "") == (cookie.startswith(f"ST={noted[3].cookie};"), noted[2].cookie)
    assert callback == dict(noted[3].headers)["Location"]


def test_what_is_typed_as_a_credential_is_not_noted(simulator: Flask, driver: Driver) -> None:
    """Wherever a journal might be read one day, no password is in it; its repr shows no cookie."""
    signed_on(driver)
    noted = journal(simulator, CHALLENGE)
    assert PASSWORD not in "".join(str(vars(seen)) for seen in noted)
    assert ("password", "*") in noted[2].form
    assert noted[3].cookie not in repr(noted)


def test_only_who_knows_the_challenge_finds_the_journal(simulator: Flask, driver: Driver) -> None:
    """Another challenge, a flow id and a state find nothing; neither does a WSGI application of another kind."""
    flow_id = driver.authorize().location.partition("flowId=")[2]
    assert [(), (), ()] == [journal(simulator, key) for key in ("A" * 43, flow_id, "state-1")]
    assert () == journal(None, CHALLENGE) == journal(simulator.wsgi_app, CHALLENGE)


def test_flows_that_an_application_drives_are_not_noted(simulator: Flask, driver: Driver) -> None:
    """It has seen everything itself."""
    driver.code()
    driver.authorize(client_id=CUSTOM_CLIENT_ID, code_challenge="B" * 43)
    assert [(), ()] == [journal(simulator, key) for key in (CHALLENGE, "B" * 43)]


def test_the_journal_is_bounded(simulator: Flask, driver: Driver, clock: Clock) -> None:
    """In exchanges of one sign-on, in sign-ons of one environment, and in time."""
    page = driver.authorize().location
    for _ in range(MOST + 5):
        driver.get(page)
    assert MOST == len(journal(simulator, CHALLENGE))
    clock.move(3_600)
    assert () == journal(simulator, CHALLENGE)
    visitor = Driver(create_simulator(driver.base, now=clock, environments=3))
    challenges = [letter * 43 for letter in "ABCDEFGH"]
    for challenge in challenges:
        visitor.authorize(code_challenge=challenge, redirect_uri="http://localhost:8000/callback")
    assert [0, 0, 0, 1, 1, 1, 1, 1] == [len(journal(visitor.simulator, challenge)) for challenge in challenges]
