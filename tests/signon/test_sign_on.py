"""Sign-ons that take an unusual turn: finished at once, finished before our page, brought back too early."""

import json
import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.test import Client

from config import Settings
from webapp import create_app, wiring
from webapp.simulator import ENVIRONMENT_ID, PASSWORD, create_simulator
from webapp.store.memory import MemoryStore

PUBLIC = "http://localhost:5990"
BASE = "http://127.0.0.1:5990/simulator"


class Changed:
    """The simulator with one of its JSON answers changed on the way out."""

    def __init__(self, simulator):
        self.simulator, self.path, self.change = simulator, "", None
        self.method, self.asked = "GET", []

    def __call__(self, environ, start_response):
        self.asked.append(environ["PATH_INFO"])
        if not self.path or not self.asked[-1].endswith(self.path) or environ["REQUEST_METHOD"] != self.method:
            return self.simulator(environ, start_response)
        answer = Client(self.simulator, use_cookies=False).open(environ)
        document, cookies = self.change(json.loads(answer.data))
        start_response("200 OK", [("Content-Type", "application/json"), *(("Set-Cookie", line) for line in cookies)])
        return [json.dumps(document).encode()]

    def sign_on(self, flow_id):
        """Finish a flow as somebody else would; return the answer of resume and the cookies that were set."""
        path = f"/{ENVIRONMENT_ID}/flows/{flow_id}"
        client = Client(self.simulator, use_cookies=False)
        done = client.post(
            path,
            base_url=BASE,
            data=json.dumps({"username": "sharedTestUser", "password": PASSWORD}),
            content_type="application/vnd.pingidentity.usernamePassword.check+json",
        )
        cookies = done.headers.getlist("Set-Cookie")
        held = "; ".join(line.partition(";")[0] for line in cookies)
        resumed = client.get(f"/{ENVIRONMENT_ID}/as/resume?flowId={flow_id}", base_url=BASE, headers={"Cookie": held})
        return resumed.json, cookies


@pytest.fixture
def simulator():
    return Changed(create_simulator(BASE, public_url=PUBLIC))


SETTINGS = Settings.from_env({"PUBLIC_URL": PUBLIC, "SECRET_KEY": "0123456789abcdefghijklmnopqrstuv", "PORT": "5990"})


def client_of(settings, simulator):
    services = wiring.build(settings, store=MemoryStore(), simulator=simulator)
    return create_app(settings, services).test_client()


@pytest.fixture
def client(simulator):
    return client_of(SETTINGS, simulator)


def get(client, path, **headers):
    return client.get(path, base_url=PUBLIC, headers=headers)


def session_of(client):
    return get(client, "/session", Accept="application/json").json


def refusal(answer):
    found = re.search(r'data-error-code="([a-z_]+)"', answer.get_data(as_text=True))
    return found[1] if found else ""


def enter(client, form):
    """Fill in the first form."""
    entered = {"username": "sharedTestUser", "password": PASSWORD}
    return client.post(form, base_url=PUBLIC, data=entered, headers={"Origin": PUBLIC})


def at_the_custom_page(client):
    """Begin in custom page mode and return the address of our sign-on page with the flow."""
    there = get(client, "/sign-on/custom").location
    assert there, "no redirect to PingOne"
    simulator = client.application.extensions["services"].simulator.simulator
    return Client(simulator).get(there.removeprefix(BASE), base_url=BASE).location.removeprefix(PUBLIC)


def test_a_flow_that_needs_no_step_is_finished_at_once(client, simulator):
    """PingOne answers the request with COMPLETED and a code: all checks are made and the person is signed on."""
    simulator.path, simulator.change = "/as/authorize", lambda flow: simulator.sign_on(flow["id"])
    answer = get(client, "/sign-on/redirectless?return_to=/checks")
    assert (303, f"{PUBLIC}/checks") == (answer.status_code, answer.location)
    assert "redirectless" == session_of(client)["mode"]


def test_a_flow_that_needs_no_step_and_has_no_code_is_resumed(client, simulator):
    """COMPLETED without authorizeResponse: the code is behind resume, for which the cookie has come along."""

    def completed(flow):
        _, cookies = simulator.sign_on(flow["id"])
        return {**flow, "status": "COMPLETED"}, cookies

    simulator.path, simulator.change = "/as/authorize", completed
    get(client, "/sign-on/redirectless")
    assert not session_of(client)["signed_in"]  # The simulator gives a flow's code once, and sign_on() took it.
    simulator.change = lambda flow: ({**flow, "status": "COMPLETED"}, [])
    assert "resume_no_cookie" == refusal(get(client, "/sign-on/redirectless"))


@pytest.mark.parametrize(("status", "code"), [("FAILED", "refused"), ("COMPLETED", "resume_no_cookie")])
def test_a_flow_that_is_over_when_it_reaches_our_page_ends_there(client, simulator, status, code):
    """Neither is a step for PingOne's own page: a failed flow is refused, a completed one we hold no cookie for too."""
    page = at_the_custom_page(client)
    over = {"status": status, "error": {"code": "access_denied", "message": "no"}}
    simulator.path, simulator.change = page.partition("flowId=")[2], lambda flow: ({**flow, **over}, [])
    answer = get(client, page)
    assert code == refusal(get(client, answer.location) if answer.location else answer)
    assert not session_of(client)["signed_in"]


def own_flow(client, form):
    """The id of the flow behind a form of this browser."""
    handle = form.rpartition("/")[2]
    browser = {handle: client.get_cookie(f"so.{handle}").value}
    return client.application.extensions["services"].sign_on.waiting(handle, browser).flow.id


@pytest.mark.parametrize("cookies", [[], ["ST=anonymous; Path=/"]], ids=["no ST yet", "ST from the start"])
def test_a_flow_that_is_brought_back_too_early_is_not_used_up(client, simulator, cookies):
    """/resume with this browser's own pending flow leads back to its form, which still works."""
    simulator.path, simulator.change = "/as/authorize", lambda flow: (flow, cookies)
    form = get(client, "/sign-on/redirectless").location
    simulator.path, simulator.change = "/as/resume", lambda answer: (simulator.flow, [])
    flow_id = own_flow(client, form)
    simulator.flow = {"id": flow_id, "status": "USERNAME_PASSWORD_REQUIRED", "_links": {}}
    answer = get(client, f"/resume?flowId={flow_id}")
    simulator.path = ""
    assert (303, form) == (answer.status_code, answer.location)
    enter(client, form)
    assert session_of(client)["signed_in"]


def test_a_sign_off_while_a_pending_flow_is_brought_back_ends_it(client, simulator):
    """PingOne says that the flow still waits, and in between this browser has signed off: its attempt stays ended."""
    simulator.path, simulator.change = "/as/authorize", lambda flow: (flow, ["ST=anonymous; Path=/"])
    form = get(client, "/sign-on/redirectless").location
    flow_id, handle = own_flow(client, form), form.rpartition("/")[2]
    browser = {handle: client.get_cookie(f"so.{handle}").value}
    sign_on = client.application.extensions["services"].sign_on

    def pending(_):
        sign_on.end_attempts(browser)
        return {"id": flow_id, "status": "USERNAME_PASSWORD_REQUIRED", "_links": {}}, []

    simulator.path, simulator.change = "/as/resume", pending
    get(client, f"/resume?flowId={flow_id}")
    simulator.path = ""
    assert (400, "sign_on_unknown") == ((answer := get(client, form)).status_code, refusal(answer))
    assert sign_on.attempts.get(handle, browser[handle]) is None


def test_a_flow_is_found_by_its_id_in_either_case(client, simulator):
    """PingOne writes ids in lower case, and what brings a browser back may not: a UUID is the same in both."""
    form = get(client, "/sign-on/redirectless").location
    answer = get(client, f"/resume?flowId={own_flow(client, form).upper()}")
    assert (303, form) == (answer.status_code, answer.location)


def test_resume_finishes_what_is_finished(client, simulator):
    """/resume with the cookie in our hands asks PingOne's resume, and its word counts, not what we saw last."""
    simulator.path, simulator.change = "/as/authorize", lambda flow: (flow, ["ST=ours; Path=/"])
    form = get(client, "/sign-on/redirectless").location
    flow_id = own_flow(client, form)
    simulator.path, simulator.change = "/as/resume", lambda _: (simulator.sign_on(flow_id)[0], [])
    assert f"{PUBLIC}/session" == get(client, f"/resume?flowId={flow_id}").location
    assert session_of(client)["signed_in"]


@pytest.mark.parametrize("flow_id", ["", "x", "03ae87ab-173f-459f-8225-965d338735b8"])
def test_a_flow_of_nobody_here_is_explained(client, flow_id):
    """/resume for any other flow asks PingOne nothing and offers a fresh start."""
    transport = client.application.extensions["services"].transport
    answer = get(client, f"/resume?flowId={flow_id}")
    assert (400, "resume_no_cookie", 0) == (answer.status_code, refusal(answer), transport.calls)


def test_a_silent_sign_on_comes_back_silently(client):
    """prompt=none without a PingOne session leads to where the visitor wanted to go, without a page about it."""
    answer = get(client, "/sign-on/redirectless?prompt=none&return_to=/checks")
    assert (303, "/checks") == (answer.status_code, answer.location)
    there = get(client, "/sign-on/hosted?prompt=none&return_to=/checks").location
    simulator = client.application.extensions["services"].simulator.simulator
    back = Client(simulator).get(there.removeprefix(BASE), base_url=BASE).location
    assert "login_required" in back
    answer = get(client, back.removeprefix(PUBLIC))
    assert (303, "/checks") == (answer.status_code, answer.location)
    assert not session_of(client)["signed_in"]


def applications():
    """Those that an application like ours can be: it signs no requests and lives on its own origin."""
    found = Client(create_simulator(BASE, public_url=PUBLIC)).get("/about.json").json["applications"]
    strange = ("Disabled", "Service", "SignedRequest", "Browser", "DaVinci")
    return [each for each in found if each["name"] not in [f"UseCase{name}App" for name in strange]]


@pytest.mark.parametrize("par", ["auto", "on"])
@pytest.mark.parametrize("name", [each["name"] for each in applications()])
def test_each_application_of_the_simulator_signs_on(name, par):
    """Whatever way of client authentication and PKCE setting an application has, with and without pushed requests."""
    simulator = Changed(create_simulator(BASE, public_url=PUBLIC))
    found = {each["name"]: each for each in Client(simulator).get("/about.json").json["applications"]}[name]
    settings = replace(
        SETTINGS,
        client_id=found["clientId"],
        client_secret=found["clientSecret"],
        private_key=found.get("privateKey", ""),
        token_auth_method=found["tokenEndpointAuthMethod"].lower(),
        custom_client_id="",
        par="on" if found["parRequirement"] == "REQUIRED" else par,
    )
    client = client_of(settings, simulator)
    enter(client, get(client, "/sign-on/redirectless").location)
    session = session_of(client)
    assert (True, "redirectless") == (session["signed_in"], session["mode"])
    assert found["clientId"] == session["claims"]["aud"]


def test_a_pushed_request_leads_through_the_browser_too():
    """Custom page mode with a pushed request: the browser carries a reference and nothing else."""
    client = client_of(replace(SETTINGS, par="on"), Changed(create_simulator(BASE, public_url=PUBLIC)))
    there = get(client, "/sign-on/custom").location
    assert {"client_id", "request_uri"} == set(dict(parse_qsl(urlsplit(there).query)))
    simulator = client.application.extensions["services"].simulator.simulator
    page = Client(simulator).get(there.removeprefix(BASE), base_url=BASE).location.removeprefix(PUBLIC)
    enter(client, get(client, page).location)
    assert "custom" == session_of(client)["mode"]


def test_a_step_may_change_the_flows_id(client, simulator):
    """The next step goes to the flow that PingOne named last."""
    form = get(client, "/sign-on/redirectless").location
    new = "03ae87ab-173f-459f-8225-965d338735b8"
    simulator.method, simulator.path = "POST", own_flow(client, form)
    simulator.change = lambda flow: ({"id": new, "status": "OTP_REQUIRED", "_links": {"otp.check": {}}}, [])
    assert (303, form) == (enter(client, form).status_code, form)
    assert new == own_flow(client, form)
    client.post(form, base_url=PUBLIC, data={"otp": "123456"}, headers={"Origin": PUBLIC})
    assert simulator.asked[-1].endswith(f"/flows/{new}")
