"""A PingOne environment in memory, for everybody without a tenant.

``create_simulator`` makes a WSGI application that speaks PingOne's sign-on interface: authorization, flows, resume,
tokens, sign-off. It imports nothing of the relying party, so it is a second opinion on the protocol.
"""

from .app import create_simulator
from .constants import CLIENT_ID, CUSTOM_CLIENT_ID, DEMO_USERS, ENVIRONMENT_ID, PASSWORD

__all__ = ["CLIENT_ID", "CUSTOM_CLIENT_ID", "DEMO_USERS", "ENVIRONMENT_ID", "PASSWORD", "create_simulator"]
