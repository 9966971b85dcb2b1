"""The authorization response by POST (`response_mode=form_post`), carried over to a GET that brings our cookies.

PingOne's page posts from its own site, and a SameSite=Lax cookie stays at home on such a POST. The usual way out is
to make the attempt's cookie SameSite=None: then it travels with every request that any site makes to us, browsers
take it with Secure alone, and WebKit never on http://localhost. Here the cookies stay as they are. The POST needs
none, reads none and changes nothing: it seals the answer under SECRET_KEY and sends the browser on to the callback
by GET, a top-level navigation that carries Lax cookies. So the code is in no address that anybody could read, no
script is needed, and an answer that was not posted here does not open.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import MethodNotAllowed

from ..oidc.errors import ResponseMalformed
from ..oidc.response import Parameters, single
from ..store.keyring import Keyring
from .context import services
from .marks import sent_by_pingone
from .protection import go_to

pages = Blueprint("posted", __name__)
PURPOSE = "answer by form_post"
LONGEST = 5000
"""Characters of an answer: sealed and encoded it still fits into an address. PingOne's have about 200."""


@pages.post("/callback")
@sent_by_pingone
def answer() -> Response:
    """The redirect URI, as `form_post` uses it. 405 while the answer is asked for in the query."""
    if services().settings.response_mode != "form_post":
        raise MethodNotAllowed(["GET", "HEAD"])
    plain = json.dumps(list(request.form.items(multi=True)))
    if len(plain) > LONGEST:
        raise ResponseMalformed("the answer is too long")
    sealed = urlsafe_b64encode(_keyring().seal(PURPOSE, plain.encode())).decode().rstrip("=")
    return go_to(url_for("sign_on.callback", posted=sealed))


def carried(params: Parameters) -> Parameters:
    """Return the answer that was posted here. Raises `ResponseMalformed`: one in the query was not asked for."""
    sealed = single(params, "posted")
    try:
        opened = _keyring().open(PURPOSE, urlsafe_b64decode(sealed.encode() + b"=" * (-len(sealed) % 4)))
    except NotBase64:
        opened = None
    if opened is None:
        raise ResponseMalformed("the answer was asked for by POST and did not come that way")
    return [(name, value) for name, value in json.loads(opened)]


def _keyring() -> Keyring:
    settings = services().settings
    return Keyring(settings.secret_key, settings.secret_key_fallbacks)
