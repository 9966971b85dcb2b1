"""Cookies that only look like those of an attempt: made up, shortened, put there by a neighbouring site."""

import pytest

from config import Settings
from tests.support.provider import CLIENT_ID, ENVIRONMENT_ID
from webapp import create_app, wiring
from webapp.store.memory import MemoryStore
from webapp.views.browser import attempts_of_browser

HANDLE, SECRET = "6b03203eAAAAAAAA", "s" * 43
PLAIN, SECURE = "http://localhost:5999", "https://rp.example"


def found(public_url: str, cookies: str) -> dict[str, str]:
    """What the application takes for attempts of a browser that sends these cookies."""
    environ = {"PUBLIC_URL": public_url, "SECRET_KEY": "tossed-cookies-tossed-cookies-tossed-01"}
    tenant = {"PINGONE_ENVIRONMENT_ID": ENVIRONMENT_ID, "PINGONE_CLIENT_ID": CLIENT_ID}
    settings = Settings.from_env(environ | tenant)
    services = wiring.build(settings, store=MemoryStore())
    app = create_app(settings, services)
    with app.test_request_context("/", base_url=public_url, headers={"Cookie": cookies}):
        attempts = dict(attempts_of_browser())
    services.close()
    return attempts


@pytest.mark.parametrize(("public_url", "prefix"), [(PLAIN, "so."), (SECURE, "__Host-so.")])
def test_the_cookie_of_an_attempt_is_read(public_url: str, prefix: str) -> None:
    """Its name is the handle, its value the secret."""
    assert {HANDLE: SECRET} == found(public_url, f"a=b; {prefix}{HANDLE}={SECRET}; c=d")


@pytest.mark.parametrize(
    "cookie",
    [
        f"{HANDLE}={SECRET}",
        f"PREFIX={SECRET}",
        f"PREFIXx={SECRET}",
        f"PREFIX{HANDLE}A={SECRET}",
        f"PREFIX{HANDLE.upper()}={SECRET}",
        f"PREFIXso.{HANDLE}={SECRET}",
        f"PREFIX{HANDLE}=",
        f"PREFIX{HANDLE}={SECRET[1:]}",
        f"PREFIX{HANDLE}={SECRET}s",
        f"PREFIX{HANDLE}={SECRET[1:]}!",
        f"session={SECRET}",
    ],
)
@pytest.mark.parametrize(("public_url", "prefix"), [(PLAIN, "so."), (SECURE, "__Host-so.")])
def test_what_is_not_to_the_letter_one_of_ours_is_none(public_url: str, prefix: str, cookie: str) -> None:
    """A made-up cookie is not even looked up."""
    assert {} == found(public_url, cookie.replace("PREFIX", prefix))


def test_a_neighbouring_site_cannot_toss_one() -> None:
    """With https only a `__Host-` cookie counts: no other host may set one (RFC 6265bis section 4.1.3.2)."""
    assert {} == found(SECURE, f"so.{HANDLE}={SECRET}; __host-so.{HANDLE}={SECRET}")
