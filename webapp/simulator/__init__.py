"""A PingOne environment in memory, for everybody without a tenant.

``create_simulator`` makes a WSGI application that speaks PingOne's sign-on interface: authorization, flows, resume,
tokens, sign-off. It imports nothing of the relying party, so it is a second opinion on the protocol.
"""

from typing import TYPE_CHECKING, Any

from .constants import BROWSER_CLIENT_ID, CLIENT_ID, CUSTOM_CLIENT_ID, DEMO_USERS, ENVIRONMENT_ID, PASSWORD

if TYPE_CHECKING:
    from .app import create_simulator

__all__ = [
    "BROWSER_CLIENT_ID", "CLIENT_ID", "CUSTOM_CLIENT_ID", "DEMO_USERS", "ENVIRONMENT_ID", "PASSWORD",
    "create_simulator",
]


def __getattr__(name: str) -> Any:
    """Flask and cryptography are imported by those who make a simulator, not by all who want a name or a fixture."""
    if name != "create_simulator":
        raise AttributeError(name)
    from .app import create_simulator

    return create_simulator
