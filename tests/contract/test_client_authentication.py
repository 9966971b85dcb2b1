"""Each application authenticates by the method that it is configured with, and by no other."""

import pytest

from tests.contract.agent import Agent
from tests.contract.client import ASSERTION_TYPE, Client
from tests.contract.facts import fact
from tests.contract.problems import oauth_error

METHODS = ("NONE", "CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT")
NOBODY = "00000000-0000-4000-8000-000000000000"
UNSUPPORTED = ("invalid_client", "Request denied: Unsupported authentication method")
INVALID = ("invalid_client", "Request denied: Invalid client credentials")


@pytest.mark.parametrize("method", [
    pytest.param("NONE", marks=fact("12.4-none", "5-none")),
    pytest.param("CLIENT_SECRET_BASIC", marks=fact("12.4-basic", "5-pkce-confidential")),
    pytest.param("CLIENT_SECRET_POST", marks=fact("12.4-post")),
    pytest.param("CLIENT_SECRET_JWT", marks=fact("12.4-secret-jwt")),
    pytest.param("PRIVATE_KEY_JWT", marks=fact("12.4-private-key-jwt")),
])
def test_the_configured_method_works(agent: Agent, method: str):
    """Together with PKCE, for public and confidential clients alike."""
    client = Client(agent, agent.target.application(method=method))
    assert "id_token" in client.tokens(agent)


@pytest.mark.parametrize(("configured", "used"), [
    ("NONE", "CLIENT_SECRET_BASIC"),
    ("NONE", "CLIENT_SECRET_POST"),
    ("CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST"),
    ("CLIENT_SECRET_BASIC", "NONE"),
    ("CLIENT_SECRET_POST", "CLIENT_SECRET_BASIC"),
    ("CLIENT_SECRET_POST", "NONE"),
    ("CLIENT_SECRET_JWT", "CLIENT_SECRET_POST"),
    ("CLIENT_SECRET_JWT", "NONE"),
    ("PRIVATE_KEY_JWT", "NONE"),
])
@fact("12.4-exactly", "12.5-method")
def test_another_method_does_not(agent: Agent, configured: str, used: str):
    """Even with the right id and secret."""
    client = Client(agent, agent.target.application(method=configured))
    form, headers = client.credentials(used)
    form |= {"grant_type": "authorization_code", "code": NOBODY}
    assert UNSUPPORTED == oauth_error(client.agent.post("/as/token", data=form, headers=headers), 401)


@pytest.mark.parametrize("method", ["CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST"])
@fact("12.5-secret")
def test_a_wrong_secret(agent: Agent, method: str):
    """By either method."""
    client = Client(agent, agent.target.application(method=method))
    if method == "CLIENT_SECRET_POST":
        form, headers = {"client_id": client.application.client_id, "client_secret": "not-the-secret"}, {}
    else:
        form, headers = client.credentials()
        headers = {"Authorization": f"{headers['Authorization'][:-8]}AAAAAAA="}
    form |= {"grant_type": "authorization_code", "code": NOBODY}
    assert INVALID == oauth_error(client.agent.post("/as/token", data=form, headers=headers), 401)


@fact("12.5-unknown-client")
def test_an_unknown_client(agent: Agent):
    """It cannot be told from a wrong secret."""
    form = {"grant_type": "authorization_code", "code": NOBODY, "client_id": NOBODY}
    assert INVALID == oauth_error(agent.post("/as/token", data=form), 401)


@pytest.mark.parametrize("method", ["CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT"])
@pytest.mark.parametrize(("audience", "accepted"), [
    ("/as/token", True), ("/as", True), ("/as/introspect", True), ("/as/revoke", False), ("/as/elsewhere", False),
])
@fact("12.4-audience")
def test_the_audience_of_an_assertion(agent: Agent, method: str, audience: str, accepted: bool):
    """The token endpoint, the issuer or the endpoint being called, and nothing else."""
    client = Client(agent, agent.target.application(method=method))
    assertion = client.assertion(method, f"{agent.target.base}{audience}")
    response = client.agent.post("/as/introspect", data={
        "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion, "token": "a-token",
    })
    assert (200 if accepted else 401) == response.status_code
