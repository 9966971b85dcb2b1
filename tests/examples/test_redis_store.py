"""The Redis example keeps what the protocols promise, against a real Redis."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import redis
from cryptography.fernet import Fernet

from examples.redis_store import RedisAttempts, RedisSessions
from tests.copied.conftest import Listening
from tests.copied.host import PUBLIC, at_pingone
from webapp import oidc
from webapp.simulator import CLIENT_ID, ENVIRONMENT_ID

pytestmark = pytest.mark.redis
NOW = 1_800_000_000.0


@pytest.fixture
def store(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def attempts(store):
    return RedisAttempts(store, Fernet(Fernet.generate_key()))


@pytest.fixture
def attempt():
    return oidc.Attempt.new("client", "https://issuer.example", f"{PUBLIC}/callback", oidc.Ask("openid"), NOW)


def test_an_attempt_is_found_by_its_browser_and_taken_once(attempts, attempt):
    """Of eight callers one gets it; the id alone finds nothing; what was taken does not come back."""
    attempts.put(attempt)
    assert (attempt, None) == (attempts.get(attempt.id, attempt.secret), attempts.get(attempt.id, "guessed"))
    changed = replace(attempt, note={"to": "/x"})
    assert attempts.replace(changed)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: attempts.take(attempt.id, attempt.secret), range(8)))
    assert [changed] == [each for each in taken if each]
    assert [False, False] == [attempts.replace(changed), attempts.replace(changed, changed)]
    assert attempts.get(attempt.id, attempt.secret) is None


def test_of_callers_who_saw_the_same_attempt_one_changes_it(attempts, attempt):
    """Each writes its own number; the first counts, and who saw what was there before changes nothing."""
    attempts.put(attempt)
    changes = [replace(attempt, note={"to": str(number)}) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda changed: attempts.replace(changed, attempt), changes))
    assert 1 == done.count(True)
    assert changes[done.index(True)] == attempts.get(attempt.id, attempt.secret)
    assert attempts.replace(attempt, changes[done.index(True)])


def test_the_store_does_not_open_itself(attempts, attempt, store):
    """Neither names nor values give a secret away, and nothing is kept for longer than an attempt lives."""
    attempts.put(attempt)
    (key,) = store.keys()
    kept = key + store.get(key)
    secrets = (attempt.secret, attempt.state, attempt.nonce, attempt.verifier)
    assert [] == [each for each in secrets if each.encode() in kept]
    assert 0 < store.ttl(key) <= oidc.LIFETIME


def test_four_refresh_once_and_what_has_ended_does_not_come_back(store):
    """One token call for four threads; a save after sign-off is refused."""
    simulator = Listening(PUBLIC)
    try:
        http, now = oidc.RequestsHttp(), time.time
        issuer = f"{simulator.base}/{ENVIRONMENT_ID}/as"
        party = oidc.RelyingParty.discovered(issuer, oidc.Client(CLIENT_ID), f"{PUBLIC}/callback", http)
        box = Fernet(Fernet.generate_key())
        attempts, sessions = RedisAttempts(store, box), RedisSessions(store, box)
        url, attempt = party.begin(http, oidc.Ask("openid profile"), now)
        attempts.put(attempt)
        pairs = [pair.split("=", 1) for pair in at_pingone(url).partition("?")[2].split("&")]
        parameters = tuple((name, value) for name, value in pairs)
        taken = oidc.take(attempts, parameters, {attempt.id: attempt.secret}, now())
        id = sessions.begin(party.finish(http, taken, parameters, now))
        seen, before = sessions.get(id), simulator.count("/as/token")

        def refresh(_):
            return party.refreshed(http, seen, sessions.record(id), now, sessions.lock(id))

        with ThreadPoolExecutor(4) as pool:
            renewed = list(pool.map(refresh, range(4)))
        assert before + 1 == simulator.count("/as/token")
        assert 1 == len({each.tokens.access_token for each in renewed})
        record = sessions.record(id)
        other = sessions.begin(renewed[0], before=id)
        assert (None, False) == (sessions.get(id), record.save(renewed[0]))
        assert renewed[0].tokens == sessions.end(other).tokens
        assert [] == store.keys("session:*")
    finally:
        simulator.close()
