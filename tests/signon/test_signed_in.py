"""A session as a record, and what cannot be one."""

from dataclasses import replace

import pytest

from webapp.oidc.checks import Check
from webapp.oidc.signed_on import SignedOn
from webapp.oidc.tokens import TokenSet
from webapp.signon.signed_in import SignedIn, from_record

PERSON = SignedIn(
    SignedOn(
        client_id="client",
        issuer="https://op/as",
        subject="alice",
        claims={"sub": "alice", "sid": "pingone-session"},
        tokens=TokenSet("access", "id", scope="openid"),
        received_at=1.0,
        nonce="nonce",
        checks=(Check("iss", "a", "a", True, "source"),),
    ),
    mode="hosted",
    authenticated_at=1,
    attempts=("one",),
)


def test_a_session_comes_back_as_it_was():
    """What is stored is what is read."""
    assert PERSON == from_record(PERSON.to_record())


@pytest.mark.parametrize(
    "record",
    [None, "text", [], {}, {**PERSON.to_record(), "version": -1}, {**PERSON.to_record(), "unheard_of": 1},
     {name: value for name, value in PERSON.to_record().items() if name != "version"},
     {name: value for name, value in PERSON.to_record().items() if name != "on"}],
    ids=lambda record: str(record)[:20],
)  # fmt: skip
def test_the_record_of_another_release_is_nobody(record):
    """Its owner signs on again instead of meeting an error."""
    assert from_record(record) is None


@pytest.mark.parametrize("sid", [None, 5, ["pingone-session"], {}])
def test_a_session_number_that_is_no_text_is_none(sid):
    """It is compared and shown as text."""
    person = replace(PERSON, on=replace(PERSON.on, claims={"sub": "alice", "sid": sid}))
    assert ("", "pingone-session") == (person.pingone_session, PERSON.pingone_session)
