"""Approve 100 EUR to Bob: signed by us, shown by PingOne, confirmed with a second factor, counted only when so."""

import base64
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from config import Settings
from tests.support.overheard import Reader, Wire
from tests.views.conftest import ENVIRON
from webapp import create_app, registered, wiring
from webapp.oidc.client import Client
from webapp.oidc.errors import Refused, SubjectChanged
from webapp.pingone import approval
from webapp.pingone.approval import Transaction
from webapp.simulator import create_simulator
from webapp.simulator.control import Control
from webapp.store.memory import MemoryStore

QUESTION = "Approve 100 EUR to Bob?"


class Person(Reader):
    """Somebody with two devices in front of an application and its simulator."""

    def __init__(self, **environ: str) -> None:
        settings, wire = Settings.from_env(ENVIRON | environ), Wire()
        simulator = create_simulator(settings.simulator_base, public_url=settings.public_url)
        services = wiring.build(settings, store=MemoryStore(), simulator=wire(simulator), deadline=2.0)
        super().__init__(services, create_app(settings, services), wire)
        self.control = Control(simulator)

    def signed_on(self, username: str = "mfaTestUser") -> "Person":
        """With the password and the passcode."""
        self.sign_on("redirectless", username)
        self.device("Email")
        self.passcode()
        assert "/session" in self.url
        return self

    def text(self) -> str:
        assert self.page
        return self.page.text

    def device(self, kind: str) -> None:
        found = re.findall(r'name="device" value="([^"]+)"(.*?)</label>', self.text(), re.DOTALL)
        self.post(self.url, {"device": next(id for id, label in found if kind in label)})

    def passcode(self) -> None:
        self.answer(otp=str(self.control.inbox()[0]["code"]))

    def approve(self, **fields: str) -> None:
        self.get("/approval")
        self.post("/approval", {"amount": "100", "currency": "EUR", "recipient": "Bob", **fields})

    def answer_push(self, word: str) -> None:
        message = self.control.inbox()[0]
        own = self.simulator_url.removesuffix("/simulator")
        self.client.post(f"/simulator/inbox/{message['id']}", base_url=own, json={"answer": word})

    @property
    def approved(self) -> bool:
        return "Approved: 100 EUR to Bob." in self.text()


@pytest.fixture
def person() -> Iterator[Person]:
    found = Person()
    yield found
    found.services.close()


def test_approved_by_passcode(person: Person) -> None:
    """The form and the message say what for; the session is the same afterwards, and a reload says it no more."""
    person.signed_on()
    before = person.get("/session").text.count("mfaTestUser")
    person.approve()
    assert "You approve <strong" in person.text() and "100 EUR to Bob" in person.text()
    assert not person.approved
    person.device("Email")
    assert str(person.control.inbox()[0]["text"]).startswith(QUESTION)
    person.answer(otp="000000")
    assert not person.approved
    person.passcode()
    assert person.approved
    assert "Approved: " not in person.get("/approval").text
    assert before == person.get("/session").text.count("mfaTestUser")


@pytest.mark.parametrize(("word", "approved"), [("approved", True), ("denied", False)])
def test_answered_by_push(person: Person, word: str, approved: bool) -> None:
    """Nothing is approved while nobody has answered, nor by a no."""
    person.signed_on()
    person.approve()
    person.device("Mobile")
    waiting = person.url
    assert QUESTION == person.control.inbox()[0]["text"]
    person.get(waiting)
    assert not person.approved
    person.answer_push(word)
    person.get(waiting)
    assert approved == person.approved


def test_the_story_tells_what_was_approved(person: Person) -> None:
    """The signed request is there to read, and no secret of it."""
    person.signed_on()
    person.approve()
    person.device("Email")
    person.passcode()
    story = person.get(f"/traces/{person.trace}").text
    assert "Approved" in story
    assert "pi.template" in story
    assert "the person who was asked" in story
    assert registered.SIGNER[2] not in story


@pytest.mark.parametrize("fault", ["acr_downgraded", "nonce_wrong", "access_denied"])
def test_an_answer_that_is_not_right_approves_nothing(person: Person, fault: str) -> None:
    """Every check of a sign-on counts here too: the fault can be chosen and seen."""
    person.signed_on()
    person.control.choose_fault(fault)
    person.approve()
    person.device("Email")
    person.passcode()
    assert not person.approved
    assert "data-error-code" in person.text()


def test_a_changed_amount_is_refused(person: Person) -> None:
    """Whoever has no secret of ours cannot say another amount, nor beside the request."""
    subject = _subject(person.signed_on())
    parties = person.services.sign_on.parties
    assert parties.approving
    thief = Client(parties.approving.client.client_id, "client_secret_post", "x" * 40)
    http = person.services.transport.http()
    with pytest.raises(Refused):
        approval.begin_approval(
            http, replace(parties.approving, client=thief), Transaction("100000", "EUR", "Bob"), subject, time.time
        )
    flow, _ = approval.begin_approval(http, parties.approving, Transaction("100", "EUR", "Bob"), subject, time.time)
    assert "DEVICE_SELECTION_REQUIRED" == flow.status


def test_somebody_elses_yes_is_none() -> None:
    """The same check that compares every subject."""
    assert approval.same_person("abc", "abc").passed
    with pytest.raises(SubjectChanged):
        approval.same_person("abc", "abd")


@pytest.mark.parametrize("meanwhile", ["signed off", "ended from elsewhere", "somebody else"])
def test_only_the_session_that_asked_is_told_so(person: Person, meanwhile: str) -> None:
    """Signed off in another tab, or another person signed on there: the passcode is right, and nothing is approved."""
    person.signed_on()
    person.approve()
    person.device("Email")
    step, passcode = person.url, str(person.control.inbox()[0]["code"])
    if meanwhile == "signed off":
        person.get("/session")
        person.post("/sign-off", {})
    elif meanwhile == "ended from elsewhere":
        subject = _subject(person)
        [(session, _)] = person.services.session_use.sessions.all_of(subject)
        person.services.session_use.sessions.end(session)
    else:
        person.sign_on("redirectless", "sharedTestUser")
        assert "/session" in person.url
    person.url = step
    person.post(step, {"action": "otp.check", "otp": passcode})
    assert person.page is not None
    assert person.page.status_code < 500
    assert not person.approved
    assert "Approved: " not in person.get("/approval").text


@pytest.mark.parametrize(
    "fields", [{"amount": "-1"}, {"amount": "1e9"}, {"recipient": ""}, {"currency": "XXX"}, {"recipient": "a\x00b"}]
)
def test_what_is_no_transaction_is_not_asked(person: Person, fields: dict[str, str]) -> None:
    """The form again, and no call to PingOne."""
    person.signed_on()
    calls = person.services.transport.calls
    person.approve(**fields)
    assert (422, calls) == (person.page.status_code if person.page else 0, person.services.transport.calls)


def test_only_a_same_origin_post_of_somebody_signed_on_asks(person: Person) -> None:
    """A link asks for nothing, another site may not post, and a visitor is sent to sign on."""
    person.get("/approval")
    assert "password" in person.text()
    person.signed_on()
    foreign = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    assert 403 == person.client.post("/approval", base_url=person.public_url, headers=foreign).status_code


def test_a_public_client_says_that_it_cannot_sign() -> None:
    """Another application of the simulator's, without a secret."""
    person = Person(SIMULATOR="on", PINGONE_CLIENT_ID="2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a08")
    person.signed_on()
    assert "cannot sign" in person.get("/approval").text
    person.services.close()


def test_a_request_is_signed_for_one_issuer_and_one_minute() -> None:
    """A copy is of no use elsewhere or later; a public client signs nothing."""
    client = Client("rp", "client_secret_basic", "s" * 40)
    token = approval.signed_request(client, "https://issuer.example", {"sub": "x"}, 1000.0)
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    expected = {"iss": "rp", "aud": "https://issuer.example", "iat": 1000, "exp": 1060, "sub": "x"}
    assert expected.items() <= claims.items()
    with pytest.raises(ValueError, match="public client"):
        approval.signed_request(Client("rp"), "https://issuer.example", {}, 1000.0)


def _subject(person: Person) -> str:
    found = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", person.get("/session").text.partition(">sub<")[2])
    assert found
    return found[0]
