"""Tokens that find no use are given back, on every way that ends after the exchange."""

import time
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.copied.host import at_pingone


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("nonce_wrong", "IdTokenClaim"),
        ("at_hash_wrong", "IdTokenClaim"),
        ("signature_wrong", "IdTokenSignature"),
        ("id_token_missing", "ProviderError"),
    ],
)
def test_a_refusal_after_the_exchange(host, simulator, fault, error):
    """One token call, one revocation, nobody signed on."""
    visitor = {}
    simulator.choose(fault)
    back = at_pingone(host.begin(visitor))
    simulator.heard.clear()
    with pytest.raises(getattr(host.theirs.errors, error)):
        host.callback(visitor, back)
    assert (1, 1) == (simulator.count("/as/token"), simulator.count("/as/revoke"))


def test_keys_are_there_before_the_code_is_redeemed(host, simulator, theirs):
    """A code is worth nothing without keys: it is not spent while they cannot be had."""
    visitor = {}
    back = at_pingone(host.begin(visitor))
    inner = theirs.http.http_of(host.http)

    class NoKeys:
        def exchange(self, request):
            if request.url.endswith("/jwks"):
                raise ConnectionError
            return inner.exchange(request)

    host.http = NoKeys()
    simulator.heard.clear()
    with pytest.raises(theirs.errors.ProviderUnreachable):
        host.callback(visitor, back)
    assert 0 == simulator.count("/as/token")


def test_a_failure_of_ours_gives_them_back_too(host, simulator):
    """Whatever breaks between the exchange and the session."""
    visitor = {}
    back = at_pingone(host.begin(visitor))
    pairs = parse_qsl(urlsplit(back).query)
    attempt = host.theirs.attempt.take(host.attempts, pairs, visitor, time.time())
    host.party.keys.get(host.http)
    simulator.heard.clear()
    broken = replace(host.party, keys=Broken(host.party.keys))
    with pytest.raises(RuntimeError):
        broken.finish(host.http, attempt, pairs, time.time)
    assert (1, 1) == (simulator.count("/as/token"), simulator.count("/as/revoke"))


class Broken:
    """Keys that are there, and a check with a fault of ours."""

    def __init__(self, keys):
        self.get = keys.get

    def verified_claims(self, id_token, http):
        raise RuntimeError("a fault of ours")
