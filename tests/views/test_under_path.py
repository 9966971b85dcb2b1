"""The application under a path of a host that has other things too, whether or not the proxy takes the path off."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask

from config import Settings
from tests.support.walker import Walker
from webapp import create_app, wiring
from webapp.store.memory import MemoryStore

PATH = "/apps/sign-on"
PUBLIC_URL = f"http://localhost:5996{PATH}"
ENVIRON = {"SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz", "LOG_LEVEL": "error", "PUBLIC_URL": PUBLIC_URL}
STARTS = ("/sign-on/", "/callback", "/resume")


class TakesPathOff:
    """nginx with a slash at the end of `proxy_pass`, and a header that says what it took off."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        assert environ["PATH_INFO"].startswith(f"{PATH}/"), environ["PATH_INFO"]
        rest = environ["PATH_INFO"].removeprefix(PATH)
        return self.app({**environ, "PATH_INFO": rest, "HTTP_X_FORWARDED_PREFIX": PATH}, start_response)


def application(**environ: str) -> Flask:
    settings = Settings.from_env(ENVIRON | environ)
    return create_app(settings, wiring.build(settings, store=MemoryStore()))


@pytest.fixture(scope="module", params=["left on", "taken off"])
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    off = request.param == "taken off"
    made = application(**({"TRUSTED_PROXIES": "1"} if off else {}))
    if off:
        made.wsgi_app = TakesPathOff(made.wsgi_app)  # type: ignore[method-assign]
    yield made
    made.extensions["services"].close()


@pytest.fixture
def walker(app: Flask) -> Walker:
    return Walker(app, PUBLIC_URL, app.extensions["services"].settings.simulator_base)


@pytest.mark.parametrize("mode", ["hosted", "redirectless", "custom"])
def test_every_mode_signs_on_and_off(walker: Walker, mode: str) -> None:
    """Redirect URI, Signon URL, forms, simulator and PingOne's way back are under the path."""
    assert 200 == walker.sign_on(mode).status_code
    assert (f"{PUBLIC_URL}/session", True) == (walker.url, walker.session()["signed_in"])
    assert {"apps.sign-on.session"} <= (names := {each.key for each in walker.client._cookies.values()
                                                  if each.domain == "localhost"})  # fmt: skip
    assert set() == {name for name in names if not name.startswith("apps.sign-on.")}
    page = walker.post(f"{PATH}/sign-off", {})
    assert (200, f"{PUBLIC_URL}/signed-off") == (page.status_code, walker.url.partition("?")[0])
    assert {"signed_in": False} == walker.session()


def test_a_refusal_a_guard_and_a_silent_sign_on_lead_back_under_the_path(walker: Walker) -> None:
    """Each makes its address by itself, and none loses the path or says it twice."""
    walker.get("/sign-on/hosted?prompt=none&return_to=/checks")
    assert f"{PUBLIC_URL}/checks" == walker.url
    walker.get("/sign-on/hosted?prompt=none")
    assert f"{PUBLIC_URL}/?not_signed_on=" in walker.url
    walker.get("/members")
    walker.answer(username="sharedTestUser", password="PingOne-2026!")
    assert f"{PUBLIC_URL}/members" == walker.url
    walker.get(f"/sign-on/initiate?iss={walker.simulator_url}/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/as"
               f"&target_link_uri={PUBLIC_URL}/checks")  # fmt: skip
    assert f"{PUBLIC_URL}/checks" == walker.url


def test_every_address_of_every_page_is_under_the_path(walker: Walker) -> None:
    """Links, forms, styles and pictures, of the application and of its simulator; what is linked is there."""
    walker.sign_on("redirectless")
    waiting, seen = [f"{PUBLIC_URL}/", f"{walker.simulator_url}/"], set[str]()
    while waiting:
        url = waiting.pop().partition("#")[0]
        if url in seen or urlsplit(url).path.removeprefix(PATH).startswith(STARTS):
            continue
        seen.add(url)
        with walker.client.get(url) as answer:
            assert answer.status_code in (200, 303, 403, 405), url  # 405: the address of a form.
            text = answer.text if answer.mimetype == "text/html" else ""
        found = [unescape(each) for each in re.findall(r'\b(?:href|src|action)="([^"#][^"]*)"', text)]
        local = [urljoin(url, each) for each in found if not each.startswith(("https:", "mailto:"))]
        assert [] == [each for each in local if not urlsplit(each).path.startswith(f"{PATH}/")], url
        waiting += [each for each in local if "sign-off" not in each and each not in seen and len(seen) < 400]
    assert len(seen) > 60, seen


def test_a_proxy_that_says_another_path_is_answered_with_what_to_set() -> None:
    """Otherwise the first sign-on fails at PingOne, which knows no such redirect URI."""
    client = application(TRUSTED_PROXIES="1").test_client()
    answer = client.get("/checks", base_url="http://localhost:5996", headers={"X-Forwarded-Prefix": "/elsewhere/"})
    assert (421, True) == (answer.status_code, "'/elsewhere'" in answer.text and PUBLIC_URL in answer.text)
    unsaid = application().test_client()
    answer = unsaid.get("/checks", base_url="http://localhost:5996", headers={"X-Forwarded-Prefix": "/elsewhere"})
    assert 200 == answer.status_code  # No proxy is trusted, so nobody has said anything.


@pytest.mark.parametrize("path", ["/readyz", f"{PATH}/readyz"])
def test_probes_need_no_path(path: str) -> None:
    """A load balancer asks an instance directly."""
    assert 200 == application().test_client().get(path, headers={"Host": "10.1.2.3"}).status_code


def test_a_name_that_only_begins_like_the_path_is_not_under_it() -> None:
    """`/apps/sign-onwards` is somebody else's."""
    assert 404 == application().test_client().get(f"{PATH}wards", base_url="http://localhost:5996").status_code


@pytest.mark.parametrize(
    ("asked", "sent", "status"),
    [("/sign-on/hosted", {"X-Forwarded-Prefix": "/sign-on"}, 303), ("/sign-on/sign-on/hosted", {}, 303),
     ("/sign-on/sign-on/hosted", {"X-Forwarded-Prefix": "/sign-on"}, 404)],
)  # fmt: skip
def test_what_was_taken_off_is_not_taken_off_twice(asked: str, sent: dict[str, str], status: int) -> None:
    """A path may be named like a page of ours; the header says what is what."""
    client = application(PUBLIC_URL="http://localhost:5996/sign-on", TRUSTED_PROXIES="1").test_client()
    assert status == client.get(asked, base_url="http://localhost:5996", headers=sent).status_code


def test_two_applications_of_one_host_keep_their_cookies_apart() -> None:
    """A `__Host-` cookie has the path `/`, so the name has to differ, or one would sign off the other's visitors."""
    named = [Settings.from_env({**ENVIRON, "SIMULATOR": "public", "PUBLIC_URL": f"https://www.example.com{path}"})
             .cookie_name("session") for path in ("", "/one", "/apps/two")]  # fmt: skip
    assert ["__Host-session", "__Host-one.session", "__Host-apps.two.session"] == named
