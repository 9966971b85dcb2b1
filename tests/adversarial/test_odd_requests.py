"""Requests that no browser of an honest visitor makes: cookies and addresses of every shape."""

from urllib.parse import quote

import pytest

from tests.support.provider import Provider
from tests.support.relying_party import Browser


@pytest.mark.parametrize(
    "cookie",
    [
        "session=",
        "session=" + "a" * 32_000,
        "session=a; session=b",
        "session=%00; so.x=y",
        "session=\xff\xfe",
        'session="a\\073b"',
        "$Version=1; session=x",
        "=nameless; session",
        "so.00000000aaaaaaaa=" + "b" * 43,
        "so." + "a" * 8000 + "=b",
        "so.6b03203eAAAAAAAA=" + "\xe9" * 43,
        "\u2000so.x=1".encode().decode("latin-1"),
        ";".join(f"so.{number:08x}aaaaaaaa={'c' * 43}" for number in range(500)),
    ],
    ids=range(13),
)
@pytest.mark.parametrize(
    "path", ["/", "/session", "/callback?code=x&state=y", "/sign-on/page?flowId=x", "/resume?flowId=x"]
)
def test_odd_cookies_mean_nobody(browser: Browser, cookie: str, path: str) -> None:
    """Malformed, huge, doubled and tossed cookies are anonymous, never an internal error."""
    client = browser.client.application.test_client(use_cookies=False)
    answer = client.get(path, base_url=browser.public_url, headers={"Cookie": cookie})
    assert answer.status_code in (200, 400, 401, 404)


@pytest.mark.parametrize(
    "query",
    ["", "code=", "state=", "code=x", "code=x&state=\x00", "code=%ff&state=%fe", "state=%ED%A0%80.x&code=y",
     "state=" + "a" * 20_000, "code=x&state=" + "." * 100, "&".join(["a=b"] * 3000), "code[]=x&state[$ne]=y",
     "error=x&state=y", "error=%0d%0aX-Evil:1&state=y", "code=x;state=y", "state=../../etc/passwd&code=x"],
    ids=range(15),
)  # fmt: skip
@pytest.mark.parametrize("path", ["/callback", "/resume", "/sign-on/page", "/sign-on/initiate", "/signed-off"])
def test_odd_addresses_are_plain_refusals(browser: Browser, provider: Provider, path: str, query: str) -> None:
    """Any query at all: 4xx or a page, nobody asked at PingOne, and no header of the visitor's making."""
    answer = browser.client.get(f"{path}?{quote(query, safe='=&%[]$;.')}", base_url=browser.public_url)
    assert answer.status_code in (200, 303, 400, 401, 404, 413, 414)
    assert (0, None) == (provider.ledger.count("token"), answer.headers.get("X-Evil"))


def test_an_answer_that_is_too_long_uses_nothing_up(browser: Browser, provider: Provider) -> None:
    """Eight thousand characters are no answer of PingOne's; the right one may still come."""
    away = browser.get("/sign-on/hosted", follow=False)
    callback = browser._visit(away.headers["Location"], ()).headers["Location"].removeprefix(browser.public_url)
    page = browser.get(f"{callback}&{'a' * 8000}=1")
    assert (400, "response_malformed", 0) == (page.status, page.error_code, provider.ledger.count("token"))
    assert 200 == browser.get(callback).status
    assert browser.signed_in


@pytest.mark.parametrize(("method", "path", "status"), [("POST", "/nowhere", 404), ("PUT", "/session", 405)])
def test_an_address_that_does_not_exist_is_that(browser: Browser, method: str, path: str, status: int) -> None:
    """Where nothing could be changed it does not matter where a form comes from."""
    assert status == browser.client.open(path, method=method, base_url=browser.public_url).status_code


@pytest.mark.parametrize("query", ["a=1\r\nX-Evil: 1", "a=\x00", "a=\x7f", "a=\x1b[31m"])
def test_a_stray_host_carries_no_line_into_the_header(browser: Browser, query: str) -> None:
    """From 127.0.0.1 to localhost with a query that no browser sends: without it."""
    environ = {"QUERY_STRING": query, "HTTP_HOST": "127.0.0.1:5999"}
    answer = browser.client.get("/checks", base_url="http://127.0.0.1:5999", environ_overrides=environ)
    assert (303, "http://localhost:5999/checks", None) == (
        answer.status_code, answer.headers["Location"], answer.headers.get("X-Evil"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/", "/session", "/static/site.css", "/healthz", "/nowhere", "/front-channel-sign-off"]
)
def test_every_header_is_said_once(make_browser, provider: Provider, path: str) -> None:
    """Two policies in one answer would both count, and two cache rules contradict each other."""
    browser = make_browser(FRONT_CHANNEL_SIGN_OFF="on")
    query = {"iss": provider.issuer, "sid": "s"} if path.startswith("/front") else {}
    with browser.client.get(path, base_url=browser.public_url, query_string=query) as answer:
        names = [name.lower() for name, _ in answer.headers if name != "Set-Cookie"]
    assert len(names) == len(set(names)), names
