"""The list of secret names is complete: taking a name away must fail a test."""

import pytest

from webapp.trace.names import CREDENTIAL_HEADERS, kind_of, kind_of_cookie

SECRET = """code code_verifier client_secret client_assertion state nonce request_uri request token access_token
refresh_token id_token id_token_hint logout_token login_hint_token device_code sessionToken password currentPassword
newPassword otp recoveryCode verificationCode userCode pwd passwd passphrase authCode sharedSecret passcode pin
oneTimePasscode verifier secretKey apiKey totp"""
PUBLIC = """client_id code_challenge code_challenge_method flowId environmentId redirect_uri scope grant_type username
token_type expires_in response_type response_mode sub sid acr amr at_hash kid alg status resumeUrl session_state"""


@pytest.mark.parametrize("name", SECRET.split())
def test_these_names_carry_secrets(name: str) -> None:
    """In any spelling, wherever a name can stand."""
    assert kind_of(name)
    assert kind_of(name) == kind_of(name.upper()) == kind_of(name.replace("_", "-"))


@pytest.mark.parametrize("name", PUBLIC.split())
def test_these_names_are_there_to_be_read(name: str) -> None:
    """The challenge is public by design, and flow and client ids are what the reader follows."""
    assert kind_of(name) is None


def test_credentials_travel_in_these_headers() -> None:
    """Whatever else they are used for, their values are not kept."""
    assert {"authorization", "proxy-authorization"} <= CREDENTIAL_HEADERS


def test_cookies_of_pingone_keep_their_names_as_kinds() -> None:
    """So the reader sees ST go from the flow to resume."""
    assert ["ST", "ST-NO-SS", "cookie"] == [kind_of_cookie(name) for name in ("ST", "ST-NO-SS", "__Host-so.abc")]
