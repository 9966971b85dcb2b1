"""Settings become services."""

import pytest

from config import Settings
from webapp.registered import parties_of

CLIENT = {
    "PINGONE_ENVIRONMENT_ID": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
    "PINGONE_CLIENT_ID": "03868489-68d4-4fdc-baf9-6e0b5371c7bd",
    "SECRET_KEY": "a-secret-key-for-tests-of-the-wiring-000",
}
OTHER = "2f7ff93b-8d4e-40bd-9e66-74d65c89896b"


def registered(**environ):
    return parties_of(Settings.from_env({**CLIENT, **environ}), None, None)


def test_one_application_serves_all_modes():
    """Without a second application the same one signs on in custom page mode."""
    us = registered()
    assert us.main == us.custom == us.of_mode("custom")
    assert "none" == us.main.client.method


def test_a_second_application_has_its_own_secret():
    """Custom page mode uses the application whose Signon URL is our page, with its own secret."""
    us = registered(PINGONE_CLIENT_SECRET="one", PINGONE_CUSTOM_CLIENT_ID=OTHER, PINGONE_CUSTOM_CLIENT_SECRET="two")
    assert (OTHER, "two") == (us.of_mode("custom").client.client_id, us.of_mode("custom").client.key)
    assert "one" == us.of_mode("hosted").client.key == us.of_mode("redirectless").client.key


def test_a_private_key_proves_both_applications():
    """A client secret that is set as well is never sent in the place of the key."""
    from joserfc.jwk import RSAKey

    pem = RSAKey.generate_key(2048).as_pem(private=True).decode()
    us = registered(
        PINGONE_TOKEN_AUTH_METHOD="private_key_jwt",
        PINGONE_PRIVATE_KEY=pem,
        PINGONE_CUSTOM_CLIENT_ID=OTHER,
        PINGONE_CUSTOM_CLIENT_SECRET="not-a-key",
    )
    assert pem.strip() == us.custom.client.key.strip() == us.main.client.key.strip()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, CLIENT["PINGONE_ENVIRONMENT_ID"]),
        ({"PINGONE_AUTH_BASE_URL": "https://auth.example.org"}, CLIENT["PINGONE_ENVIRONMENT_ID"]),
        ({"PINGONE_ENVIRONMENT_ID": "", "PINGONE_AUTH_BASE_URL": "https://auth.example.org"}, ""),
        ({"PINGONE_ENVIRONMENT_ID": "", "PINGONE_AUTH_BASE_URL": f"https://a.example/{OTHER}"}, OTHER),
    ],
)
def test_the_environment_is_known_where_it_can_be(environ, expected):
    """The sign-on page compares environment ids: from the setting, else from the base, else not at all."""
    assert expected == registered(**environ).environment_id
