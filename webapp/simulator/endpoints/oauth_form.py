"""The form body of the OAuth endpoints."""

from __future__ import annotations

from flask import request

from ..engine.errors import OAuthError


def read_form() -> dict[str, str]:
    """The parameters, each sent once. Raises OAuthError invalid_request."""
    if request.mimetype != "application/x-www-form-urlencoded":
        raise OAuthError("invalid_request", "The body must be application/x-www-form-urlencoded")
    for name, values in request.form.lists():
        if len(values) > 1:
            # https://www.rfc-editor.org/rfc/rfc6749#section-3.2
            raise OAuthError("invalid_request", f"The parameter must not be repeated: {name[:80]}")
    return dict(request.form.items())
