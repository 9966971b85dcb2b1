"""Commands to Redis and its answers, over redis-py's connections."""

import socket
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

Words = tuple[str | int | bytes, ...]
"""One command."""


class RedisLine:
    """Borrows a connection for each exchange: the commands in one piece, then an answer for each.

    Not by redis-py's `execute_command` and pipelines, whose observers, retries and callbacks, none of them in use here,
    are more work than the exchange. A refusal is raised when all answers are read: the connection is good for more.
    """

    def __init__(self, url: str, connect_timeout: float, read_timeout: float) -> None:
        self.redis = redis.Redis.from_url(
            url,
            socket_connect_timeout=connect_timeout,
            socket_timeout=read_timeout,
            retry=Retry(NoBackoff(), 0),  # The library would repeat a lost `SET NX` or `GETDEL` without a look.
            # The plain protocol, which every Redis and Valkey speaks. The newer one makes redis-py ask for
            # maintenance notices and then skip its check that a pooled connection has no unread reply.
            protocol=2,
            **_options_for(urlsplit(url).scheme),
        )

    def command(self, *words: str | int | bytes) -> Any:
        """The answer to one command. Raises `redis.RedisError`, as the others do."""
        return self.together([words])[0]

    def transaction(self, commands: Sequence[Words]) -> list[Any]:
        """The answers to commands of which Redis carries out all or none."""
        return _accepted(self.together([("MULTI",), *commands, ("EXEC",)])[-1])

    def together(self, commands: Sequence[Words]) -> list[Any]:
        """The answers to commands that are sent together and carried out one by one."""
        pool = self.redis.connection_pool
        connection: Any = pool.get_connection()
        try:
            connection.send_packed_command(connection.pack_commands(commands))
            answers = [_answer(connection) for _ in commands]
        except BaseException:
            connection.disconnect()  # The next borrower would read the answers that are still on their way.
            raise
        finally:
            pool.release(connection)
        return _accepted(answers)


def _answer(connection: Any) -> Any:
    try:
        return connection.read_response()
    except redis.ResponseError as refused:
        return refused


def _accepted(answers: list[Any]) -> list[Any]:
    for answer in answers:
        if isinstance(answer, redis.ResponseError):
            raise answer
    return answers


def _options_for(scheme: str) -> dict[str, Any]:
    if scheme == "unix":
        return {}
    # Firewalls forget idle connections without a word; keep-alives notice before a visitor does.
    probes = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
    known = {getattr(socket, name): value for name, value in probes.items() if hasattr(socket, name)}
    options: dict[str, Any] = {"socket_keepalive": True, "socket_keepalive_options": known}
    if scheme == "rediss":
        options["ssl_check_hostname"] = True  # redis-py before 6 checks the chain but not the name
    return options
