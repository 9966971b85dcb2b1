"""Refresh and sign-off on the copied folders."""

import threading
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.copied.host import at_pingone


def signed_on(host, mode, **ask):
    visitor = {}
    if mode == "hosted":
        return host.callback(visitor, at_pingone(host.begin(visitor, **ask)))
    _, attempt = host.begin_flow(visitor, **ask)
    host.password(visitor, attempt.id)
    return host.finish(visitor, attempt.id)


def test_four_threads_refresh_once(host, simulator):
    """One refresh token, four requests that need new tokens: one call, and all go on with what it brought."""
    held = signed_on(host, "hosted")
    record, locks, found = host.record(held), host.theirs.memory.MemorySessions(), []
    simulator.heard.clear()
    together = threading.Barrier(4)

    def refresh():
        together.wait(5)
        found.append(host.party.refreshed(host.http, held, record, host.now, locks.lock("session-1")))

    threads = [threading.Thread(target=refresh) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert 1 == simulator.count("/as/token")
    assert 1 == len({each.tokens.access_token for each in found})
    assert held.tokens.access_token != found[0].tokens.access_token
    assert (4, 1, held.subject) == (len(found), record.saves, found[0].subject)


def test_without_a_lock_it_says_so(host):
    """Loudly, and does what it was asked."""
    held = signed_on(host, "hosted")
    with pytest.warns(RuntimeWarning, match="without a lock"):
        host.party.refreshed(host.http, held, host.record(held), host.now)


def test_a_spent_refresh_token_ends_its_own_session_only(host):
    """`invalid_grant` ends a session that still holds the refused token; one that was renewed meanwhile goes on."""
    held = signed_on(host, "hosted")
    record, lock = host.record(held), host.theirs.memory.MemorySessions().lock("1")
    renewed = host.party.refreshed(host.http, held, record, host.now, lock)

    class Late(type(record)):
        """Our lock had ended: somebody else renews between our look and our call."""

        def load(self):
            now, self.stored = super().load(), renewed.to_json()
            return now

    late = Late(host.theirs, held)
    revoked = host.theirs.errors.SessionEnded
    assert renewed == host.party.refreshed(host.http, held, late, host.now, lock)
    stale = host.record(held)
    with pytest.raises(revoked):
        host.party.refreshed(host.http, held, stale, host.now, lock)
    assert stale.load() is None


def test_who_signs_off_during_a_refresh_wins(host, simulator):
    """The new tokens find no session: they are given back."""
    held = signed_on(host, "hosted")

    class Ended(type(host.record(held))):
        def save(self, renewed):
            return False

    simulator.heard.clear()
    lock = host.theirs.memory.MemorySessions().lock("1")
    with pytest.raises(host.theirs.errors.SessionEnded):
        host.party.refreshed(host.http, held, Ended(host.theirs, held), host.now, lock)
    assert 1 == simulator.count("/as/revoke")


def test_sign_off_hosted(host, simulator):
    """The refresh token is given back, and the browser is sent to end its session at PingOne."""
    held = signed_on(host, "hosted")
    left = host.party.sign_off(host.http, held, "bye", host.now)
    query = parse_qs(urlsplit(left.url).query)
    assert (["bye"], [held.tokens.id_token], ()) == (query["state"], query["id_token_hint"], left.undone)
    assert 1 == simulator.count("/as/revoke")


def test_sign_off_where_our_server_holds_the_session(host, simulator):
    """Nothing is left for the browser: PingOne's session was ended with `ST`, so `ST` signs nobody on any more."""
    held = signed_on(host, "redirectless")
    left = host.party.sign_off(host.http, held, "bye", host.now)
    assert ("", ()) == (left.url, left.undone)
    ended = [each.headers.get("Cookie", "") for each in simulator.heard if each.path.endswith("/as/signoff")]
    assert [True] == [f"ST={held.provider_cookies['ST']}" in each for each in ended]


def test_a_flow_that_is_given_up_can_be_ended(host):
    """`end_session` with the cookies of an attempt."""
    visitor = {}
    _, attempt = host.begin_flow(visitor)
    host.password(visitor, attempt.id)
    held = host.attempts.get(attempt.id, attempt.secret).held
    provider = host.party.provider.get(host.http)
    assert host.theirs.flows.end_session(host.http, provider, held["cookies"])
    assert not host.theirs.flows.end_session(host.http, replace(provider, end_session_endpoint=""), held["cookies"])

    class Down:
        def exchange(self, request):
            raise ConnectionError

    assert not host.theirs.flows.end_session(Down(), provider, held["cookies"])


def test_what_cannot_be_done_is_named(host, theirs):
    """PingOne is down at sign-off: nothing is raised, and what lives on is said."""
    held = signed_on(host, "redirectless")

    class Down:
        def exchange(self, request):
            raise ConnectionError

    left = host.party.sign_off(Down(), held, "bye", host.now)
    assert ("", ("revocation", "session")) == (left.url, left.undone)


def test_a_session_in_memory_ends(host):
    """Eight hours after it began, renewed or not; then it can be neither found nor renewed."""
    visitor, clock = {}, [1_800_000_000.0]
    held = host.callback(visitor, at_pingone(host.begin(visitor)))
    sessions = host.theirs.memory.MemorySessions(lambda: clock[0])
    id = sessions.begin(held)
    clock[0] += 8 * 3600 - 1
    assert (held, True) == (sessions.get(id), sessions.replace(id, held))
    clock[0] += 1
    assert (None, False, False) == (sessions.get(id), sessions.replace(id, held), sessions.record(id).save(held))
    other = sessions.begin(held)
    assert (None, held) == (sessions.end(id), sessions.end(other))
