"""Authorization requests that are accepted: which form they come in and where they lead."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.contract.agent import VERIFIER, Agent, flow_behind, location, query, request_of
from tests.contract.client import Client, claims
from tests.contract.facts import fact


def leads_to_sign_on(agent: Agent, response) -> bool:
    return location(response).startswith(f"{agent.target.hosted_page}?flowId=")


@fact("6-get", "6.2-redirect", "6.2-hosted-page")
def test_a_query_leads_to_the_page_of_pingone(agent: Agent):
    """302 to a page whose path names the environment and whose query is the flow."""
    response = agent.authorize()
    assert leads_to_sign_on(agent, response)
    assert {"flowId"} == set(query(location(response)))


@fact("1.3-sign-on-page")
def test_pingone_draws_the_page(agent: Agent):
    """The page to which a sign-on leads is HTML."""
    page = agent.get(location(agent.authorize()), headers={"Accept": "text/html"})
    assert 200 == page.status_code
    assert page.headers["Content-Type"].startswith("text/html")


@fact("6-post-form")
def test_a_form_does_the_same(agent: Agent):
    """POST with the parameters in the body."""
    response = agent.post("/as/authorize", data=request_of(agent.target.application()))
    assert leads_to_sign_on(agent, response)


@fact("6-post-query")
def test_post_may_carry_the_parameters_in_the_query(agent: Agent):
    """Ping's own client for browsers posts an empty body."""
    response = agent.post("/as/authorize", params=request_of(agent.target.application()))
    assert leads_to_sign_on(agent, response)


@fact("5-login-page-url", "6.2-own-page")
def test_an_application_may_have_its_own_page(agent: Agent):
    """Environment and flow are then both in the query."""
    application = agent.target.application(login_page_url="any", method="any")
    if not application.login_page_url:
        application = agent.target.application(login_page_url="https://app.example/sign-on/page")
    found = location(agent.authorize(application))
    assert application.login_page_url == found.partition("?")[0]
    assert agent.target.environment_id == query(found)["environmentId"]
    assert {"environmentId", "flowId"} == set(query(found))


@fact("6.1-state", "6.1-query-is-default", "10.1-redirect")
def test_the_code_comes_back_in_the_query_with_state(agent: Agent):
    """Characters of state that mean something in a URL survive."""
    application = agent.target.application()
    flow = flow_behind(agent.authorize(application, state="a b&c=d/é"))
    agent.password(flow)
    found = location(agent.resume(flow))
    assert application.redirect_uri == found.partition("?")[0]
    assert {"code", "state"} == set(query(found))
    assert "a b&c=d/é" == query(found)["state"]


@fact("6.1-fragment")
def test_the_code_may_come_back_in_the_fragment(agent: Agent):
    """response_mode=fragment keeps it out of the query."""
    flow = flow_behind(agent.authorize(response_mode="fragment"))
    agent.password(flow)
    found = urlsplit(location(agent.resume(flow)))
    assert "" == found.query
    assert {"code", "state"} == set(dict(parse_qsl(found.fragment)))


@fact("6.1-form-post", "10.1-form-post")
def test_the_code_may_come_back_as_a_form(agent: Agent):
    """response_mode=form_post: a page whose form is addressed to the application."""
    application = agent.target.application()
    flow = flow_behind(agent.authorize(application, response_mode="form_post"))
    agent.password(flow)
    page = agent.resume(flow)
    assert 200 == page.status_code
    assert page.headers["Content-Type"].startswith("text/html")
    assert f'action="{application.redirect_uri}"' in page.text
    assert 'name="code"' in page.text


@fact("6.1-nonce")
def test_the_nonce_reaches_the_id_token(agent: Agent, client: Client):
    """Character by character."""
    assert "n-0S6_WzA2Mj" == claims(client.tokens(agent, nonce="n-0S6_WzA2Mj")["id_token"])["nonce"]


@fact("6.1-scope")
def test_scopes_are_separated_by_spaces(agent: Agent, client: Client):
    """Both scopes are granted, whatever their order."""
    assert {"openid", "email"} == set(client.tokens(agent, scope="email openid")["scope"].split())


@pytest.mark.parametrize(("name", "value"), [
    pytest.param("id_token_hint", "", marks=fact("6.1-id-token-hint")),
    pytest.param("claims", '{"id_token":{"phone_number":{"essential":true}}}', marks=fact("6.1-claims")),
    pytest.param("prompt", "consent", marks=fact("6.1-prompt-consent")),
])
def test_parameters_without_effect_here(agent: Agent, client: Client, name: str, value: str):
    """They are accepted, ask nothing more of the user and add no claim."""
    value = value or client.tokens(agent)["id_token"]
    tokens = client.tokens(agent.another(), **{name: value})
    assert "phone_number" not in claims(tokens["id_token"])


@fact("6.1-login-hint")
def test_the_login_hint_fills_in_the_user_name(agent: Agent):
    """The page of a simulator can be read; that of a tenant is drawn by a script."""
    agent.target.played("its page is drawn by a script")
    page = agent.get(location(agent.authorize(login_hint="somebody@example.com")), headers={"Accept": "text/html"})
    assert 'value="somebody@example.com"' in page.text


@fact("6.1-login-hint-identifier", "6.1-login-hint-unknown")
def test_the_login_hint_identifies_the_user(agent: Agent):
    """Identifier first then asks for the password alone; a hint of nobody asks for the user name as ever."""
    policy, user = agent.target.policy("Identifier_First"), agent.target.user()
    hinted = agent.start(acr_values=policy, login_hint=user.username)
    assert ("PASSWORD_REQUIRED", user.username) == (hinted["status"], hinted["_embedded"]["user"]["username"])
    assert "COMPLETED" == agent.password(hinted).json()["status"]
    nobody = agent.another().start(acr_values=policy, login_hint="nobody-of-that-name")
    assert "SIGN_ON_REQUIRED" == nobody["status"]


@fact("2-telemetry")
def test_requests_may_carry_correlation_headers(agent: Agent):
    """PingOne takes the caller's transaction and session ids."""
    headers = {"X-Ping-External-Transaction-ID": "transaction-1", "X-Ping-External-Session-ID": "session-1"}
    response = agent.get("/as/authorize", params=request_of(agent.target.application()), headers=headers)
    assert leads_to_sign_on(agent, response)


@fact("6.1-challenge-method-default", "5-pkce-required-plain")
def test_a_challenge_without_a_method_is_plain(agent: Agent):
    """The verifier itself is then the challenge: the trap of leaving the method out."""
    application = agent.target.application(pkce="REQUIRED")
    code = agent.code(application, code_challenge=VERIFIER, code_challenge_method=None)
    assert 200 == Client(agent, application).redeem(code).status_code
