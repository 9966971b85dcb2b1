"""What a view reaches for: the services of its application and the visitor's session."""

from typing import cast

from flask import current_app, session
from werkzeug.local import LocalProxy

from ..signed_in import SignedIn, from_record
from ..wiring import Services
from .store_session import SessionKeeper, StoreSession, StoreSessions


def services() -> Services:
    return cast(Services, current_app.extensions["services"])


def signed_in() -> SignedIn | None:
    """Return the signed-on person, None for a visitor."""
    return from_record(session.get("signed_in"))


def sessions() -> StoreSessions:
    """Return what keeps the sessions."""
    return cast(StoreSessions, current_app.session_interface)


def own_session() -> StoreSession:
    """Return the session of this request itself, not Flask's stand-in for it."""
    return cast("LocalProxy[StoreSession]", session)._get_current_object()


def keeper() -> SessionKeeper:
    """Return the stored record of this session, which outlives what this request knows of it."""
    return sessions().keeper(own_session())
