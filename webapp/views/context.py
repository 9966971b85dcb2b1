"""What a view reaches for: the services of its application and the visitor's session."""

from typing import cast

from flask import Flask, current_app, session
from werkzeug.local import LocalProxy

from ..signon.signed_in import SessionRecord, SignedIn, from_record
from ..store.sessions import Sessions
from ..wiring import Services
from .store_session import StoreSession

_application = cast("LocalProxy[Flask]", current_app)
_session = cast("LocalProxy[StoreSession]", session)


def services() -> Services:
    found: Services = _application._get_current_object().extensions["services"]
    return found


def signed_in() -> SignedIn | None:
    """Return the signed-on person, None for a visitor. A record is read once, however many ask."""
    own = own_session()
    record = own.get("signed_in")
    if own.read is None or own.read[0] is not record:
        own.read = record, from_record(record)
    return own.read[1]


def sessions() -> Sessions:
    """Return what keeps the sessions."""
    return services().session_use.sessions


def own_session() -> StoreSession:
    """Return the session of this request itself, not Flask's stand-in for it."""
    return _session._get_current_object()


def session_record() -> SessionRecord:
    """Return the stored record of this session, which outlives what this request knows of it."""
    return SessionRecord(sessions(), own_session().sid)
