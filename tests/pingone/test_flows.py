"""Flows as a host drives them: what PingOne may answer at the start, at a step and at resume, and what comes of it."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from webapp.oidc import Ask, Client, MemoryAttempts, RelyingParty, SignOnError
from webapp.oidc.errors import ProviderError, Refused
from webapp.oidc.http import Answer
from webapp.oidc.provider import Provider
from webapp.pingone import act, begin_flow, flow_of, read, resume
from webapp.pingone.approval import Transaction, begin_approval
from webapp.pingone.errors import ResumeNoCookie
from webapp.pingone.flow import FlowPolicyUnsupported

BASE = "https://auth.pingone.example/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
FLOW = "03ae87ab-173f-459f-8225-965d338735b8"
PROVIDER = Provider(f"{BASE}/as", f"{BASE}/as/authorize", f"{BASE}/as/token", f"{BASE}/as/jwks")
FAILED = {"id": FLOW, "status": "FAILED", "error": {"code": "USER_LOCKED", "message": "locked"}}
WAITING = {"id": FLOW, "status": "USERNAME_PASSWORD_REQUIRED"}


class Http:
    """Gives one answer after the other."""

    def __init__(self, *bodies, status=200):
        self.answers = [Answer(status, (("Set-Cookie", "ST=secret"),), json.dumps(body).encode()) for body in bodies]
        self.sent = []

    def exchange(self, request):
        self.sent.append(request)
        return self.answers.pop(0)


@pytest.fixture
def party():
    kept = SimpleNamespace(get=lambda http=None: PROVIDER)
    return RelyingParty(PROVIDER.issuer, Client("client-1"), "https://rp.example/callback", kept, kept)


def begin(party, http):
    return begin_flow(http, party, Ask(scope="openid"), lambda: 1_800_000_000.0)


@pytest.mark.parametrize("call", ["begin", "read", "act", "resume"])
@pytest.mark.parametrize("failed", [FAILED, {name: value for name, value in FAILED.items() if name != "id"}])
def test_a_failed_flow_is_a_refusal_wherever_it_shows(party, call, failed):
    """PingOne's own words, from every call; never a missing cookie or a malformed flow."""
    http = Http(*([] if call == "begin" else [WAITING]), failed)
    calls = {
        "begin": lambda: begin(party, http),
        "read": lambda: read(http, begin(party, http)[1]),
        "act": lambda: act(http, begin(party, http)[1], "usernamePassword.check", {}),
        "resume": lambda: resume(http, begin(party, http)[1]),
    }
    with pytest.raises(Refused) as refused:
        calls[call]()
    assert ("USER_LOCKED", "locked") == (refused.value.said.error, refused.value.said.description)


def test_a_davinci_policy_is_named(party):
    """`interactionId` and no `status`: what to change is in the console, and hosted mode works."""
    with pytest.raises(FlowPolicyUnsupported, match="DaVinci") as unsupported:
        begin(party, Http({"interactionId": "x", "interactionToken": "y", "capabilityName": "customHTMLTemplate"}))
    assert isinstance(unsupported.value, SignOnError)
    assert "Policies" in unsupported.value.detail


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"id": FLOW, "status": "COMPLETED", "authorizeResponse": {"code": "c"}}, {"code": "c", "state": "mine"}),
        ({"id": FLOW, "status": "COMPLETED", "authorizeResponse": {"code": "c", "state": "other"}},
         {"code": "c", "state": "other"}),
        ({"id": FLOW, "status": "COMPLETED", "authorizeResponse": {"error": "access_denied"}},
         {"error": "access_denied", "state": "mine"}),
        ({"error": "access_denied", "error_description": "no", "details": [{"code": "a"}], "id": 5},
         {"error": "access_denied", "error_description": "no", "state": "mine"}),
    ],
    ids=["code", "other-state", "error-in-flow", "error-alone"],
)  # fmt: skip
def test_the_documented_answer_lacks_a_state(party, answer, expected):
    """Our server asked and holds the flow: it is this attempt's answer, an error too. A state that comes stays."""
    http = Http(WAITING, answer)
    _, attempt = begin(party, http)
    assert expected == dict(resume(http, replace(attempt, state="mine")))


def test_a_flow_that_needs_no_step_is_finished_at_once(party):
    """COMPLETED with the code in the first answer: nothing more is asked of PingOne, and the code is in no flow."""
    http = Http({"id": FLOW, "status": "COMPLETED", "authorizeResponse": {"code": "c", "state": "s"}})
    flow, attempt = begin(party, http)
    assert flow.finished
    attempts = MemoryAttempts(lambda: 1_800_000_000.0)
    attempts.put(attempt)
    assert (("code", "c"), ("state", "s")) == resume(http, attempts.take(attempt.id, attempt.secret))
    assert 1 == len(http.sent)
    assert "c" not in json.dumps(flow_of(attempt).document).replace(FLOW, "").replace("COMPLETED", "").split('"')


def test_an_attempt_without_a_flow_drives_none(party):
    """A hosted attempt has nothing to act on."""
    _, attempt = party.begin(Http(), Ask(scope="openid"), lambda: 1_800_000_000.0)
    with pytest.raises(ResumeNoCookie):
        flow_of(attempt)


@pytest.mark.parametrize("status", ["COMPLETED", "USERNAME_PASSWORD_REQUIRED"])
def test_an_approval_that_nobody_was_asked_for_is_none(status):
    """A flow that is finished as it begins has shown nobody what is to be approved."""
    kept = SimpleNamespace(get=lambda http=None: PROVIDER)
    signing = Client("client-1", "client_secret_post", "a secret that is long enough to sign with")
    party = RelyingParty(PROVIDER.issuer, signing, "https://rp.example/callback", kept, kept)
    transaction = Transaction("100", "EUR", "Bob")
    http = Http({"id": FLOW, "status": status, "resumeUrl": f"{BASE}/as/resume?flowId={FLOW}"})
    if status == "COMPLETED":
        with pytest.raises(ProviderError, match="before anybody was asked"):
            begin_approval(http, party, transaction, "somebody", lambda: 1_800_000_000.0)
    else:
        assert FLOW == begin_approval(http, party, transaction, "somebody", lambda: 1_800_000_000.0)[0].id


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ([{"code": "INVALID_VALUE", "target": "acr_values"}], "The request could not be completed."),
        ([{"code": "INVALID_VALUE", "target": "scope", "message": "No such scope"}], "No such scope (scope)"),
        ([], "The request could not be completed."),
    ],
)
def test_a_refused_start_has_the_words_of_its_first_detail_if_that_has_any(party, details, words):
    """They say which parameter; the message is the same for all."""
    problem = {"code": "INVALID_DATA", "message": "The request could not be completed.", "details": details}
    with pytest.raises(Refused) as refused:
        begin(party, Http(problem, status=400))
    assert words == refused.value.said.description
