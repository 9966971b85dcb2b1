"""For which hosts the application answers, what may start a sign-on, and what browsers may keep."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask.testing import FlaskClient

from config import Settings
from webapp import create_app, wiring
from webapp.store.memory import MemoryStore

KEY = {"SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz", "LOG_LEVEL": "error"}
PUBLIC = {**KEY, "PINGONE_ENVIRONMENT_ID": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
          "PINGONE_CLIENT_ID": "03868489-68d4-4fdc-baf9-6e0b5371c7bd", "PUBLIC_URL": "https://app.example"}  # fmt: skip
MakeClient = Callable[..., FlaskClient]


@pytest.fixture(scope="module")
def make_client() -> Iterator[MakeClient]:
    """A browser in front of an application of these settings; applications are shared."""
    known: dict[str, FlaskClient] = {}
    with ExitStack() as stack:

        def make(**environ: str) -> FlaskClient:
            name = repr(environ)
            if name not in known:
                services = wiring.build(Settings.from_env({**KEY, **environ}), store=MemoryStore())
                stack.callback(services.close)
                known[name] = create_app(services=services).test_client()
            return known[name]

        yield make


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "localhost:8000:1", "127.0.0.2:8000", ""]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/settings"), ("GET", "/static/site.css"), ("GET", "/simulator/inbox"), ("POST", "/simulator/faults")],
)
def test_a_foreign_host_reads_and_changes_nothing(make_client: MakeClient, method: str, path: str, host: str) -> None:
    """A name of somebody else's that resolves to this computer opens neither the application nor the simulator."""
    answer = make_client().open(path, method=method, headers={"Host": host})
    assert 421 == answer.status_code
    assert "http://localhost:8000" in answer.text
    assert "evil" not in str(answer.headers) + answer.text


@pytest.mark.parametrize("host", ["localhost:8000", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "localhost:9999"])
def test_this_computer_is_ours_by_any_name(make_client: MakeClient, host: str) -> None:
    """The simulator is visited at 127.0.0.1 while the application is localhost; ports may be forwarded."""
    assert 200 == make_client().get("/simulator/about.json", headers={"Host": host}).status_code


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_ask_by_address(make_client: MakeClient, path: str) -> None:
    """A load balancer knows the address of an instance and not its name."""
    assert make_client(**PUBLIC).get(path, headers={"Host": "10.1.2.3:8000"}).status_code in (200, 503)


@pytest.mark.parametrize(
    ("host", "status"),
    [("app.example", 200), ("APP.example:443", 200), ("app.example:8000", 421), ("localhost", 421), ("b.example", 421)],
)
def test_a_public_address_is_the_only_one(make_client: MakeClient, host: str, status: int) -> None:
    """With PUBLIC_URL set to a name, the application answers for that name."""
    assert status == make_client(**PUBLIC).get("/checks", headers={"Host": host}).status_code


def test_behind_a_proxy_the_host_is_the_proxys_choice(make_client: MakeClient) -> None:
    """nginx calls us by the name of its upstream unless told otherwise; a redirect from there would never end."""
    answer = make_client(**PUBLIC, TRUSTED_PROXIES="1").get("/checks", headers={"Host": "upstream:8000"})
    assert 200 == answer.status_code
    local = make_client(TRUSTED_PROXIES="1").get("/checks", headers={"Host": "upstream:8000"})
    assert 200 == local.status_code


@pytest.mark.parametrize(
    ("public_url", "host", "target"),
    [
        ("", "127.0.0.1:8000", "http://localhost:8000/checks?a=b"),
        ("", "[::1]:8000", "http://localhost:8000/checks?a=b"),
        ("http://localhost", "127.0.0.1", "http://localhost/checks?a=b"),
        ("http://[::1]:8000", "localhost:8000", "http://[::1]:8000/checks?a=b"),
        ("http://[::1]:8000", "[::1]:8000", ""),
        ("", "localhost:9000", ""),
    ],
)
def test_the_other_names_of_this_computer_lead_to_one(
    make_client: MakeClient, public_url: str, host: str, target: str
) -> None:
    """They share no cookies. The name that is right already leads nowhere, whatever its port."""
    answer = make_client(PUBLIC_URL=public_url).get("/checks?a=b", headers={"Host": host})
    assert (303 if target else 200, target) == (answer.status_code, answer.headers.get("Location", ""))


@pytest.mark.parametrize("path", ["//session", "/sign-on//hosted", "//evil.example/session"])
def test_slashes_are_not_merged_by_a_redirect(make_client: MakeClient, path: str) -> None:
    """The address of such a redirect is made of the Host header."""
    for client, host in (make_client(), "localhost:8000"), (make_client(**PUBLIC, TRUSTED_PROXIES="1"), "evil.example"):
        answer = client.get("/", headers={"Host": host}, environ_overrides={"PATH_INFO": path, "REQUEST_URI": path})
        assert answer.status_code in (401, 404)
        assert None is answer.headers.get("Location")


@pytest.mark.parametrize(("scheme", "status"), [("https", 200), ("http", 200), ("javascript", 400), ("ftp", 400)])
def test_a_forwarded_scheme_is_http_or_https(make_client: MakeClient, scheme: str, status: int) -> None:
    """The scheme ends up in addresses."""
    answer = make_client(**PUBLIC, TRUSTED_PROXIES="1").get("/checks", headers={"X-Forwarded-Proto": scheme})
    assert status == answer.status_code


STARTS = ["/sign-on/hosted", "/sign-on/redirectless", "/sign-on/custom", "/sign-on/page", "/callback", "/resume",
          "/sign-on/initiate"]  # fmt: skip
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize("path", STARTS)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Purpose": "prefetch;prerender", **NAVIGATION}, 405),
        ({"Purpose": "prefetch"}, 405),
        ({"X-Purpose": "preview"}, 405),
        ({"X-Moz": "Prefetch"}, 405),
        ({"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403),
        ({"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, 403),
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403),
    ],
    ids=str,
)
def test_only_going_there_starts_or_finishes_a_sign_on(
    make_client: MakeClient, path: str, headers: dict[str, str], status: int
) -> None:
    """Neither another site's picture or frame nor a browser that looks ahead; nothing is kept for them."""
    answer = make_client().get(path, headers={"Host": "localhost:8000", **headers})
    assert (status, []) == (answer.status_code, answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("headers", [{}, NAVIGATION], ids=["old", "new"])
def test_a_visitor_starts(make_client: MakeClient, headers: dict[str, str]) -> None:
    """Browsers of today say that they go there; older ones and curl say nothing."""
    answer = make_client().get("/sign-on/hosted", headers={"Host": "localhost:8000", **headers})
    assert 303 == answer.status_code


@pytest.mark.parametrize(
    ("query", "headers", "status", "kept"),
    [
        ("?v={current}", {}, 200, "public, max-age=31536000, immutable"),
        ("?v={current}", {"Range": "bytes=0-9"}, 206, "public, max-age=31536000, immutable"),
        ("?v={current}", {"If-None-Match": "{etag}"}, 304, "public, max-age=31536000, immutable"),
        ("?v={current}", {"Range": "bytes=900000-"}, 416, "no-store"),
        ("?v={current}", {"If-Match": '"other"'}, 412, "no-store"),
        ("?v=0123456789ab", {}, 200, "public, max-age=3600"),
        ("", {}, 200, "public, max-age=3600"),
    ],
)
def test_only_what_is_there_now_is_kept_for_a_year(
    make_client: MakeClient, query: str, headers: dict[str, str], status: int, kept: str
) -> None:
    """A refusal, or the file of today under the address of another day, would stay in browsers until next year."""
    client = make_client()
    current = client.application.extensions["assets"]
    with client.get("/static/site.css", headers={"Host": "localhost:8000"}) as plain:
        etag = plain.headers["ETag"]
    sent = {name: value.replace("{etag}", etag) for name, value in headers.items()}
    with client.get(
        f"/static/site.css{query.format(current=current)}", headers={"Host": "localhost:8000", **sent}
    ) as answer:
        assert (status, kept) == (answer.status_code, answer.headers["Cache-Control"])


def test_a_file_that_is_not_there_is_asked_for_again(make_client: MakeClient) -> None:
    """The next version may have it."""
    client = make_client()
    current = client.application.extensions["assets"]
    answer = client.get(f"/static/next.css?v={current}", headers={"Host": "localhost:8000"})
    assert (404, "no-store") == (answer.status_code, answer.headers["Cache-Control"])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (PUBLIC, "max-age=31536000; includeSubDomains"),
        ({**PUBLIC, "PUBLIC_URL": "https://localhost:8443"}, None),
        ({}, None),
    ],
)
def test_https_is_not_pinned_on_localhost(make_client: MakeClient, settings: dict[str, str], said: str | None) -> None:
    """It counts for every port of a host: all that a developer runs over plain http would be out of reach."""
    client = make_client(**settings)
    host = client.application.extensions["services"].settings.public_url.partition("//")[2]
    assert said == client.get("/checks", headers={"Host": host}).headers.get("Strict-Transport-Security")


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 400),  # Admitted; it names no issuer.
        ("GET", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403),
        ("HEAD", {}, 405),
        ("GET", {"Purpose": "prefetch"}, 405),
    ],
    ids=str,
)
def test_sign_off_in_a_frame_is_opened_by_a_frame(
    make_client: MakeClient, method: str, headers: dict[str, str], status: int
) -> None:
    """PingOne frames it; a picture of another site, or a browser that looks ahead, signs nobody off."""
    client = make_client(FRONT_CHANNEL_SIGN_OFF="on")
    sent = {"Host": "localhost:8000", **headers}
    assert status == client.open("/front-channel-sign-off", method=method, headers=sent).status_code
