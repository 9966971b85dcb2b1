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
