"""What an attempt refuses to be, what it keeps to itself, and the places in which it waits."""

import json
import subprocess
import sys
import threading
from dataclasses import replace

import pytest


@pytest.fixture
def attempt(theirs):
    ask = theirs.request.Ask(scope="openid", max_age=60)
    return theirs.attempt.Attempt.new("client", "https://op.example/as", "https://rp.example/cb", ask, 1_800_000_000)


@pytest.mark.parametrize("name", ["id", "client_id", "issuer", "redirect_uri", "state", "nonce", "verifier", "secret"])
@pytest.mark.parametrize("value", ["", None, 5])
def test_an_empty_secret_cannot_be(attempt, name, value):
    """It would equal what an attacker leaves out."""
    with pytest.raises(ValueError, match=name):
        replace(attempt, **{name: value})


def test_what_is_stored_does_not_open_itself(theirs, attempt):
    """The browser's secret is in memory and not in the JSON; what is read back is the same attempt."""
    stored = attempt.to_json()
    assert attempt.secret not in stored
    assert attempt == theirs.attempt.Attempt.from_json(stored, attempt.secret)
    for wrong in ("{}", "[]", "nonsense", json.dumps({**json.loads(stored), "more": 1})):
        with pytest.raises(ValueError, match=r"."):
            theirs.attempt.Attempt.from_json(wrong, attempt.secret)


def test_nothing_secret_is_shown(attempt):
    """A log that shows an attempt gives nothing away."""
    for name in ("state", "nonce", "verifier", "secret"):
        assert getattr(attempt, name) not in repr(attempt)


def test_of_many_callers_one_takes_it(theirs, attempt):
    """Forty threads, one attempt."""
    attempts, taken, together = theirs.memory.MemoryAttempts(lambda: 0), [], threading.Barrier(40)
    attempts.put(attempt)

    def take():
        together.wait(5)
        taken.append(attempts.take(attempt.id, attempt.secret))

    threads = [threading.Thread(target=take) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert [attempt] == [each for each in taken if each]
    assert [False, False] == [attempts.replace(attempt), attempts.replace(attempt, attempt)]
    assert attempts.get(attempt.id, attempt.secret) is None


def test_an_attempt_that_has_changed_since_it_was_seen_is_not_replaced(theirs, attempt):
    """Of two who saw the same, the first one's change counts; without a look any change does."""
    attempts = theirs.memory.MemoryAttempts(lambda: 0)
    attempts.put(attempt)
    first, second = (replace(attempt, note={"by": each}) for each in ("first", "second"))
    assert [True, False] == [attempts.replace(first, attempt), attempts.replace(second, attempt)]
    assert first == attempts.get(attempt.id, attempt.secret)
    assert attempts.replace(second)
    assert second == attempts.get(attempt.id, attempt.secret)


def test_the_memory_is_bounded_in_number_and_time(theirs, attempt):
    """The oldest goes first, and nothing is found after its lifetime."""
    clock = [0.0]
    attempts = theirs.memory.MemoryAttempts(lambda: clock[0], most=3)
    many = [attempt.again(number) for number in range(5)]
    for each in many:
        attempts.put(each)
    assert [False, False, True, True, True] == [attempts.get(each.id, each.secret) is not None for each in many]
    clock[0] = theirs.attempt.LIFETIME
    assert [None] * 5 == [attempts.get(each.id, each.secret) for each in many]
    assert attempts.take(many[4].id, many[4].secret) is None


def test_a_lost_attempt_has_its_reason(theirs, attempt):
    """Another browser, too late, or used before."""
    attempts, errors = theirs.memory.MemoryAttempts(lambda: 0), theirs.errors
    mine = {attempt.id: attempt.secret}
    begun = 1_800_000_000
    for browser, now, error in (
        ({}, begun, errors.SignOnOtherBrowser),
        ({attempt.id: ""}, begun, errors.SignOnOtherBrowser),
        (mine, begun + 5, errors.SignOnUnknown),
        (mine, begun + 900, errors.SignOnExpired),
    ):
        with pytest.raises(error):
            theirs.attempt.find(attempts, attempt.id, browser, now)
        with pytest.raises(error):
            theirs.attempt.take(attempts, [("state", attempt.state)], browser, now)
    with pytest.raises(errors.StateMismatch):
        theirs.attempt.take(attempts, [("code", "x")], mine, begun)


def test_a_browser_without_cookie_asks_no_store(theirs, attempt):
    """An answer that somebody else made up, and an empty cookie, find nothing in any store, not even in none."""
    for browser in ({}, {attempt.id: ""}):
        with pytest.raises(theirs.errors.SignOnOtherBrowser):
            theirs.attempt.take(None, [("state", attempt.state)], browser, attempt.begun_at)
        with pytest.raises(theirs.errors.SignOnOtherBrowser):
            theirs.attempt.find(None, attempt.id, browser, attempt.begun_at)


def test_other_cookies_are_no_attempts(theirs):
    """They would crowd out those that are: only so many of a browser's are looked at."""
    cookies = {"so.a": "1", "__Host-so.b": "2", "session": "3", "__Host-session": "4", "also.c": "5"}
    assert {"a": "1", "b": "2"} == theirs.attempt.browser_of(cookies)


@pytest.mark.parametrize(("https", "prefix"), [(True, "__Host-so."), (False, "so.")])
def test_the_cookie_is_one_that_browsers_keep(attempt, https, prefix):
    """They drop a cookie named `__Host-` that is not secure, and a secure one over http."""
    cookie = attempt.cookie(https)
    assert (prefix + attempt.id, attempt.secret, https) == (cookie["key"], cookie["value"], cookie["secure"])
    assert ("/", True, "Lax", 900) == tuple(cookie[name] for name in ("path", "httponly", "samesite", "max_age"))


def test_without_openid_nobody_begins(theirs, host):
    """There would be no ID token to sign on with."""
    with pytest.raises(ValueError, match="openid"):
        host.party.begin(host.http, theirs.request.Ask(scope="profile"), host.now)


def test_an_attempt_of_another_client_is_not_finished(host):
    """Each client finishes its own."""
    url, attempt = host.party.begin(host.http, host.ask(), host.now)
    assert url
    with pytest.raises(ValueError, match="another issuer, client"):
        host.page_party.finish(host.http, attempt, [("state", attempt.state), ("code", "x")], host.now)


def test_types_hold_in_the_copy_alone(theirs, tmp_path):
    """`mypy --strict` over the two folders, with nothing of ours beside them."""
    folder = str(next(iter(sys.modules["theirs"].__path__)))
    outcome = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir", str(tmp_path), "theirs"],
        cwd=folder.rpartition("/")[0], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Success" in outcome.stdout, outcome.stdout
