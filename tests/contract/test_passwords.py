"""Passwords that must be changed, are forgotten or are chosen."""

from uuid import uuid4

import pytest

from tests.contract.agent import Agent
from tests.contract.facts import fact
from tests.contract.problems import detail

CHANGES = "it changes the password of a user"


@pytest.mark.parametrize(("kind", "status"), [
    pytest.param("change", "MUST_CHANGE_PASSWORD", marks=fact("8.5-MUST_CHANGE_PASSWORD")),
    pytest.param("expired", "PASSWORD_EXPIRED", marks=fact("8.5-PASSWORD_EXPIRED")),
])
@fact("8.7-change-is-200", "8.1-password-policy", "5-policy-length", "5-policy-characters", "8.4-password.reset")
def test_a_password_that_must_be_changed(agent: Agent, kind: str, status: str):
    """The credentials were right: 200, the action to take and the rules of the new password."""
    user = agent.target.user(kind)
    answer = agent.password(agent.start(), user)
    assert (200, status) == (answer.status_code, answer.json()["status"])
    flow = answer.json()
    assert "password.reset" in flow["_links"]
    policy = flow["_embedded"]["passwordPolicy"]
    assert 8 <= policy["length"]["min"] <= 32
    assert policy["length"]["max"] <= 255
    assert all(isinstance(count, int) for count in policy["minCharacters"].values())
    agent.target.played(CHANGES)
    new = f"Quite-New-{uuid4()}"
    assert "COMPLETED" == agent.act(
        flow, "password.reset", currentPassword=user.password, newPassword=new
    ).json()["status"]


@pytest.fixture
def changing(agent: Agent):
    """A flow that waits for a new password."""
    return agent.password(agent.start(), agent.target.user("change")).json()


@fact("8.7-wrong-current", "8.7-wrong-current-words")
def test_the_current_password_is_wrong(agent: Agent, changing):
    """It is about the current one, and the flow stays."""
    answer = agent.act(changing, "password.reset", currentPassword="not-the-one", newPassword="Quite-New-2026")
    told = detail(answer)
    assert ("INVALID_VALUE", "currentPassword") == (told["code"], told["target"])
    assert "The current password provided for the user is invalid" in told["message"]
    assert "MUST_CHANGE_PASSWORD" == agent.read(changing)["status"]


@fact("8.7-weak-new", "8.7-weak-new-words", "8.7-unsatisfied", "8.7-requirement-names")
def test_the_new_password_is_too_weak(agent: Agent, changing):
    """Each requirement that it does not satisfy is named, with its words beside it."""
    user = agent.target.user("change")

    def refused(new: str):
        told = detail(agent.act(changing, "password.reset", currentPassword=user.password, newPassword=new))
        assert ("INVALID_VALUE", "newPassword") == (told["code"], told["target"])
        assert "New password did not satisfy password policy requirements" == told["message"]
        inner = told["innerError"]
        assert all(isinstance(inner[name], str) for name in inner["unsatisfiedRequirements"])
        return set(inner["unsatisfiedRequirements"])

    assert {"length", "minCharacters"} <= refused("short")
    assert {"excludesProfileData"} == refused(f"{user.username}-Aa1!")


@fact("8.4-password.forgot", "8.4-password.recover", "8.5-RECOVERY_CODE_REQUIRED", "8.4-recovery-length")
def test_a_forgotten_password(agent: Agent):
    """A code is sent; with it a new password can be chosen."""
    controls, user = agent.target.played("its mailboxes cannot be read"), agent.target.user("agreement")
    flow = agent.act(agent.start(), "password.forgot", username=user.username).json()
    assert "RECOVERY_CODE_REQUIRED" == flow["status"]
    assert {"password.recover", "password.sendRecoveryCode"} <= set(flow["_links"])
    code = controls.messages(user.username)[0]["code"]
    assert 8 == len(code)
    answer = agent.act(flow, "password.recover", recoveryCode=code, newPassword=f"Quite-New-{uuid4()}")
    assert 200 == answer.status_code, answer.text
    assert "user.consent" in answer.json()["_links"]


@fact("8.4-password.sendRecoveryCode")
def test_the_recovery_code_is_sent_again(agent: Agent):
    """The code before it is worthless."""
    controls, user = agent.target.played("its mailboxes cannot be read"), agent.target.user()
    flow = agent.act(agent.start(), "password.forgot", username=user.username).json()
    assert "RECOVERY_CODE_REQUIRED" == agent.act(flow, "password.sendRecoveryCode").json()["status"]
    second, first = [message["code"] for message in controls.messages(user.username)[:2]]
    new = f"Quite-New-{uuid4()}"
    assert 400 == agent.act(flow, "password.recover", recoveryCode=first, newPassword=new).status_code
    assert "COMPLETED" == agent.act(flow, "password.recover", recoveryCode=second, newPassword=new).json()["status"]


@fact("8.4-recovery-lifetime")
def test_a_recovery_code_expires(agent: Agent):
    """Five minutes, and it is too late; just before them it is not."""
    controls, user = agent.target.played("its mailboxes cannot be read"), agent.target.user()

    def recovered_after(seconds: float, who: Agent) -> int:
        flow = who.act(who.start(), "password.forgot", username=user.username).json()
        code = controls.messages(user.username)[0]["code"]
        agent.target.later(seconds)
        new = f"Quite-New-{uuid4()}"
        return who.act(flow, "password.recover", recoveryCode=code, newPassword=new).status_code

    assert [200, 400] == [recovered_after(295, agent), recovered_after(301, agent.another())]


@fact("8.4-user.register", "8.4-user.verify", "8.5-VERIFICATION_CODE_REQUIRED", "8.4-user.sendVerificationCode")
def test_somebody_registers(agent: Agent):
    """A new user enters the code that was sent, the second one after asking for it again."""
    controls = agent.target.played("it would leave users behind")
    name = f"new-{uuid4()}"
    flow = agent.start(acr_values=agent.target.policy("Registration"))
    assert "user.register" in flow["_links"]
    flow = agent.act(
        flow, "user.register", username=name, email=f"{name}@example.com", password="Quite-New-2026"
    ).json()
    assert "VERIFICATION_CODE_REQUIRED" == flow["status"]
    assert {"user.verify", "user.sendVerificationCode"} <= set(flow["_links"])
    assert "VERIFICATION_CODE_REQUIRED" == agent.act(flow, "user.sendVerificationCode").json()["status"]
    code = controls.messages(name)[0]["code"]
    assert "COMPLETED" == agent.act(flow, "user.verify", verificationCode=code).json()["status"]


@fact("8.7-duplicate")
def test_a_user_name_that_is_taken(agent: Agent):
    """It must be another one."""
    flow = agent.start(acr_values=agent.target.policy("Registration"))
    told = detail(agent.act(
        flow, "user.register", username=agent.target.user().username, email="new@example.com", password="Quite-New-2026"
    ))
    assert ("UNIQUENESS_VIOLATION", "username") == (told["code"], told["target"])
    assert "is unique but a non-unique value is provided" == told["message"]
