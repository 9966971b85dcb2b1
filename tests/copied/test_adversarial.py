"""The poisoned answers of the adversarial tests, given to the copied folders themselves, with nothing around them."""

import re
from dataclasses import replace

import pytest
import requests

from tests.adversarial import test_authorization_response, test_discovery, test_id_token, test_token_answer
from tests.copied.host import PUBLIC, Host
from tests.support.adversarial import each_mode, secrets_of
from tests.support.provider import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID, providing
from tests.support.provider_answers import PASSWORD
from tests.support.provider_tokens import SUBJECT

CLIENTS = (CLIENT_ID, CUSTOM_CLIENT_ID)
GROUPS = (test_discovery, test_authorization_response, test_token_answer, test_id_token)
ROWS = [replace(row, id=f"{group.__name__.rpartition('test_')[2]}-{row.id}") for group in GROUPS for row in group.ROWS]


@pytest.fixture(scope="module")
def liar():
    """One provider for all rows: each begins with an honest one."""
    with providing(PUBLIC) as provider:
        yield provider


@pytest.fixture(scope="module")
def client():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@each_mode(ROWS)
def test_the_copy_refuses(theirs, liar, client, row, mode):
    """The same error as in our application, no call that builds on the answer, and honesty signs on afterwards."""
    liar.reset()
    liar.sends_iss = liar.advertises_iss = False
    row.poison(liar)
    host = Host(theirs, liar.server.origin, client, environment_id=ENVIRONMENT_ID, clients=CLIENTS)
    with pytest.raises(theirs.errors.SignOnError) as refused:
        signed_on(host, mode)
    assert (row.code, row.status) == (refused.value.code, refused.value.status)
    assert [] == [name for name in (*row.silent, "canary") if liar.ledger.count(name)]
    assert [] == secrets_of(liar, f"{refused.value} {refused.value.detail}") + liar.complaints
    liar.reset()
    assert signed_on(host, mode).claims["sub"] == SUBJECT


def signed_on(host, mode):
    """One sign-on from its start to its end, in a browser of its own; what `finish` returns."""
    visitor = {}
    if mode == "hosted":
        return host.callback(visitor, visited(host, host.begin(visitor)))
    if mode == "custom":
        page = visited(host, host.begin_page(visitor))
        _, attempt = host.adopt(visitor, re.search(r"flowId=([\w-]+)", page)[1])
    else:
        _, attempt = host.begin_flow(visitor)
    host.password(visitor, attempt.id, password=PASSWORD)
    return host.finish(visitor, attempt.id, host.page_party if mode == "custom" else host.party)


def visited(host, url):
    """Where the provider sends the browser."""
    return host.http.get(url, allow_redirects=False, timeout=5).headers["Location"]
