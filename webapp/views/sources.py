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
}
OPENID = {
    "openid-connect-core": "OpenID Connect Core",
    "openid-connect-discovery": "OpenID Connect Discovery",
    "openid-connect-rpinitiated": "RP-Initiated Logout",
    "openid-connect-backchannel": "Back-Channel Logout",
    "openid-connect-frontchannel": "Front-Channel Logout",
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
        return f"RFC {rfc[1]}" + (f" {part.replace('-', ' ', 1)}" if part.startswith(("section-", "appendix-")) else "")
    for document, name in OPENID.items():
        if document in place:
            return f"{name} {SECTIONS.get(part, part)}".strip()
    if "pingidentity.com" in place:
        return "PingOne: " + place.rpartition("/")[2].removesuffix(".html").replace("-", " ")
    return urlsplit(source).netloc
