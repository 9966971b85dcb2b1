"""Codes become tokens."""

import pytest

from tests.contract.agent import Agent, request_of
from tests.contract.client import Client
from tests.contract.facts import fact
from tests.contract.problems import oauth_error

MISMATCH = (
    "The code_verifier sent does not match code_challenge included in the authorization request using the S256 "
    "code_challenge_method"
)


@fact("1.3-token-post", "12.1-code", "12.2-members", "12.2-token-type", "12.2-expires-in", "12.2-refresh-granted")
def test_a_code_becomes_tokens(agent: Agent, client: Client):
    """The members of a successful answer."""
    response = client.redeem(agent.code())
    assert 200 == response.status_code
    tokens = response.json()
    assert {"access_token", "token_type", "expires_in", "refresh_token", "scope", "id_token"} == set(tokens)
    assert ("Bearer", 3600) == (tokens["token_type"], tokens["expires_in"])
    assert 405 == client.agent.get("/as/token").status_code


@fact("12.2-scope", "12.2-openid")
def test_without_openid_there_is_no_id_token(agent: Agent, client: Client):
    """It is plain OAuth then."""
    tokens = client.tokens(agent, scope="profile")
    assert "profile" == tokens["scope"]
    assert "id_token" not in tokens


@fact("12.3-always")
def test_a_refresh_token_is_always_there(agent: Agent, client: Client):
    """offline_access was not asked for."""
    assert client.tokens(agent, scope="openid")["refresh_token"]


@fact("12.3-offline")
def test_where_offline_access_is_granted_it_must_be_asked_for(agent: Agent):
    """The same application, with the scope and without it."""
    controls = agent.target.played("the grants of its application are not known")
    client = Client(agent, controls.named("UseCaseOfflineApp"))
    assert "refresh_token" not in client.tokens(agent)
    asked = client.tokens(agent.another(), scope="openid offline_access")
    assert ("openid offline_access", True) == (asked["scope"], bool(asked["refresh_token"]))
    assert client.refresh(asked["refresh_token"]).json()["refresh_token"]


@fact("12.1-scope")
def test_a_scope_beside_the_code(agent: Agent, client: Client):
    """Ping's own examples send one."""
    assert 200 == client.redeem(agent.code(), scope="openid profile").status_code


@fact("12.5-code-lifetime")
def test_a_code_lives_ten_minutes(agent: Agent, client: Client):
    """Just before them it is good, after them it is not."""
    early, late = agent.code(), agent.code()
    agent.target.later(590)
    assert 200 == client.redeem(early).status_code
    agent.target.later(11)
    assert "invalid_grant" == oauth_error(client.redeem(late))[0]


@pytest.mark.parametrize("changes", [
    pytest.param({"redirect_uri": "https://elsewhere.example/callback"}, marks=fact("12.1-redirect-identical")),
    pytest.param({"redirect_uri": None}, marks=fact("12.1-redirect-required")),
    pytest.param({"code_verifier": None}, marks=fact("12.1-verifier-required")),
    pytest.param({"code_verifier": "x" * 43}, marks=fact("12.5-verifier")),
    pytest.param({"code_verifier": "x" * 43}, marks=fact("2.1-oauth-error", "2.1-correlation"), id="shape"),
])
def test_a_code_is_bound_to_its_request(agent: Agent, client: Client, changes):
    """The same redirect URI, and the verifier of the challenge."""
    error, _ = oauth_error(client.redeem(agent.code(), **changes))
    assert error in ("invalid_grant", "invalid_request")


@fact("12.5-verifier-words")
def test_a_wrong_verifier_in_words(agent: Agent, client: Client):
    """The method is named, since confusing the two is the usual reason."""
    assert ("invalid_grant", MISMATCH) == oauth_error(client.redeem(agent.code(), code_verifier="x" * 43))


@fact("5-grant-not-enabled")
def test_a_grant_that_is_not_enabled(client: Client):
    """The application asks in its own name, which it may not."""
    response = client.post("/as/token", {"grant_type": "client_credentials", "scope": "openid"})
    assert oauth_error(response)[0] in ("unauthorized_client", "unsupported_grant_type")


@fact("12.5-throttled")
def test_too_many_requests(agent: Agent, client: Client):
    """A platform error, at an endpoint whose other errors are of the OAuth family."""
    agent.target.played("a tenant's limit is not tried out").break_next("token_429")
    response = client.redeem(agent.code())
    assert (429, "REQUEST_LIMITED") == (response.status_code, response.json()["code"])
    assert int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", [
    pytest.param("/as/introspect", marks=fact("1.3-introspect-post")),
    pytest.param("/as/revoke", marks=fact("1.3-revoke-post")),
])
def test_forms_are_posted(client: Client, path: str):
    """A token in a query would be in every log."""
    assert 405 == client.agent.get(path, params={"token": "a-token"}).status_code
    assert 405 != client.post(path, {"token": "a-token"}).status_code


@fact("12.1-code")
def test_the_token_request_of_the_workflow(agent: Agent):
    """Exactly the five parameters of Ping's page, by a public client."""
    application = agent.target.application(method="NONE")
    code = agent.code(application)
    response = agent.another().post("/as/token", data={
        "grant_type": "authorization_code", "code": code, "redirect_uri": request_of(application)["redirect_uri"],
        "client_id": application.client_id, "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    })
    assert 200 == response.status_code
