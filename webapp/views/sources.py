"""The names of the documents that our checks and explanations refer to."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

CORE_SECTIONS = {
    "IDToken": "2",
    "AuthRequest": "3.1.2.1",
    "AuthResponse": "3.1.2.5",
    "AuthResponseValidation": "3.1.2.7",
    "TokenResponse": "3.1.3.3",
    "TokenResponseValidation": "3.1.3.5",
    "CodeIDToken": "3.1.3.6",
    "IDTokenValidation": "3.1.3.7",
    "CodeFlowTokenValidation": "3.1.3.8",
    "ThirdPartyInitiatedLogin": "4",
    "UserInfoResponse": "5.3.2",
    "ClientAuthentication": "9",
    "RefreshTokenResponse": "12.2",
    "NonceNotes": "15.5.2",
}
OPENID = {
    "openid-connect-core": "OpenID Connect Core",
    "openid-connect-discovery": "OpenID Connect Discovery",
    "openid-connect-rpinitiated": "RP-Initiated Logout",
}


@lru_cache(maxsize=256)
def source_name(source: str) -> str:
    """Return what people call the document of a URL, with its section; any other text as it is.

    A page names twenty sources and there are a few dozen in all, so they are remembered.
    """
    if not source.startswith(("https://", "http://")):
        return source
    place, _, part = source.partition("#")
    if rfc := re.search(r"/rfc(\d+)", place):
        return f"RFC {rfc[1]}" + (f" section {part.removeprefix('section-')}" if part.startswith("section-") else "")
    for document, name in OPENID.items():
        if document in place:
            return f"{name} {CORE_SECTIONS.get(part, part)}".strip()
    if "pingidentity.com" in place:
        return "PingOne: " + place.rpartition("/")[2].removesuffix(".html").replace("-", " ")
    return urlsplit(source).netloc
