"""An application whose sign-on is a DaVinci flow, as far as a client of the Flows API meets one."""

import pytest

from tests.contract.agent import Agent, flow_behind, location, query
from tests.contract.client import Client, claims
from tests.contract.facts import fact
from tests.contract.problems import platform_error
from tests.contract.target import Application

FLOW_POLICY = "9c15f567441c03e6d89f7f32f430ddc4"


@pytest.fixture
def application(agent: Agent) -> Application:
    return agent.target.played("whether it has a DaVinci application is not known").named("UseCaseDaVinciApp")


@fact("6.1-acr-davinci")
def test_its_id_may_be_asked_for(agent: Agent, application: Application):
    """On PingOne's page the sign-on works as ever; acr is the id."""
    flow = flow_behind(agent.authorize(application, acr_values=FLOW_POLICY))
    agent.password(flow)
    code = query(location(agent.resume(flow)))["code"]
    assert FLOW_POLICY == claims(Client(agent, application).redeem(code).json()["id_token"])["acr"]


@fact("6.4-davinci-policy")
def test_a_sign_on_policy_is_none(agent: Agent, application: Application):
    """A platform error without details; in redirect mode the application is told."""
    refused = agent.authorize(application, acr_values="Single_Factor", response_mode="pi.flow")
    told = platform_error(refused)
    expected = (400, "INVALID_REQUEST", "Invalid DV Flow Policy ID: Single_Factor")
    assert expected == (refused.status_code, told["code"], told["message"])
    assert "details" not in told
    assert "invalid_request" == query(location(agent.authorize(application, acr_values="Single_Factor")))["error"]


@fact("6.4-davinci-none")
def test_prompt_none_without_a_session(agent: Agent, application: Application):
    """200, although nobody is signed on."""
    refused = agent.authorize(application, prompt="none", response_mode="pi.flow")
    told = refused.json()
    assert (200, "FAILED", "login_required") == (refused.status_code, told["status"], told["error"]["code"])
    assert {"id": agent.target.environment_id} == told["environment"]


def test_its_flow_has_no_status(agent: Agent, application: Application):
    """By which a client of the Flows API notices that it is not one."""
    told = agent.start(application)
    assert told["interactionId"]
    assert "status" not in told
