"""Sign-on policies and the states through which they lead."""

import pytest

from tests.contract.agent import Agent, location
from tests.contract.client import Client, claims
from tests.contract.facts import fact
from tests.contract.problems import detail


@fact("8.5-USERNAME_PASSWORD_REQUIRED")
def test_the_first_state(agent: Agent):
    """User name and password in one form."""
    flow = agent.start(acr_values=agent.target.policy("Single_Factor"))
    assert "USERNAME_PASSWORD_REQUIRED" == flow["status"]
    assert "usernamePassword.check" in flow["_links"]


@fact("6.1-acr-values", "5-action-identifier", "8.5-SIGN_ON_REQUIRED", "8.5-PASSWORD_REQUIRED", "8.4-user.lookup")
def test_identifier_first(agent: Agent):
    """The user name alone, then the password of that user."""
    flow = agent.start(acr_values=agent.target.policy("Identifier_First"))
    assert "SIGN_ON_REQUIRED" == flow["status"]
    assert "user.lookup" in flow["_links"]
    flow = agent.act(flow, "user.lookup", username=agent.target.user().username).json()
    assert "PASSWORD_REQUIRED" == flow["status"]
    assert {"usernamePassword.check", "session.reset"} <= set(flow["_links"])
    assert agent.target.user().username == flow["_embedded"]["user"]["username"]
    assert "COMPLETED" == agent.password(flow).json()["status"]


@fact("8.4-wrong-user", "8.4-session.reset", "8.4-session-reset-user")
def test_another_user_needs_a_reset(agent: Agent):
    """Who was looked up stays until session.reset, which goes back to the start."""
    flow = agent.start(acr_values=agent.target.policy("Identifier_First"))
    agent.act(flow, "user.lookup", username=agent.target.user("mfa").username)
    assert detail(agent.password(flow))["code"]
    again = agent.act(flow, "session.reset").json()
    assert "SIGN_ON_REQUIRED" == again["status"]
    assert "user" not in again["_embedded"]
    agent.act(flow, "user.lookup", username=agent.target.user().username)
    assert "COMPLETED" == agent.password(flow).json()["status"]


@fact("6.1-acr-preference")
def test_the_first_policy_that_exists_is_taken(agent: Agent, client: Client):
    """The names are in the order of preference."""
    wanted = f"No_Such_Policy {agent.target.policy('Identifier_First')} {agent.target.policy('Single_Factor')}"
    assert "SIGN_ON_REQUIRED" == agent.start(acr_values=wanted)["status"]


@fact("13.1-acr")
def test_acr_is_the_name_of_the_policy(agent: Agent, client: Client):
    """Not a level of assurance, and not a URN."""
    name = agent.target.policy("Single_Factor")
    assert name == claims(client.tokens(agent, acr_values=name)["id_token"])["acr"]


@fact("5-action-agreement", "8.4-user.consent", "8.4-consent-body", "8.5-AGREEMENT_CONSENT_REQUIRED")
def test_an_agreement(agent: Agent):
    """After the password the user is asked for consent."""
    flow = agent.start(acr_values=agent.target.policy("Agreement"))
    flow = agent.password(flow).json()
    assert "AGREEMENT_CONSENT_REQUIRED" == flow["status"]
    assert "user.consent" in flow["_links"]
    assert "accept" == detail(agent.act(flow, "user.consent", accept="yes"))["target"]
    assert "COMPLETED" == agent.act(flow, "user.consent", accept=True).json()["status"]


@fact("5-action-profile", "8.4-user.update", "8.5-PROFILE_DATA_REQUIRED", "8.5-profile-attributes")
def test_progressive_profiling(agent: Agent):
    """After the password the user is asked for what is missing."""
    agent.target.played("it would write to the profile of a user")
    flow = agent.start(acr_values=agent.target.policy("Progressive_Profiling"))
    flow = agent.password(flow).json()
    assert "PROFILE_DATA_REQUIRED" == flow["status"]
    assert "user.update" in flow["_links"]
    for attribute in flow["_embedded"]["attributes"]:
        assert {"displayName", "schemaPropertyName", "required"} == set(attribute)
    assert "COMPLETED" == agent.act(flow, "user.update", mobilePhone="+44 20 7946 0000").json()["status"]


@pytest.fixture
def external(agent: Agent):
    """A flow that waits for an external identity provider, and a way to come back from it."""
    agent.target.played("its external identity provider is not ours")
    flow = agent.start(acr_values=agent.target.policy("External_IdP"))

    def come_back(outcome: str):
        return agent.post(f"/rp/callback/demo?flowId={flow['id']}", data={"outcome": outcome})

    return flow, come_back


@fact(
    "5-action-idp", "8.5-EXTERNAL_AUTHENTICATION_REQUIRED", "8.1-identity-provider", "16-external-leave",
    "16-external-return",
)
def test_an_external_identity_provider(agent: Agent, external):
    """The flow has the link that leaves, and is COMPLETED after the return."""
    flow, come_back = external
    assert "EXTERNAL_AUTHENTICATION_REQUIRED" == flow["status"]
    href = flow["_embedded"]["identityProvider"]["_links"]["authenticate"]["href"]
    assert href.startswith(f"{agent.target.base}/rp/authenticate?providerId=")
    assert href.endswith(f"&flowId={flow['id']}")
    assert 200 == agent.get(href).status_code
    assert 303 == come_back("linked").status_code
    assert "COMPLETED" == agent.read(flow)["status"]


@fact("8.5-ACCOUNT_LINKING_REQUIRED")
def test_an_external_account_is_linked(agent: Agent, external):
    """With the credentials of the account it is linked to."""
    flow, come_back = external
    come_back("link")
    assert "ACCOUNT_LINKING_REQUIRED" == agent.read(flow)["status"]
    assert "COMPLETED" == agent.password(flow).json()["status"]


@fact("8.5-ACCOUNT_CONFIRMATION_REQUIRED", "8.4-user.confirm")
def test_an_external_account_is_confirmed(agent: Agent, external):
    """With a word of the user."""
    flow, come_back = external
    come_back("confirm")
    assert "ACCOUNT_CONFIRMATION_REQUIRED" == agent.read(flow)["status"]
    assert "COMPLETED" == agent.act(flow, "user.confirm").json()["status"]


@fact("8.7-locked-failed")
def test_a_locked_account_fails(agent: Agent):
    """The newer form: the flow is over, and says why."""
    flow = agent.start()
    answer = agent.password(flow, agent.target.user("locked"))
    assert 200 == answer.status_code
    assert ("FAILED", "PASSWORD_LOCKED_OUT") == (answer.json()["status"], answer.json()["error"]["code"])


@fact("8.7-locked-refused", "8.7-seconds-until-unlock")
def test_a_locked_account_is_refused(agent: Agent):
    """The older form: an error that says how long it takes."""
    agent.target.played("a tenant answers in one of the two forms").break_next("locked_older_form")
    told = detail(agent.password(agent.start(), agent.target.user("locked")))
    assert "PASSWORD_LOCKED_OUT" == told["code"]
    assert told["innerError"]["secondsUntilUnlock"] > 0


@fact("8.7-disabled")
def test_a_disabled_account(agent: Agent):
    """Credentials that are right do not help."""
    answer = agent.password(agent.start(), agent.target.user("disabled")).json()
    assert "ACCOUNT_NOT_USABLE" == (answer.get("error") or answer["details"][0])["code"]


@fact("5-lockout", "5-lockout-duration")
def test_failures_in_a_row_lock_the_account(agent: Agent):
    """The right password does not open it, the end of the lockout does."""
    agent.target.played("it would lock a user out")
    user, flow = agent.target.user("profile"), agent.start()
    for _ in range(5):
        refused = agent.act(flow, "usernamePassword.check", username=user.username, password="not-the-password")
        assert "INVALID_CREDENTIALS" == detail(refused)["code"]
    assert "PASSWORD_LOCKED_OUT" == agent.password(flow, user).json()["error"]["code"]
    agent.target.later(61)
    assert "PROFILE_DATA_REQUIRED" == agent.password(agent.start(), user).json()["status"]


@fact("6.2-session")
def test_a_session_satisfies_the_same_policy(agent: Agent):
    """No page is shown the second time; a policy that wants more shows one."""
    agent.signed_on()
    application = agent.target.application()
    assert location(agent.authorize(application)).startswith(f"{application.redirect_uri}?code=")
    more = agent.authorize(application, acr_values=agent.target.policy("Multi_Factor"))
    assert location(more).startswith(agent.target.hosted_page)
