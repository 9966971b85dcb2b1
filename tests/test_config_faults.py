"""Settings that cannot be used: every fault named, all at once, no secret shown."""

from pathlib import Path

import pytest

from config import Settings, SettingsInvalid

KEY = "k" * 16 + "0123456789abcdef"
ENVIRONMENT = "11111111-2222-4333-8444-555555555555"
CLIENT = "66666666-7777-4888-9999-aaaaaaaaaaaa"
TENANT = {"PINGONE_ENVIRONMENT_ID": ENVIRONMENT, "PINGONE_CLIENT_ID": CLIENT}


def faults(**environ: str) -> list[str]:
    with pytest.raises(SettingsInvalid) as refused:
        Settings.from_env({"SECRET_KEY": KEY, **environ})
    return refused.value.faults


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"PINGONE_CLIENT_ID": CLIENT}, "PINGONE_ENVIRONMENT_ID must be set: only PINGONE_CLIENT_ID is set"),
        ({"PINGONE_ENVIRONMENT_ID": ENVIRONMENT}, "PINGONE_CLIENT_ID must be set"),
        ({"PINGONE_CLIENTID": CLIENT}, "only PINGONE_CLIENTID is set"),
        ({"SIMULATOR": "off"}, "PINGONE_ENVIRONMENT_ID and PINGONE_CLIENT_ID must be set"),
        ({**TENANT, "PINGONE_REGION": "US"}, "PINGONE_REGION must be one of NA, CA, EU, AP, AU, SG, not 'US'"),
        ({**TENANT, "PINGONE_ENVIRONMENT_ID": "production"}, "PINGONE_ENVIRONMENT_ID must be a UUID"),
        ({**TENANT, "PINGONE_CLIENT_ID": "my app"}, "PINGONE_CLIENT_ID must be a UUID"),
        ({**TENANT, "PINGONE_ENVIRONMENT_ID": f"{ENVIRONMENT} "}, "PINGONE_ENVIRONMENT_ID begins or ends with a space"),
        ({**TENANT, "SIMULATOR": "on"}, "SIMULATOR=on contradicts"),
        ({"PINGONE_ISSUER": "https://a.example", "SIMULATOR": "on"}, "SIMULATOR=on contradicts"),
        ({**TENANT, "PINGONE_ISSUER": "https://a.example"}, "PINGONE_ISSUER replaces PINGONE_ENVIRONMENT_ID"),
        ({**TENANT, "PINGONE_RESPONSE_MODE": "fragment"}, "PINGONE_RESPONSE_MODE must be one of query, form_post"),
        ({**TENANT, "SIMULATOR": "yes"}, "SIMULATOR must be one of auto, on, off, public"),
        ({**TENANT, "PINGONE_AUTH_BASE_URL": "http://auth.example.com"}, "PINGONE_AUTH_BASE_URL must be https"),
        ({**TENANT, "PINGONE_AUTH_BASE_URL": "https://auth.example.com/"}, "PINGONE_AUTH_BASE_URL must look like"),
        ({**TENANT, "PINGONE_AUTH_BASE_URL": "https://auth.example.com/as"}, "PINGONE_AUTH_BASE_URL must end before"),
        ({**TENANT, "PINGONE_AUTH_BASE_URL": f"https://auth.pingone.eu/{CLIENT}"}, "PINGONE_AUTH_BASE_URL differ"),
        ({"PUBLIC_URL": "http://www.example.com"}, "PUBLIC_URL must be https"),
        ({"PUBLIC_URL": "http://localhost.example.com"}, "PUBLIC_URL must be https"),
        ({"PUBLIC_URL": "www.example.com"}, "PUBLIC_URL must look like"),
        ({"PUBLIC_URL": "https://www.example.com/"}, "PUBLIC_URL must look like"),
        ({"PUBLIC_URL": "https://www.example.com/../app"}, "PUBLIC_URL must look like"),
        ({"PUBLIC_URL": "https://www.example.com?a=b"}, "PUBLIC_URL must look like"),
        ({"PUBLIC_URL": "https://www.example.com#top"}, "PUBLIC_URL must look like"),
        ({"PUBLIC_URL": "https://user@www.example.com"}, "PUBLIC_URL must look like"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY and each of SECRET_KEY_FALLBACKS need 32 bytes"),
        ({"SECRET_KEY_FALLBACKS": f"{KEY} short"}, "SECRET_KEY_FALLBACKS need 32 bytes"),
        ({**TENANT, "SECRET_KEY": "", "PUBLIC_URL": "https://a.example"}, "SECRET_KEY must be set"),
        ({**TENANT, "PINGONE_TOKEN_AUTH_METHOD": "basic"}, "PINGONE_TOKEN_AUTH_METHOD must be one of none, client_"),
        ({**TENANT, "PINGONE_TOKEN_AUTH_METHOD": "client_secret_post"}, "needs PINGONE_CLIENT_SECRET"),
        (
            {**TENANT, "PINGONE_CLIENT_SECRET": "s", "PINGONE_CUSTOM_CLIENT_ID": ENVIRONMENT},
            "needs PINGONE_CUSTOM_CLIENT_SECRET",
        ),
        ({**TENANT, "PINGONE_TOKEN_AUTH_METHOD": "private_key_jwt"}, "needs PINGONE_PRIVATE_KEY"),
        *[
            (
                {**TENANT, "PINGONE_TOKEN_AUTH_METHOD": "private_key_jwt", "PINGONE_PRIVATE_KEY": key},
                "needs PINGONE_PRIVATE_KEY",
            )
            for key in ("-----BEGIN garbage", '{"kty":"RSA","d":1}', '{"kty":"EC"}', "{", "[1]", "null")
        ],
        ({"PINGONE_CA_BUNDLE": __file__}, "names no file of PEM certificates"),
        ({"REDIS_URL": "redis://localhost:notaport/0"}, "REDIS_URL must be like"),
        ({**TENANT, "PINGONE_TOKEN_AUTH_METHOD": "client_secret_basic"}, "needs PINGONE_CLIENT_SECRET"),
        (
            {**TENANT, "PINGONE_TOKEN_AUTH_METHOD": "private_key_jwt", "PINGONE_PRIVATE_KEY": '{"kty": "RSA"}'},
            "needs PINGONE_PRIVATE_KEY",
        ),
        ({**TENANT, "PINGONE_SCOPES": "profile"}, "PINGONE_SCOPES must include openid"),
        ({**TENANT, "PINGONE_PAR": "maybe"}, "PINGONE_PAR must be one of auto, on, off"),
        ({"PINGONE_CA_BUNDLE": "/nowhere/ca.pem", **TENANT}, "PINGONE_CA_BUNDLE (or REQUESTS_CA_BUNDLE) names no file"),
        ({"REQUESTS_CA_BUNDLE": "/nowhere/ca.pem"}, "names no file of PEM certificates: '/nowhere/ca.pem'"),
        ({"OUTBOUND_PROXY": "socks5://proxy:1080"}, "OUTBOUND_PROXY must be like http://host:3128"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL must be like redis://"),
        ({"REDIS_URL": "redis://:word@host:6379/sessions"}, "must end in the number of a database, as in redis://host"),
        ({"REDIS_URL": "rediss://host/0?ssl_ca_certs=/nowhere.pem"}, "names no file of PEM certificates: '/now"),
        ({"REDIS_URL": "rediss://host/0?ssl_cert_reqs=none"}, "must not switch the check of the certificate off"),
        ({"REDIS_URL": "rediss://host/0?ssl_check_hostname=false"}, "must not switch the check of the certificate off"),
        ({"REDIS_URL": "redis://host/0?colour=red"}, "REDIS_URL has an option that is not understood"),
        ({"PORT": "eighty"}, "PORT must be a whole number from 1 to 65535, not 'eighty'"),
        ({"PORT": "65536"}, "PORT must be"),
        ({"SESSION_MINUTES": "-5"}, "SESSION_MINUTES must be"),
        ({"SESSION_IDLE_MINUTES": "0"}, "SESSION_IDLE_MINUTES must be"),
        ({"TRUSTED_PROXIES": "1_0"}, "TRUSTED_PROXIES must be"),
        ({"WEB_THREADS": "0"}, "WEB_THREADS must be"),
        ({"WEB_CONCURRENCY": "2"}, "WEB_CONCURRENCY must be 1 with the built-in simulator"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be one of text, json"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be one of"),
        ({"BACK_CHANNEL_SIGN_OFF": "true"}, "BACK_CHANNEL_SIGN_OFF must be one of off, on"),
        ({"SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY and SECRET_KEY_FILE are both set"),
        ({"SECRET_KEY": "", "SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY_FILE cannot be read"),
    ],
)
def test_a_fault_names_its_variable_and_what_is_wanted(environ: dict[str, str], named: str) -> None:
    """Every faulty setting stops the start with one sentence that names it."""
    found = faults(**environ)
    assert 1 == sum(named in fault for fault in found), found


def test_all_faults_are_told_at_once() -> None:
    """Three faults make one message of three lines."""
    found = faults(
        PINGONE_REGION="US", PORT="x", LOG_LEVEL="loud", PINGONE_ENVIRONMENT_ID=ENVIRONMENT, PINGONE_CLIENT_ID=CLIENT
    )
    assert [fault.split()[0] for fault in found] == ["PINGONE_REGION", "PORT", "LOG_LEVEL"]
    assert str(SettingsInvalid(found)).count("\n  - ") == 3


def test_a_fault_never_shows_a_secret() -> None:
    """The message of a weak secret, of a strange private key or store URL does not repeat it."""
    text = str(
        faults(
            SECRET_KEY="hunter2",
            SECRET_KEY_FALLBACKS="hunter2",
            REDIS_URL="http://:hunter2@x",
            OUTBOUND_PROXY="https://alice:hunter2@proxy",
            PINGONE_TOKEN_AUTH_METHOD="private_key_jwt",
            PINGONE_PRIVATE_KEY="hunter2",
            **TENANT,
        )
    )
    assert "hunter2" not in text


def test_a_folder_that_cannot_hold_the_secret_is_a_fault(tmp_path: Path) -> None:
    """The message says which setting to change."""
    (tmp_path / "file").touch()
    assert "INSTANCE_PATH" in faults(SECRET_KEY="", INSTANCE_PATH=str(tmp_path / "file"))[0]
