"""The names of the documents that our checks and explanations refer to."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

SECTIONS = {
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
    "CodeValidation": "3.3.2.10",
    "acrSemantics": "5.5.1.1",
    "RequestObject": "6",
    "SignedRequestObject": "6.1",
    "UserInfo": "5.3",
    "RotateSigKeys": "10.1",
    "RefreshTokens": "12",
    "RefreshTokenResponse": "12.2",
    "NonceNotes": "15.5.2",
    "ProviderMetadata": "3",
    "ProviderConfig": "4",
    "ProviderConfigurationValidation": "4.3",
    "RPLogout": "2",
    "RedirectionAfterLogout": "3",
    "Backchannel": "2",
    "Validation": "2.6",
    "FormPostResponseMode": "2",
}
OPENID = {
    "openid-connect-core": "OpenID Connect Core 1.0",
    "openid-connect-discovery": "OpenID Connect Discovery 1.0",
    "openid-connect-rpinitiated": "OpenID Connect RP-Initiated Logout 1.0",
    "openid-connect-backchannel": "OpenID Connect Back-Channel Logout 1.0",
    "openid-connect-frontchannel": "OpenID Connect Front-Channel Logout 1.0",
    "oauth-v2-form-post": "OAuth 2.0 Form Post Response Mode",
}


@lru_cache(maxsize=256)
def source_name(source: str) -> str:
    """Return what people call the document of a URL, with its section; anything that is no URL as it is.

    A page names twenty sources and there are a few dozen in all, so they are remembered.
    """
    if not source.startswith(("https://", "http://")):
        return source
    place, _, part = source.partition("#")
    if rfc := re.search(r"/rfc(\d+)", place):
        where = part.replace("-", " ", 1)
        return f"RFC {rfc[1]}, {where}" if where.startswith(("section ", "appendix ")) else f"RFC {rfc[1]}"
    for document, name in OPENID.items():
        if document in place:
            return f"{name}, section {SECTIONS[part]}" if part in SECTIONS else name
    if "pingidentity.com" in place:
        return "PingOne: " + place.rpartition("/")[2].removesuffix(".html").replace("-", " ")
    return urlsplit(source).netloc
