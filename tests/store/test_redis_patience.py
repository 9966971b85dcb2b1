"""A Redis that is being restarted: who comes meanwhile waits a moment, if nothing was done for them yet."""

import threading

import pytest
import redis

from tests.support.redis_server import RedisServer
from webapp.store.redis_patience import Patience
from webapp.store.redis_store import RedisStore


class Refusing:
    """A command that raises `error` as often as it is told, and counts."""

    def __init__(self, error: redis.RedisError, times: int) -> None:
        self.error, self.times, self.calls = error, times, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.times:
            raise self.error
        return "done"


def refused() -> redis.ConnectionError:
    """As the library raises it."""
    error = redis.ConnectionError("Error 111 connecting")
    error.__context__ = ConnectionRefusedError(111, "refused")
    return error


@pytest.mark.redis
@pytest.mark.parametrize("tcp", [True, False])
def test_a_sign_on_outlives_a_restart_of_redis(tcp: bool) -> None:
    """An attempt is taken, once, by a call that began while Redis was away."""
    with RedisServer("appendonly yes", tcp=tcp) as server:
        store = RedisStore(server.url, patience=30)
        store.put("attempt", b"1", 60)
        server.stop()
        back = threading.Timer(0.2, server.start)
        back.start()
        assert (b"1", None) == (store.take("attempt"), store.take("attempt"))
        back.join()
        store.close()


@pytest.mark.parametrize("error", [refused(), redis.BusyLoadingError("loading")])
def test_what_was_certainly_not_done_is_done_again(error: redis.RedisError) -> None:
    """Refused at the door, or by a server that still reads its file."""
    command = Refusing(error, 2)
    assert ("done", 3) == (Patience(30)(command), command.calls)


@pytest.mark.parametrize("error", [redis.ConnectionError("Connection closed by server."), redis.TimeoutError("slow")])
def test_what_may_have_been_done_is_not_repeated(error: redis.RedisError) -> None:
    """A code that was taken would be taken twice."""
    command = Refusing(error, 2)
    with pytest.raises(type(error)):
        Patience(30)(command)
    assert 1 == command.calls


def test_one_visitor_waits_for_a_redis_that_stays_away() -> None:
    """The next are told without waiting, until it is back; then there is patience again."""
    patience, away = Patience(0.12), Refusing(refused(), 1_000)
    with pytest.raises(redis.ConnectionError):
        patience(away)
    first, away.calls = away.calls, 0
    with pytest.raises(redis.ConnectionError):
        patience(away)
    assert (True, 1) == (first > 1, away.calls)
    assert "done" == patience(lambda: "done")
    again = Refusing(refused(), 1)
    assert ("done", 2) == (patience(again), again.calls)
