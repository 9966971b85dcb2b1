"""What is measured against what."""

from dataclasses import dataclass

OURS = "webapp:create_app()"
AS_SHIPPED = ("--config", "python:webapp.gunicorn")


@dataclass(frozen=True)
class Contestant:
    """An application, and where a visit to it begins."""

    name: str
    target: str
    """What gunicorn loads."""
    start: str = ""
    """Where a sign-on begins; empty for one that signs nobody on."""
    options: tuple[str, ...] = ()
    needs_redis: bool = False
    processes: int = 1
    node: bool = False
    """`target` is a folder with a package.json and a server.mjs for Node."""


FLOOR = Contestant("floor: plain WSGI", "tests.bench.candidates.floor:application", "/login")
"""The measure of the others; it is 1.00."""
HELLO = Contestant('bare Flask "hello"', "tests.bench.candidates.hello:application")
"""The measure of pages."""
HOSTED = Contestant("this application, hosted", OURS, "/sign-on/hosted", AS_SHIPPED)

ALL = (
    FLOOR,
    HELLO,
    HOSTED,
    Contestant("this application, with Redis", OURS, "/sign-on/hosted", AS_SHIPPED, needs_redis=True),
    Contestant("this application, redirectless", OURS, "/sign-on/redirectless", AS_SHIPPED),
    Contestant("Flask, protocol by hand", "tests.bench.candidates.flask_by_hand:application", "/login"),
    Contestant("Flask + Authlib, pooled", "tests.bench.candidates.authlib_pooled:application", "/login"),
    Contestant("Flask + Authlib, quickstart", "tests.bench.candidates.authlib_quickstart:application", "/login"),
    Contestant("Express + openid-client (Node)", "tests/bench/candidates/node", "/login", node=True),
)
SCALED = tuple(
    Contestant(f"hosted, Redis, processes: {number}", OURS, "/sign-on/hosted", AS_SHIPPED, True, processes=number)
    for number in (1, 2, 3, 4)
)
"""What a sign-on costs must not depend on how many processes share the work. The first is the measure of the others."""


def named(part: str) -> tuple[Contestant, ...]:
    """Those whose name contains `part`, and the two that the others are compared with."""
    return tuple(each for each in ALL if each in (FLOOR, HELLO) or part in each.name)
