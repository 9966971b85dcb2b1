"""What scripts of other origins may call."""

import pytest

from tests.contract.agent import Agent, request_of
from tests.contract.facts import fact

ALLOW = "Access-Control-Allow-Origin"


def origin(url: str) -> str:
    return "/".join(url.split("/")[:3])


@pytest.mark.parametrize("path", [
    pytest.param("/as/authorize", marks=fact("2.3-authorize-closed")),
    pytest.param("/as/token", marks=fact("2.3-token-closed")),
])
def test_sensitive_endpoints_are_closed(agent: Agent, path: str):
    """Not even to the application's own scripts, without a setting that says so."""
    application = agent.target.application()
    headers = {"Origin": origin(application.redirect_uri)}
    response = agent.post(path, data=request_of(application), headers=headers)
    assert ALLOW not in response.headers


@fact("2.3-specific-origins")
def test_only_specific_origins_are_let_in(agent: Agent):
    """A concrete origin, which may send the session token; a stranger gets nothing."""
    agent.target.played("its CORS settings are not known")
    flow = agent.start()
    known = origin(agent.target.application().redirect_uri)
    let_in = agent.get(f"/flows/{flow['id']}", headers={"Origin": known})
    assert (known, "true") == (let_in.headers[ALLOW], let_in.headers["Access-Control-Allow-Credentials"])
    stranger = agent.get(f"/flows/{flow['id']}", headers={"Origin": "https://elsewhere.example"})
    assert ALLOW not in stranger.headers
