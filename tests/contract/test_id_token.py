"""The claims of an ID token, as captured from a tenant."""

import base64
import hashlib
from uuid import UUID

import pytest

from tests.contract.agent import Agent
from tests.contract.client import Client, claims
from tests.contract.facts import fact


@pytest.fixture
def answers(agent: Agent, client: Client):
    """The flow that ended a sign-on, and the tokens that it brought."""
    flow = agent.signed_on()
    return flow, client.redeem(flow["authorizeResponse"]["code"]).json()


@pytest.fixture
def found(client: Client, answers):
    """The verified claims."""
    return client.verify(answers[1]["id_token"])


@fact("13.1-issuer", "13.1-audience")
def test_who_it_is_from_and_for(client: Client, found):
    """The audience is a string, not a list."""
    assert client.agent.target.issuer == found["iss"]
    assert client.application.client_id == found["aud"]


@fact("13.1-subject", "13.1-sid")
def test_whom_it_is_about(answers, found):
    """The user and the session of the flow."""
    flow = answers[0]
    assert flow["_embedded"]["user"]["id"] == found["sub"] == str(UUID(found["sub"]))
    assert flow["session"]["id"] == found["sid"] == str(UUID(found["sid"]))


@fact("13.1-lifetime", "13.1-auth-time", "13.1-updated-at")
def test_times(client: Client, found):
    """Whole seconds; an hour of life; the sign-on was just now."""
    assert all(isinstance(found[name], int) for name in ("iat", "exp", "auth_time", "updated_at"))
    assert 3600 == found["exp"] - found["iat"]
    assert 0 == pytest.approx(found["auth_time"] - client.agent.target.now(), abs=5)


@fact("13.1-amr")
def test_how_the_user_signed_on(found):
    """A list of RFC 8176 values."""
    assert ["pwd"] == found["amr"]


@fact("13.1-at-hash")
def test_it_belongs_to_the_access_token(answers, found):
    """The left half of the SHA-256 digest."""
    digest = hashlib.sha256(answers[1]["access_token"].encode()).digest()
    assert base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode() == found["at_hash"]


@fact("13.1-profile", "13.1-name", "13.1-email")
def test_attributes_of_the_user(client: Client, found):
    """Those of the profile and email scopes."""
    assert client.agent.target.user().username == found["preferred_username"]
    assert all(found[name] for name in ("given_name", "family_name", "name"))
    assert "@" in found["email"]


@fact("13.1-scopes")
def test_attributes_that_were_not_asked_for(agent: Agent, client: Client):
    """openid alone says who, and nothing about them."""
    found = client.verify(client.tokens(agent, scope="openid")["id_token"])
    assert set() == {"preferred_username", "given_name", "family_name", "name", "email", "updated_at"} & set(found)


@fact("13.1-env", "13.1-org", "13.1-region")
def test_claims_of_pingone_itself(client: Client, found):
    """The region's name is opaque, and so is the dot in the claim's."""
    assert client.agent.target.environment_id == found["env"]
    assert str(UUID(found["org"])) == found["org"]
    assert isinstance(found["p1.region"], str)


@fact("13.1-no-name")
def test_a_user_without_a_name(agent: Agent, client: Client):
    """Nothing takes its place, here or in UserInfo."""
    agent.target.played("the names of its users are not known")
    flow = agent.start()
    agent.password(flow, agent.target.user("nameless"))
    tokens = client.redeem(agent.resume(flow).json()["authorizeResponse"]["code"]).json()
    for told in (claims(tokens["id_token"]), client.userinfo(tokens["access_token"]).json()):
        assert {"preferred_username"} == {"preferred_username", "name", "given_name", "family_name"} & set(told)
