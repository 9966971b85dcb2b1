"""Which names carry secrets, and which of those secrets are too short to be given a fingerprint."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

# Every name is compared without case, underscores, hyphens and dots, so that one entry covers `code_verifier`,
# `codeVerifier` and `Code-Verifier`. The value is the word that the mask shows.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        # The authorization request and its answer: https://www.rfc-editor.org/rfc/rfc6749#section-4.1
        "code": "code",
        "state": "state",
        "nonce": "nonce",
        "authcode": "code",
        "codeverifier": "code_verifier",
        "verifier": "code_verifier",
        "request": "request",
        "requesturi": "request_uri",
        "loginhinttoken": "login_hint_token",
        # Client authentication: https://www.rfc-editor.org/rfc/rfc7521#section-4.2
        "clientsecret": "client_secret",
        "clientassertion": "client_assertion",
        "privatekey": "private_key",
        "secret": "secret",
        "sharedsecret": "shared_secret",
        "totpsecret": "shared_secret",
        "apikey": "api_key",
        "secretkey": "secret_key",
        # Tokens. A hint is the ID token itself, so it wears the same word.
        "accesstoken": "access_token",
        "refreshtoken": "refresh_token",
        "idtoken": "id_token",
        "idtokenhint": "id_token",
        "logouttoken": "logout_token",
        "subjecttoken": "subject_token",
        "token": "token",
        "authtoken": "token",
        "bearertoken": "token",
        "assertion": "assertion",
        "devicecode": "device_code",
        # PingOne's session, and what people type into a flow.
        "sessiontoken": "session_token",
        "password": "password",
        "passwd": "password",
        "pwd": "password",
        "passphrase": "password",
        "currentpassword": "current_password",
        "newpassword": "new_password",
        "oldpassword": "current_password",
        "otp": "otp",
        "passcode": "otp",
        "onetimepasscode": "otp",
        "onetimepassword": "otp",
        "onetimecode": "otp",
        "totp": "otp",
        "mfacode": "otp",
        "recoverycode": "recovery_code",
        "verificationcode": "verification_code",
        "usercode": "user_code",
        "pin": "pin",
    }
)

# Anyone who sees the length or a hash of one of these can try all candidates at home; their mask says the kind only.
GUESSABLE = frozenset(
    {
        "password",
        "current_password",
        "new_password",
        "otp",
        "recovery_code",
        "verification_code",
        "user_code",
        "pin",
    }
)

# Tokens whose header and payload are worth reading; the refresh token is opaque to everybody but PingOne.
READABLE_TOKENS = frozenset({"request", "id_token", "access_token", "client_assertion", "logout_token"})

URL_HEADERS = frozenset({"location", "content-location", "referer", "refresh", "link", "origin"})
CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization", "x-api-key", "x-auth-token", "dpop"})

_SEPARATORS = re.compile(r"[\s_.\-\[\]]+")


@lru_cache(maxsize=1024)
def kind_of(name: str) -> str | None:
    """The kind of secret that a parameter, member or field of this name holds, None when it holds none."""
    return KINDS.get(_SEPARATORS.sub("", name).lower())


def kind_of_cookie(name: str) -> str:
    """The word for a cookie's value: PingOne's session cookies by their own names, every other one `cookie`."""
    return name if name in {"ST", "ST-NO-SS"} else "cookie"
