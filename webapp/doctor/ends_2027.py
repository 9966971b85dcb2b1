"""What PingOne changes on 2 March 2027, seen in the tokens that it issues today.

https://developer.pingidentity.com/pingone-api/changelog.html
https://docs.pingidentity.com/pingone/applications/p1_refresh_tokens.html
"""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from .. import console
from ..oidc.strict_json import parse_object
from .finding import Finding
from .reach import ENDED_KEY

DAY = "2 March 2027"


def look_at_tokens(tokens: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what the tokens of somebody who is signed on say; `tokens`: `id_token`, `access_token`, `refresh_token`."""
    held = {name: token for name, token in tokens.items() if token}
    if not held:
        detail = "Tokens show whether something ends then: sign on, and examine the settings on the page /settings."
        yield Finding(True, f"What ends on {DAY}", detail)
        return
    headers = {name: _header(token) for name, token in held.items()}
    if headers.get("refresh_token"):
        detail = "Refresh tokens are JWTs. PingOne then refuses them, and nobody's session is renewed."
        yield Finding(False, f"Ends on {DAY}: the form of refresh tokens", detail, str(console.REFRESH_FORMAT))
    if headers.get("id_token", {}).get("kid") == ENDED_KEY:
        detail = "The environment's default key signs. PingOne then signs with keys of rotation policies."
        yield Finding(False, f"Ends on {DAY}: the default key", detail, str(console.KEY_ROTATION))
    if headers.get("access_token") and headers["access_token"].get("typ") != "at+jwt":
        detail = (
            "Access tokens have no typ at+jwt; they will. This application does not look at it: make sure that the "
            "APIs to which it gives them accept it."
        )
        yield Finding(True, f"Changes on {DAY}: the type of access tokens", detail)
    elif len(held) == len(tokens):
        yield Finding(True, f"After {DAY}", "Tokens have the form already that they must have then.")


def _header(token: str) -> dict[str, Any]:
    """The header of a JWT, read and not trusted; empty for an opaque token."""
    head, *rest = token.split(".")
    try:
        return parse_object(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))) if len(rest) == 2 else {}
    except ValueError:
        return {}
