"""Driving a flow: media types, cookies, both answers of resume, and what is refused."""

import json

import pytest

from webapp.oidc.errors import ProviderError, Refused, ResponseMalformed
from webapp.oidc.http import Answer
from webapp.pingone import api
from webapp.pingone.endpoints import Endpoints, environment_in, is_uuid
from webapp.pingone.errors import FlowExpired, FlowRefused, ResumeForeignLocation, ResumeNoCookie

BASE = "https://auth.pingone.example/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
FLOW = "03ae87ab-173f-459f-8225-965d338735b8"
REDIRECT = "https://rp.example/callback"
ENDPOINTS = Endpoints(BASE)
ST = {"ST": "secret"}


class Http:
    """Answers once and remembers what was asked."""

    def __init__(self, status=200, body=None, location=None, cookie=None):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        fields = [("Set-Cookie", cookie), ("Location", location)]
        self.answer = Answer(status, tuple(field for field in fields if field[1] is not None), content)
        self.sent = []

    def exchange(self, request):
        self.sent.append(request)
        return self.answer


def flow(status="COMPLETED", **more):
    return {"id": FLOW, "status": status, "_links": {"self": {"href": "http://elsewhere"}}, **more}


def resume(http, cookies=ST):
    return api.resume(http, ENDPOINTS, FLOW, cookies, REDIRECT)


def test_resume_reads_the_code_out_of_the_flow():
    """200: the code is in authorizeResponse. One GET with the ST cookie, no Authorization, no redirect followed."""
    http = Http(body=flow(authorizeResponse={"code": "c-1"}))
    assert (("code", "c-1"),) == resume(http)
    sent = http.sent[0]
    assert ("GET", f"{BASE}/as/resume?flowId={FLOW}") == (sent.method, sent.url)
    assert "ST=secret" == sent.headers["Cookie"]
    assert "Authorization" not in sent.headers


@pytest.mark.parametrize(
    ("status", "error"),
    [(201, ProviderError), (204, ProviderError), (206, ProviderError), (304, ProviderError), (400, FlowRefused),
     (401, ProviderError), (403, ProviderError), (404, FlowExpired), (409, ProviderError)],
)  # fmt: skip
def test_only_a_200_is_a_flow(status, error):
    """A flow under any other status was not said by PingOne: resuming, reading and acting all refuse it."""
    right = flow(authorizeResponse={"code": "c-1"})
    for call in (
        resume,
        lambda http: api.read(http, ENDPOINTS, FLOW, ST),
        lambda http: api.act(http, ENDPOINTS, FLOW, "usernamePassword.check", {}, ST),
    ):
        with pytest.raises(error):
            call(Http(status, right))


def test_resume_reads_the_code_out_of_the_location():
    """302 to our redirect URI: its query is the answer, duplicates included for the check that refuses them."""
    found = resume(Http(302, b"", f"{REDIRECT}?code=c-1&state=s%3D1&code=c-2"))
    assert (("code", "c-1"), ("state", "s=1"), ("code", "c-2")) == found


@pytest.mark.parametrize(
    "location",
    ["", "/callback?code=x", "https://evil.example/callback?code=x", REDIRECT + "1?code=x", REDIRECT + "/?code=x",
     "http://rp.example/callback?code=x", "https://rp.example@evil.example/callback?code=x",
     "https://rp.example:443/callback?code=x", f"{REDIRECT}#code=x", f"{REDIRECT}?code=x#y", f" {REDIRECT}?code=x",
     f"{REDIRECT}?code=x\n", "https://apps.pingone.example/signon/?error=x"],
)  # fmt: skip
def test_a_location_elsewhere_is_refused(location):
    """Anything but our redirect URI to the letter is refused, and not followed."""
    http = Http(302, b"", location)
    with pytest.raises(ResumeForeignLocation):
        resume(http)
    assert 1 == len(http.sent)


def test_a_location_with_a_thousand_parameters_is_refused():
    """A flood of parameters is malformed, not an internal error."""
    with pytest.raises(ResponseMalformed):
        resume(Http(302, b"", REDIRECT + "?" + "&".join(["a=b"] * 1000)))


@pytest.mark.parametrize("cookies", [{}, {"other": "x"}])
def test_without_st_resume_is_not_called(cookies):
    """Knowing a flow id is not enough: no cookie, no call."""
    http = Http(body=flow(authorizeResponse={"code": "c"}))
    with pytest.raises(ResumeNoCookie):
        resume(http, cookies)
    assert [] == http.sent


@pytest.mark.parametrize(
    "http",
    [Http(body=flow()), Http(body=flow("OTP_REQUIRED", authorizeResponse={"code": "c"})), Http(body=b"<html>"),
     Http(body=flow(authorizeResponse={"code": 5})), Http(body=flow(authorizeResponse="c")), Http(body={}),
     Http(body={**flow(authorizeResponse={"code": "c"}), "id": FLOW.replace("0", "1")}), Http(403, {}), Http(500, {}),
     Http(204, b""), Http(body=b'{"id":"x","id":"y"}')],
)  # fmt: skip
def test_a_resume_answer_without_a_code_is_refused(http):
    """Pending flows, other flows, mistyped members, HTML and other statuses give no code."""
    with pytest.raises(ProviderError):
        resume(http)


def test_a_failed_flow_is_a_refusal():
    """FAILED arrives as PingOne's words."""
    with pytest.raises(Refused) as refusal:
        resume(Http(body=flow("FAILED", error={"code": "access_denied", "message": "no"})))
    assert ("access_denied", "no") == (refusal.value.said.error, refusal.value.said.description)


def test_the_media_type_names_the_action():
    """The body is JSON under PingOne's vendor type; the cookies afterwards include the new one."""
    http = Http(body=flow("COMPLETED"), cookie="ST=new; Path=/env; Secure; HttpOnly")
    body = {"username": "u", "password": "p"}
    found, cookies = api.act(http, ENDPOINTS, FLOW, "usernamePassword.check", body, {"a": "1"})
    sent = http.sent[0]
    assert ("POST", f"{BASE}/flows/{FLOW}") == (sent.method, sent.url)
    assert "application/vnd.pingidentity.usernamePassword.check+json" == sent.headers["Content-Type"]
    assert body == json.loads(sent.body)
    assert ("COMPLETED", {"a": "1", "ST": "new"}) == (found.status, cookies)


def test_a_refused_step_says_what_was_wrong_with_which_member():
    """400 becomes details with their targets, counts and unsatisfied requirements."""
    problem = {
        "id": "x", "code": "INVALID_DATA", "message": "m",
        "details": [{"code": "INVALID_VALUE", "target": "newPassword",
                     "innerError": {"unsatisfiedRequirements": ["length"], "secondsUntilUnlock": 60}}],
    }  # fmt: skip
    with pytest.raises(FlowRefused) as refusal:
        api.act(Http(400, problem), ENDPOINTS, FLOW, "password.reset", {}, {})
    detail = refusal.value.problem.details[0]
    assert ("newPassword", ("length",), 60) == (detail.target, detail.unsatisfied, detail.seconds_until_unlock)


@pytest.mark.parametrize("count", [True, False, -1, 2**31, 1.5, "3", None])
def test_a_count_that_is_none_is_left_out(count):
    """What is no whole number of an ordinary size would be nonsense on the form: "1 tries left" for `true`."""
    counts = {"failuresRemaining": count, "secondsUntilUnlock": count}
    body = {"code": "INVALID_DATA", "details": [{"innerError": counts}]}
    with pytest.raises(FlowRefused) as refusal:
        api.act(Http(400, body), ENDPOINTS, FLOW, "usernamePassword.check", {}, ST)
    detail = refusal.value.problem.details[0]
    assert (None, None) == (detail.failures_remaining, detail.seconds_until_unlock)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", {"details": 5}, {"details": [5, {"innerError": []}]}, {"code": 1}]
)
def test_a_refusal_of_any_shape_is_a_refusal(body):
    """What cannot be read of the error does not become an internal one."""
    with pytest.raises(FlowRefused):
        api.read(Http(400, body), ENDPOINTS, FLOW, {})


def test_an_unknown_flow_has_expired():
    """404 means that 15 minutes are over."""
    with pytest.raises(FlowExpired):
        api.read(Http(404, {"code": "NOT_FOUND"}), ENDPOINTS, FLOW, {})


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"id": FLOW},
        {"id": FLOW, "status": 5},
        {"id": 5, "status": "COMPLETED"},
        {"id": "../x", "status": "OTP_REQUIRED"},
        {"id": FLOW, "status": "é"},
    ],
)
def test_a_flow_without_id_or_status_cannot_be_used(document):
    """Both are texts, the id is a UUID: it becomes part of a URL."""
    with pytest.raises(ProviderError):
        api.act(Http(body=document), ENDPOINTS, FLOW, "otp.check", {}, {})


AUTHORIZE = f"{BASE}/as/authorize?response_mode=pi.flow"


def test_only_a_redirect_has_its_error_in_the_location():
    """A flow is a flow, whatever header comes with it."""
    found, _ = api.start(Http(200, flow("USERNAME_PASSWORD_REQUIRED"), f"{REDIRECT}?error=x"), AUTHORIZE)
    assert FLOW == found.id


@pytest.mark.parametrize("status", [201, 204, 206, 303, 304])
def test_what_is_neither_flow_nor_refusal_is_a_fault(status):
    """The request is answered with 200 and a flow, or with a reason; with anything else nothing can be done."""
    with pytest.raises(ProviderError):
        api.start(Http(status, flow("USERNAME_PASSWORD_REQUIRED"), f"{REDIRECT}?state=s"), AUTHORIZE)


def test_a_configuration_error_arrives_in_the_location():
    """An unregistered redirect URI is answered with a redirect that carries JSON; its words are shown."""
    problem = "%7B%22code%22%3A%22INVALID_DATA%22%2C%22message%22%3A%22redirect_uri%22%7D"
    with pytest.raises(Refused) as refusal:
        api.start(Http(302, b"", f"https://apps.pingone.example/signon/?error={problem}"), AUTHORIZE)
    assert ("invalid_data", "redirect_uri") == (refusal.value.said.error, refusal.value.said.description)


def test_a_silent_sign_on_that_is_refused_says_login_required():
    """prompt=none without a session: the platform error's detail becomes the error."""
    body = {"code": "INVALID_REQUEST", "details": [{"code": "LOGIN_REQUIRED", "message": "m"}]}
    with pytest.raises(Refused) as refusal:
        api.start(Http(400, body), AUTHORIZE)
    assert "login_required" == refusal.value.said.error


@pytest.mark.parametrize("text", ["", "x", FLOW + "1", FLOW + "\n", "../" + FLOW, FLOW.replace("-", "")])
def test_only_a_uuid_is_a_flow_id(text):
    """Nothing else becomes part of a URL."""
    assert not is_uuid(text)
    with pytest.raises(ValueError, match="UUID"):
        ENDPOINTS.resume(text)


def test_a_custom_domain_names_no_environment():
    """A base of PingOne's own ends with it."""
    assert "" == environment_in("https://auth.example.org")
    assert "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6" == environment_in(BASE)


def test_the_sibling_of_st_is_enough():
    """`ST-NO-SS` alone may resume: clients that mishandle SameSite get it instead."""
    http = Http(body=flow(authorizeResponse={"code": "c-1"}))
    assert (("code", "c-1"),) == resume(http, {"ST-NO-SS": "secret"})


def test_a_location_that_cannot_be_parsed_has_no_error():
    """PingOne's redirect with rubbish in it is an unusable answer, not an internal error."""
    with pytest.raises(ProviderError):
        api.start(Http(302, b"", "https://[bad/?error=x"), AUTHORIZE)
