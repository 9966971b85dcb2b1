"""Whatever a browser brings to the addresses that PingOne sends browsers to: a plain refusal, and never a session."""

from urllib.parse import parse_qsl, quote_from_bytes, urlencode, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.anything import HOSTILE, TEXT
from tests.fuzz.conftest import Site
from tests.fuzz.profile import THROUGH

NAMES = st.sampled_from(["code", "state", "iss", "error", "error_description", "session_state", "id_token", "response"])
STATE = "the right state"
PAIRS = st.lists(st.tuples(NAMES | TEXT, st.just(STATE) | st.just("x") | TEXT | HOSTILE), max_size=6)


@THROUGH
@given(PAIRS)
def test_no_answer_but_pingones_signs_anybody_on(site: Site, pairs: list[tuple[str, str]]) -> None:
    """Parameters in any number and order, right state included; PingOne knows none of the codes."""
    client = site.visitor()
    site.pingone.says["token"] = 400, [], b'{"error":"invalid_grant"}'
    away = client.get("/sign-on/hosted", base_url=site.settings.public_url)
    right = dict(parse_qsl(urlsplit(away.headers["Location"]).query))["state"]
    query = urlencode([(name, right if value == STATE else value) for name, value in pairs], errors="surrogatepass")
    answer = client.get(f"/callback?{query}", base_url=site.settings.public_url)
    assert answer.status_code in (400, 502), answer.text[:500]
    assert site.is_nobody(client)
    asked = "token" in site.pingone.asked
    assert asked <= (("state", STATE) in pairs and any(name == "code" for name, _ in pairs))


@THROUGH
@given(
    st.sampled_from(
        [
            "/callback",
            "/resume",
            "/sign-on/page",
            "/sign-on/initiate",
            "/signed-off",
            "/sign-on/prepare",
            "/front-channel-sign-off",
            "/sign-on/hosted",
            "/sign-on/redirectless",
            "/",
        ]
    ),
    st.binary(max_size=200),
)
def test_any_bytes_for_a_query(site: Site, path: str, query: bytes) -> None:
    """Percent-encoded and raw: a page, a redirect of ours or a refusal."""
    client = site.visitor()
    for encoded in (quote_from_bytes(query, safe="=&%;"), query.decode("latin-1")):
        answer = client.get(path, query_string=encoded, base_url=site.settings.public_url)
        assert answer.status_code in (200, 303, 400, 404), answer.text[:500]
    assert site.is_nobody(client)
