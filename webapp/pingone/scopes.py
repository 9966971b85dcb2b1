"""Scopes that PingOne grants in one request, and those that it does not."""

OWN = "p1:"
"""What the scopes of PingOne's own API begin with, for a user's own data."""


def for_one_resource(scope: str, wanted: str) -> str:
    """Return what of `scope` can be asked for beside `wanted`; both are separated by spaces.

    An access token has one audience. PingOne refuses a request for scopes of its own API and of a custom resource:
    its own ones are left out then, and come back with the next sign-on that asks for them.
    """
    custom = any(not word.startswith(OWN) for word in wanted.split())
    return " ".join(word for word in scope.split() if not (custom and word.startswith(OWN)))
