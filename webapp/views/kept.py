"""A half-filled form that waits while its owner signs on again: sealed, for a quarter of an hour, for one browser.

It survives a sign-on that is refused, and is for the person who typed it: another one who signs on sees nothing of it.
"""

from collections.abc import Mapping
from contextlib import suppress

from flask import Response, request

from ..store.protocol import StoreUnavailable
from .context import services

KIND = "kept_form"
SECONDS = 900
LONGEST = 1000
MOST = 20


def _cookie() -> str:
    return services().settings.cookie_name("kept")


def keep(page: Response, subject: str, path: str, form: Mapping[str, str]) -> Response:
    """Keep what the form held, and give the browser the secret that opens it. Raises `StoreUnavailable`."""
    secret = services().sign_on.token(32)
    fields = {name[:LONGEST]: value[:LONGEST] for name, value in list(form.items())[:MOST]}
    services().store.put(KIND, secret, {"subject": subject, "path": path, "fields": fields}, SECONDS)
    secure = services().settings.secure_cookies
    page.set_cookie(_cookie(), secret, max_age=SECONDS, path="/", secure=secure, httponly=True, samesite="Lax")
    return page


def kept_for(subject: str) -> dict[str, str]:
    """Return what this person's form on this page held, once; nothing for anyone else."""
    secret = request.cookies.get(_cookie(), "")
    if not 0 < len(secret) <= 100:
        return {}
    with suppress(StoreUnavailable):
        record = services().store.get(KIND, secret)
        if record is not None and (record["subject"], record["path"]) == (subject, request.path):
            services().store.drop(KIND, secret)
            return dict(record["fields"])
    return {}


def forget(page: Response) -> Response:
    """Have the browser forget the secret of a form that it has got back."""
    if request.cookies.get(_cookie()):
        secure = services().settings.secure_cookies
        page.delete_cookie(_cookie(), path="/", secure=secure, httponly=True, samesite="Lax")
    return page
