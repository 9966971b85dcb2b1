"""Kept values: one fetch for all threads, old ones while PingOne is down."""

import threading

import pytest

from webapp.oidc.cache import Cached
from webapp.oidc.errors import ProviderUnreachable


class Clock:
    def __init__(self):
        self.at = 1000.0

    def __call__(self):
        return self.at


class Source:
    """A place to fetch from, which can be down."""

    def __init__(self):
        self.fetches, self.down, self.done = 0, False, threading.Event()

    def __call__(self, http):
        self.fetches += 1
        self.done.set()
        if self.down:
            raise ProviderUnreachable("down")
        return f"value {self.fetches}"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def source():
    return Source()


def cached(source, clock, **more):
    return Cached(source, lambda: None, clock, **{"fresh": 100, "stale": 1000, "cooldown": 10, **more})


def test_a_fresh_value_costs_nothing(source, clock):
    """The value is fetched once and served until it is no longer fresh."""
    kept = cached(source, clock)
    assert ["value 1"] * 3 == [kept.get() for _ in range(3)]
    assert 1 == source.fetches


def test_a_stale_value_is_served_while_a_new_one_is_fetched(source, clock):
    """Nobody waits for the renewal: the old value is returned, and later the new one."""
    kept = cached(source, clock)
    kept.get()
    source.done.clear()
    clock.at += 150
    assert "value 1" == kept.get()
    assert source.done.wait(5)
    for _ in range(500):
        if kept.get() == "value 2":
            break
        threading.Event().wait(0.01)
    assert "value 2" == kept.get()


def test_an_outage_is_not_noticed_while_there_is_an_old_value(source, clock):
    """While PingOne is down the old value serves, and is not asked for at every call."""
    kept = cached(source, clock)
    kept.get()
    source.down = True
    clock.at += 150
    source.done.clear()
    assert ["value 1"] * 20 == [kept.get() for _ in range(20)]
    assert source.done.wait(5)
    assert source.fetches <= 2


def test_beyond_its_limit_an_old_value_is_not_served(source, clock):
    """A value that is too old is not better than none."""
    kept = cached(source, clock)
    kept.get()
    source.down = True
    clock.at += 2000
    with pytest.raises(ProviderUnreachable):
        kept.get()


def test_a_clock_that_jumped_back_does_not_make_values_immortal(source, clock):
    """A value from the future is fetched again."""
    kept = cached(source, clock)
    kept.get()
    clock.at -= 500
    assert "value 2" == kept.get()


def test_a_failure_is_not_kept(source, clock):
    """After a failed first fetch the next caller tries again."""
    source.down = True
    kept = cached(source, clock)
    with pytest.raises(ProviderUnreachable):
        kept.get()
    source.down = False
    assert "value 2" == kept.get()


@pytest.mark.parametrize("down", [False, True])
def test_many_threads_share_one_fetch_and_its_outcome(clock, down):
    """Thirty-two threads that need the value at once cause one fetch, and all get its value or its failure."""
    together, fetches, outcomes = threading.Barrier(32), [], []
    release = threading.Event()

    def fetch(http):
        fetches.append(1)
        release.wait(5)
        if down:
            raise ProviderUnreachable("down")
        return "value"

    kept = Cached(fetch, lambda: None, clock)

    def ask():
        together.wait(5)
        try:
            outcomes.append(kept.get())
        except ProviderUnreachable as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=ask) for _ in range(32)]
    for thread in threads:
        thread.start()
    threading.Event().wait(0.2)
    release.set()
    for thread in threads:
        thread.join(5)
    assert 1 == len(fetches)
    assert ["ProviderUnreachable" if down else "value"] * 32 == outcomes


def test_renewal_has_a_floor(source, clock):
    """A value is renewed at once when it first does not do, then at most once per cooldown."""
    kept = cached(source, clock)
    first = kept.get()
    second = kept.renew(first)
    assert ("value 1", "value 2", "value 2") == (first, second, kept.renew(second))
    clock.at += 11
    assert "value 3" == kept.renew(second)


def test_renewal_returns_what_another_thread_has_fetched(source, clock):
    """Who has seen an older value than the kept one gets the kept one without a fetch."""
    kept = cached(source, clock)
    first = kept.get()
    kept.renew(first)
    clock.at += 50
    assert "value 2" == kept.renew(first)
    assert 2 == source.fetches


def waiting(kept, many):
    """Start so many callers and return them with what they got; whoever fetches is among them."""
    outcomes = []

    def ask():
        try:
            outcomes.append(kept.get())
        except ProviderUnreachable as error:
            outcomes.append(error)

    threads = [threading.Thread(target=ask) for _ in range(many)]
    for thread in threads:
        thread.start()
    return threads, outcomes


def test_each_waiter_has_an_exception_of_its_own(clock):
    """What one request writes into its failure is not seen by another one's visitor."""
    release, begun = threading.Event(), threading.Event()

    def fetch(http):
        begun.set()
        release.wait(5)
        raise ProviderUnreachable("down", retry_after=7)

    kept = Cached(fetch, lambda: None, clock)
    threads, outcomes = waiting(kept, 6)
    begun.wait(5)
    release.set()
    for thread in threads:
        thread.join(5)
    assert 6 == len({id(error) for error in outcomes})
    assert {("down", 7)} == {(error.detail, error.retry_after) for error in outcomes}
    outcomes[0].detail = "mine"
    assert ["down"] * 5 == [error.detail for error in outcomes[1:]]


def test_few_wait_for_a_silent_provider(clock):
    """One fetches, two wait; the others of a crowd are turned away after a moment, and keep no thread."""
    release = threading.Event()
    kept = Cached(lambda http: release.wait(10) and "value", lambda: None, clock, waiters=2, burst=0.1)
    threads, outcomes = waiting(kept, 8)
    for _ in range(500):
        if len(outcomes) == 5:
            break
        threading.Event().wait(0.01)
    assert [1] * 5 == [error.retry_after for error in outcomes]
    release.set()
    for thread in threads:
        thread.join(5)
    assert ["value"] * 3 == outcomes[5:]


def test_nobody_waits_for_ever(clock):
    """A fetch that does not end holds those who wait for it for their patience and no longer."""
    release, begun = threading.Event(), threading.Event()

    def fetch(http):
        begun.set()
        return release.wait(10)

    kept = Cached(fetch, lambda: None, clock, patience=0.05)
    threads, _ = waiting(kept, 1)
    begun.wait(5)
    with pytest.raises(ProviderUnreachable):
        kept.get()
    release.set()
    threads[0].join(5)


def test_keys_are_asked_for_before_old_ones_are_believed(source, clock):
    """With `ask_first` the caller fetches what is no longer fresh; the old value serves while the provider is down."""
    kept = cached(source, clock, ask_first=True)
    kept.get()
    clock.at += 150
    assert "value 2" == kept.get()
    clock.at += 150
    source.down = True
    assert ["value 2"] * 3 == [kept.get() for _ in range(3)]
    assert 3 == source.fetches


def test_who_needs_a_newer_value_waits_for_the_one_on_its_way(clock):
    """At a key rotation the second sign-on at once gets the new keys too, not the old ones."""
    release, begun, fetched = threading.Event(), threading.Event(), []

    def fetch(http):
        fetched.append(1)
        if len(fetched) == 2:
            begun.set()
            release.wait(5)
        return f"value {len(fetched)}"

    kept = Cached(fetch, lambda: None, clock)
    first, found = kept.get(), []
    threads = [threading.Thread(target=lambda: found.append(kept.renew(first))) for _ in range(2)]
    threads[0].start()
    assert begun.wait(5)
    threads[1].start()
    threading.Event().wait(0.05)
    release.set()
    for thread in threads:
        thread.join(5)
    assert (["value 2"] * 2, 2) == (found, len(fetched))
