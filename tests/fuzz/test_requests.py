"""Any request at all: no cookie, path or header makes an error of ours, and every answer is protected."""

from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz.anything import LATIN, TEXT
from tests.fuzz.conftest import Site
from tests.fuzz.profile import THROUGH

SHAPED = st.builds(
    "".join,
    st.lists(
        st.sampled_from(
            [
                "session",
                "so.",
                "so.6b03203eAAAAAAAA",
                "=",
                ";",
                "; ",
                ",",
                '"',
                "\\073",
                "$Version=1",
                "$Path=/",
                "\xff\xfe",
                "é",
                "a" * 43,
                "a" * 5000,
                "__Host-session",
                "off",
                "%00",
                " ",
                "\t",
                "6b03203e",
            ]
        ),
        max_size=10,
    ),
)
PLACES = st.sampled_from(
    [
        "/",
        "/session",
        "/session/tokens",
        "/callback?code=x&state=6b03203eAAAAAAAA.y",
        "/sign-on/page?flowId=x",
        "/signed-off?state=x",
        "/resume?flowId=03ae87ab-173f-459f-8225-965d338735b8",
        "/checks",
        "/traces/6b03203eAAAAAAAA",
        "/sign-on/step/6b03203eAAAAAAAA",
    ]
)
PATHS = st.builds("/{}".format, st.text(max_size=30)) | st.builds(
    "/".join,
    st.lists(
        st.sampled_from(
            ["", "traces", "help", "static", "sign-on", "step", "session", "..", "%2e%2e", "refused", "a.har"]
        ),
        max_size=5,
    ),
)
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"]) | st.from_regex(
    r"[A-Z]{1,9}", fullmatch=True
)
PROTECTION = (
    "Content-Security-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Cross-Origin-Opener-Policy",
    "Cache-Control",
)


@THROUGH
@given(SHAPED | LATIN, PLACES)
def test_any_cookie_is_nobody(site: Site, cookie: str, place: str) -> None:
    """Malformed, oversized, doubled, nameless and not UTF-8: anonymous, and never an internal error."""
    client = site.visitor(cookies=False)
    headers = {"Cookie": cookie}
    answer = client.get(place, base_url=site.settings.public_url, headers=headers)
    assert answer.status_code in (200, 400, 401, 404), answer.text[:500]
    assert 401 == client.get("/session", base_url=site.settings.public_url, headers=headers).status_code


@THROUGH
@given(
    METHODS,
    PATHS,
    st.dictionaries(
        st.sampled_from(
            [
                "Origin",
                "Sec-Fetch-Site",
                "Accept",
                "Content-Type",
                "Content-Length",
                "X-Forwarded-For",
                "X-Forwarded-Proto",
                "Forwarded",
                "Range",
                "Sec-Purpose",
                "If-None-Match",
            ]
        ),
        LATIN,
        max_size=4,
    ),
    TEXT,
)
def test_every_answer_is_protected(site: Site, method: str, path: str, headers: dict, body: str) -> None:
    """Any method at any path with any headers: an answer below 500 that carries what every answer of ours carries."""
    client = site.visitor()
    headers = {name: value for name, value in headers.items() if name != "Content-Length" or value.isdigit()}
    sent = body.encode("utf-8", "replace")
    answer = client.open(
        path.encode("utf-8", "replace").decode(),
        method=method,
        base_url=site.settings.public_url,
        headers=headers,
        data=sent,
    )
    assert answer.status_code < 500, answer.text[:500]
    assert [] == [name for name in PROTECTION if name not in answer.headers], path
    assert site.is_nobody(client)


@THROUGH
@example(".", "/")
@given(
    st.sampled_from(["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "evil.example", "localhost:8000@evil.example"])
    | LATIN,
    PLACES,
)
def test_the_host_header_goes_nowhere(site: Site, host: str, place: str) -> None:
    """A redirect leads to our own address, whatever the request says it was for."""
    answer = site.visitor().get(place, base_url=site.settings.public_url, headers={"Host": host})
    target = answer.headers.get("Location", "")
    assert answer.status_code < 500 and (target == "" or target.startswith(("/", f"{site.settings.public_url}/")))
    assert "evil.example" not in str(answer.headers)
