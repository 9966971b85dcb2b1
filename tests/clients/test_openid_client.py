"""Node's certified client, which checks all that it can, at every application of the simulator."""

import requests

from tests.clients.node import run
from webapp.simulator.running import running


def test_every_application_without_a_problem() -> None:
    """Five methods of authentication, pushed and signed requests, both eras: discovery to sign-off."""
    with running() as simulator:
        described = requests.get(f"{simulator.base_url}/about.json", timeout=10).json()["applications"]
        asked = {
            "base": simulator.issuer.removesuffix("/as"), "username": "sharedTestUser", "password": simulator.password,
            "applications": [each for each in described if each["enabled"]],
        }
        methods = {each["tokenEndpointAuthMethod"] for each in asked["applications"]}
        assert {"NONE", "CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT"} == methods
        expected = {each["name"]: "ok" for each in asked["applications"]}
        assert expected == run("every_application.mjs", asked)
        simulator.switch("era", "2027")
        assert expected == run("every_application.mjs", asked)
