"""A status becomes a step, and a form becomes the JSON that its action sends."""

import pytest

from webapp.pingone.errors import StepUnsupported
from webapp.pingone.flow import parse_flow
from webapp.pingone.steps import STEPS, body_of, devices_of, fields_of, known_action, step_of

FLOW = "03ae87ab-173f-459f-8225-965d338735b8"


def flow(status, *actions, **more):
    return parse_flow({"id": FLOW, "status": status, "_links": {name: {} for name in actions}, **more})


def asks_for(*names):
    """A flow that wants these attributes of the user."""
    asked = [{"schemaPropertyName": name, "required": True} for name in names]
    return flow("PROFILE_DATA_REQUIRED", "user.update", _embedded={"attributes": asked})


@pytest.mark.parametrize("status", sorted(STEPS))
def test_every_documented_status_has_a_step(status):
    """Each status of the table has a kind, and its actions are ones that we can send."""
    step = step_of(flow(status, *STEPS[status].actions))
    assert (STEPS[status].kind, status) == (step.kind, step.status)
    assert all(known_action(name) for name in step.actions if name)


@pytest.mark.parametrize("status", ["ASSERTION_REQUIRED", "EXTERNAL_AUTHENTICATION_REQUIRED", "SOMETHING_NEW"])
def test_what_we_have_no_form_for_is_unsupported(status):
    """Passkeys, external providers and whatever PingOne invents: no error, a hand-over."""
    assert "unsupported" == step_of(flow(status, "assertion.check")).kind


def test_only_offered_ways_around_are_offered():
    """Forgotten password and registration appear where the flow links them."""
    assert ("usernamePassword.check",) == step_of(flow("USERNAME_PASSWORD_REQUIRED")).actions
    offered = step_of(flow("USERNAME_PASSWORD_REQUIRED", "user.register", "password.forgot")).actions
    assert ("usernamePassword.check", "password.forgot", "user.register") == offered


@pytest.mark.parametrize("status", ["AGREEMENT_CONSENT_REQUIRED", "AGREEMENT_REQUIRED"])
def test_an_agreement_is_known_by_its_action(status):
    """The name of its status is read from a heading alone: its action says what it is, with both answers."""
    step = step_of(flow(status, "user.consent"))
    assert ("agreement", ("user.consent", "user.consent.decline")) == (step.kind, step.actions)


@pytest.mark.parametrize(
    ("action", "fields", "expected"),
    [
        ("usernamePassword.check", {"username": "u", "password": "p", "x": "y"}, {"username": "u", "password": "p"}),
        (
            "password.reset",
            {"current_password": "a", "new_password": "b"},
            {"currentPassword": "a", "newPassword": "b"},
        ),
        ("usernamePassword.check", {"username": "u"}, {"username": "u"}),
        ("password.recover", {"recovery_code": "a", "new_password": "b"}, {"recoveryCode": "a", "newPassword": "b"}),
        ("device.select", {"device": "d"}, {"device": {"id": "d"}}),
        ("otp.check", {"otp": "123456"}, {"otp": "123456"}),
        ("user.update", {"profile.name.given": "A", "profile.title": ""}, {"name": {"given": "A"}}),
        ("user.consent", {}, {"accept": True}),
        ("user.consent.decline", {}, {"accept": False}),
        ("session.reset", {"username": "u"}, {}),
    ],
)
def test_a_form_becomes_the_actions_json(action, fields, expected):
    """Fields get PingOne's names; what does not belong to the action is not sent."""
    assert expected == body_of(asks_for("name.given", "title"), action, fields)


def test_a_visitor_cannot_change_what_the_flow_does_not_ask_for():
    """A form's own token stays here, and nobody moves to another population by adding a field."""
    form = {"action": "user.update", "csrf_token": "t", "profile.population.id": "p", "population.id": "p", "name": "n"}
    assert {} == body_of(asks_for("nickname"), "user.update", form)
    assert {"nickname": "N"} == body_of(asks_for("nickname"), "user.update", {**form, "profile.nickname": "N"})


@pytest.mark.parametrize("attributes", [None, 5, {}, [5, {}, {"schemaPropertyName": 5}, {"name": ""}]])
def test_attributes_of_any_shape_do_no_harm(attributes):
    """What names no attribute asks for none."""
    assert () == fields_of(flow("PROFILE_DATA_REQUIRED", _embedded={"attributes": attributes}), "user.update")


@pytest.mark.parametrize("action", ["", "user.delete", "usernamePassword.check+json\r\nX: 1"])
def test_an_unknown_action_is_never_sent(action):
    """The action becomes a header, so it is one of ours or nothing."""
    with pytest.raises(StepUnsupported):
        body_of(flow("OTP_REQUIRED"), action, {})


@pytest.mark.parametrize("devices", [None, 5, {}, [5, {"id": 5}, {}]])
def test_devices_of_any_shape_do_no_harm(devices):
    """What is no list of devices is an empty one."""
    assert () == devices_of(flow("DEVICE_SELECTION_REQUIRED", _embedded={"devices": devices}))


def test_devices_keep_their_masked_address():
    """Id, type and the address as PingOne masks it."""
    listed = [{"id": "d-1", "type": "EMAIL", "email": "s*****@example.com"}]
    found = devices_of(flow("OTP_REQUIRED", _embedded={"devices": listed}))
    assert ("d-1", "EMAIL", "s*****@example.com") == (found[0].id, found[0].kind, found[0].shown)


def test_a_member_and_a_member_of_it_do_not_clash() -> None:
    """The later of `a` and `a.b` is sent, in either order."""
    fields = {"profile.a": "1", "profile.a.b": "2"}
    assert {"a": {"b": "2"}} == body_of(asks_for("a", "a.b"), "user.update", fields)
    assert {"a": "1"} == body_of(asks_for("a.b", "a"), "user.update", fields)


def test_only_a_step_that_waits_for_a_telephone_asks_again_by_itself():
    """A form that reloads loses what was typed."""
    assert {"PUSH_CONFIRMATION_REQUIRED"} == {status for status, step in STEPS.items() if step.refresh_seconds}
