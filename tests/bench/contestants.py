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


FLOOR = Contestant("floor: plain WSGI", "tests.bench.candidates.floor:application", "/login")
"""The measure of the others; it is 1.00."""
HELLO = Contestant('bare Flask "hello"', "tests.bench.candidates.hello:application")
"""The measure of pages."""
HOSTED = Contestant("this application, hosted", OURS, "/sign-on/hosted", AS_SHIPPED)

ALL = (
    FLOOR,
    HELLO,
    HOSTED,
    Contestant("the same, with Redis", OURS, "/sign-on/hosted", AS_SHIPPED, needs_redis=True),
    Contestant("this application, redirectless", OURS, "/sign-on/redirectless", AS_SHIPPED),
    Contestant("Authlib quickstart, pooled", "tests.bench.candidates.authlib_pooled:application", "/login"),
    Contestant("Authlib quickstart", "tests.bench.candidates.authlib_quickstart:application", "/login"),
)
