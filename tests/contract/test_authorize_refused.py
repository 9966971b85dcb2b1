"""Authorization requests that are refused: to the visitor when nobody can be trusted, else to the application."""

import json

import pytest

from tests.contract.agent import VERIFIER, Agent, location, query
from tests.contract.client import Client
from tests.contract.facts import fact
from tests.contract.problems import as_platform_error, detail, oauth_error, platform_error

WORDS = "The request could not be completed. One or more validation errors were in the request."
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("changes", [
    pytest.param({"client_id": NOBODY}, marks=fact("6.4-unknown-client")),
    pytest.param({"client_id": None}, marks=fact("6.1-client-id")),
    pytest.param({"redirect_uri": "https://elsewhere.example/callback"}, marks=fact("6.4-unregistered-uri")),
    pytest.param({"redirect_uri": None}, marks=fact("6.4-missing-uri", "6.1-redirect-uri")),
])
@fact("6.4-error-page", "6.4-error-json", "6.4-error-words")
def test_the_visitor_is_told_and_not_the_application(agent: Agent, changes):
    """302 to PingOne's page, with a platform error as JSON in its query."""
    found = location(agent.authorize(**changes))
    assert agent.target.hosted_page == found.partition("?")[0]
    told = as_platform_error(json.loads(query(found)["error"]))
    assert WORDS == told["message"]


@pytest.mark.parametrize("suffix", ["/", "?a=b", "#", "/../callback", "%2f", "x"])
@fact("5-redirect-exact")
def test_redirect_uris_are_compared_character_by_character(agent: Agent, suffix: str):
    """Whatever is appended makes it another URI."""
    registered = agent.target.application().redirect_uri
    found = location(agent.authorize(redirect_uri=f"{registered}{suffix}"))
    assert agent.target.hosted_page == found.partition("?")[0]
    assert {"error"} == set(query(found))


@fact("5-redirect-wildcards")
def test_a_wildcard_covers_its_own_origin_and_path(agent: Agent):
    """Where the application allows it; a longer host name, a way up and another application are not covered."""
    application = agent.target.played("its redirect URIs are not known").named("UseCaseBrowserApp")
    head = application.redirect_uri.removesuffix("*")
    leads = {
        uri: "error" not in query(location(agent.authorize(application, redirect_uri=uri)))
        for uri in (f"{head}callback", f"{head}a/b?c=d", head.removesuffix("/") + ".evil.example/", f"{head}../x",
                    f"{head}a/../../x")
    }
    assert [True, True, False, False, False] == list(leads.values())
    plain = agent.target.application()
    assert "error" in query(location(agent.authorize(plain, redirect_uri=f"{plain.redirect_uri}/*")))


@fact("5-disabled")
def test_a_disabled_application_is_rejected(agent: Agent):
    """Like one that does not exist, and its pages are nowhere to go after a sign-off."""
    application = agent.target.played("a disabled application is not known").named("UseCaseDisabledApp")
    assert "error" in query(location(agent.authorize(application)))
    client = Client(agent, application)
    assert "invalid_client" == oauth_error(client.redeem("a-code"), 401)[0]


@fact("6.4-pi-flow-shown")
def test_with_pi_flow_a_bad_client_has_no_json_either(agent: Agent):
    """Ping's clients can only report that the configuration is wrong."""
    response = agent.authorize(client_id=NOBODY, response_mode="pi.flow")
    assert 302 == response.status_code
    assert "error" in query(location(response))


@pytest.mark.parametrize(("needs", "changes"), [
    pytest.param({"pkce": "REQUIRED"}, {"code_challenge": None, "code_challenge_method": None},
                 marks=fact("5-pkce-required")),
    pytest.param({}, {"code_challenge": None, "code_challenge_method": None}, marks=fact("5-pkce-s256-missing")),
    pytest.param({}, {"code_challenge": VERIFIER, "code_challenge_method": "plain"}, marks=fact("5-pkce-s256-plain")),
    pytest.param({}, {"code_challenge": VERIFIER, "code_challenge_method": None},
                 marks=fact("6.1-challenge-method-omitted")),
    pytest.param({}, {"response_type": None}, marks=fact("6.1-response-type")),
    pytest.param({}, {"response_type": "code token id_token"}, marks=fact("5-response-type-not-enabled")),
    pytest.param({"par": "REQUIRED"}, {}, marks=fact("5-par-required")),
])
@pytest.mark.parametrize("mode", ["query", "pi.flow"])
def test_the_application_is_told(agent: Agent, mode: str, needs, changes):
    """In the mode it asked for: an error in the query with its state, or an error status. Never a flow."""
    application = agent.target.application(**needs)
    response = agent.authorize(application, **{"response_mode": mode, **changes})
    if mode == "pi.flow":
        assert 400 <= response.status_code < 500
        assert "status" not in platform_error(response)
        return
    found = location(response)
    assert application.redirect_uri == found.partition("?")[0]
    assert "code" not in query(found)
    assert query(found)["error"]
    assert "a-state" == query(found)["state"]


@fact("6.1-request-uri-foreign")
def test_only_request_uris_of_this_server_are_taken(agent: Agent):
    """A request object somewhere else is never fetched."""
    response = agent.authorize(request_uri="https://elsewhere.example/request.jwt")
    assert response.status_code in (302, 400)
    assert "flowId" not in query(response.headers.get("Location", ""))


@fact("6.1-prompt-none")
def test_prompt_none_shows_no_page(agent: Agent):
    """Without a session the application hears of it at once."""
    application = agent.target.application()
    found = location(agent.authorize(application, prompt="none"))
    assert application.redirect_uri == found.partition("?")[0]
    assert ("login_required", "a-state") == (query(found)["error"], query(found)["state"])


@fact("6.4-login-required", "6.4-login-required-words")
def test_prompt_none_with_pi_flow(agent: Agent):
    """An error whose detail says that the user must sign on."""
    response = agent.authorize(prompt="none", response_mode="pi.flow")
    assert not response.ok
    told = detail(response, response.status_code)
    assert "LOGIN_REQUIRED" == told["code"]
    assert "User authentication is required" in told["message"]


@fact("12.5-no-scope")
def test_at_least_one_scope_must_be_granted(agent: Agent, client: Client):
    """A request for nothing is refused before anybody signs on."""
    response = client.post("/as/par", {
        "response_type": "code", "redirect_uri": client.application.redirect_uri, "scope": "no-such-scope",
        "code_challenge": VERIFIER, "code_challenge_method": "S256",
    })
    assert ("invalid_scope", "At least one scope must be granted") == oauth_error(response)


@fact("5-pkce-optional")
def test_pkce_may_be_left_out_where_it_is_optional(agent: Agent):
    """The code is then redeemed without a verifier."""
    application = agent.target.application(pkce="OPTIONAL", method="any")
    code = agent.code(application, code_challenge=None, code_challenge_method=None)
    assert 200 == Client(agent, application).redeem(code, code_verifier=None).status_code


@fact("5-pkce-optional-verified")
def test_a_challenge_counts_even_where_it_is_optional(agent: Agent):
    """Who sends one is held to it."""
    application = agent.target.application(pkce="OPTIONAL", method="any")
    code = agent.code(application)
    assert "invalid_grant" == oauth_error(Client(agent, application).redeem(code, code_verifier="x" * 43))[0]
