"""What PingOne's OAuth endpoints may say: used when it is right, refused when not, and shown without a stack trace."""

from contextlib import suppress

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.fuzz.anything import BODIES, HOSTILE, JSON, LATIN, TEXT, as_json, objects
from tests.fuzz.conftest import OWN, Site
from tests.fuzz.profile import PURE, THROUGH
from tests.fuzz.scripted import answered
from tests.support.provider_keys import compact, key, left_half_hash
from webapp.oidc.errors import MetadataInvalid, ResponseMalformed
from webapp.oidc.provider import origin, parse_metadata
from webapp.oidc.wire import retry_after
from webapp.pingone.api import parse_location
from webapp.pingone.errors import ResumeForeignLocation
from webapp.transport import Clock, InvalidURL
from webapp.transport.origin import origin_of
from webapp.transport.retrying import asked_to_wait

ISSUER = "https://auth.example.com/env/as"
ENDPOINTS = st.builds(
    "".join,
    st.lists(
        st.sampled_from(
            [
                "https://",
                "http://",
                "auth.example.com",
                "evil.example",
                ":443",
                ":444",
                ":",
                "/",
                "\\",
                "@",
                "?",
                "#",
                "%2f",
                ".",
                "\t",
                "é",
                "[::1]",
                "a",
            ]
        ),
        max_size=6,
    ),
) | st.builds(lambda path: f"https://auth.example.com{path}", TEXT)
TOKENS = objects(
    access_token=TEXT | st.just("at"),
    token_type=st.just("Bearer"),
    expires_in=st.integers(),
    refresh_token=TEXT,
    id_token=TEXT,
    scope=TEXT,
    error=TEXT,
    error_description=TEXT,
)
DATES = st.datetimes().map(lambda when: when.strftime("%a, %d %b %Y %H:%M:%S GMT"))
PLACES = st.sampled_from(["http://localhost/callback", "//localhost/callback", "http://evil.example/callback"])
STATUS = st.sampled_from([200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 429, 500, 503])


def begun(site: Site, **claims: object) -> tuple:
    """A visitor before the password of a flow, and the address of the form."""
    client = site.visitor()
    site.pingone.claims = dict(claims)
    away = client.get("/sign-on/redirectless", base_url=site.settings.public_url)
    return client, away.headers["Location"]


def password(site: Site, client: object, step: str) -> int:
    """Send the password, which completes the flow."""
    form = {"username": "u", "password": "p", "action": "usernamePassword.check"}
    return shown(client, client.post(step, data=form, base_url=site.settings.public_url, headers=OWN), site).status_code


def shown(client: FlaskClient, answer: TestResponse, site: Site) -> TestResponse:
    """What a form leads to: itself, or the page that shows its outcome once."""
    leads = answer.headers.get("Location", "")
    return client.get(leads, base_url=site.settings.public_url) if "shown=once" in leads else answer


@THROUGH
@given(STATUS, TOKENS.map(as_json) | BODIES, LATIN)
def test_any_token_answer(site: Site, status: int, body: bytes, wait: str) -> None:
    """No answer without a genuine ID token signs anybody on."""
    client, step = begun(site)
    site.pingone.says["token"] = status, [("Retry-After", wait)], body
    assert password(site, client, step) in (502, 503)
    assert site.is_nobody(client)


@THROUGH
@given(
    STATUS,
    objects(
        id=st.just("03ae87ab-173f-459f-8225-965d338735b8"),
        status=st.just("COMPLETED"),
        authorizeResponse=objects(code=TEXT, state=TEXT, iss=TEXT, error=TEXT),
    ).map(as_json)
    | BODIES,
    LATIN,
)
def test_any_resume_answer(site: Site, status: int, body: bytes, location: str) -> None:
    """The step that this project is about, answered with anything."""
    client, step = begun(site)
    site.pingone.says["token"] = answered({"error": "invalid_grant"}, 400)
    site.pingone.says["resume"] = status, [("Location", location)], body
    assert password(site, client, step) in (400, 422, 502, 503)
    assert site.is_nobody(client)


@THROUGH
@given(
    STATUS,
    objects(sub=st.just("somebody"), exp=st.integers(), updated_at=st.integers(), name=TEXT, active=st.booleans()).map(
        as_json
    )
    | BODIES,
    st.dictionaries(st.sampled_from(["exp", "iat", "scope", "aud", "sub"]) | TEXT, JSON, max_size=3),
)
def test_any_answer_about_somebody_signed_on(site: Site, status: int, body: bytes, claims: dict) -> None:
    """Userinfo, introspection, revocation and the claims of an access token: shown or refused."""
    access_token = compact(claims, way="rs256", key=key("fuzz"))
    client, step = begun(site, at_hash=left_half_hash(access_token))
    tokens = {"access_token": access_token, "token_type": "Bearer", "id_token": site.pingone.id_token()}
    site.pingone.says |= dict.fromkeys(("userinfo", "introspect", "revoke"), (status, [], body))
    site.pingone.says["token"] = answered(tokens)
    assert 303 == password(site, client, step)
    for name in ("userinfo", "introspect", "revoke", "reveal"):
        form = {"token": "access_token"}
        sent = client.post(f"/session/{name}", data=form, base_url=site.settings.public_url, headers=OWN)
        answer = shown(client, sent, site)
        assert answer.status_code in (200, 502, 503), (name, answer.text[:500])
    assert 200 == client.get("/session/tokens", base_url=site.settings.public_url).status_code


@PURE
@given(
    objects(
        issuer=st.just(ISSUER),
        authorization_endpoint=ENDPOINTS,
        token_endpoint=ENDPOINTS,
        jwks_uri=ENDPOINTS,
        userinfo_endpoint=ENDPOINTS,
        end_session_endpoint=ENDPOINTS,
        code_challenge_methods_supported=st.just(["S256"]),
        require_pushed_authorization_requests=st.booleans(),
    )
)
def test_metadata_name_no_foreign_endpoint(document: dict) -> None:
    """Every endpoint of accepted metadata is at the issuer's origin, for the parser that dials too."""
    try:
        provider = parse_metadata(document, ISSUER)
    except MetadataInvalid:
        return
    for url in (value for name, value in vars(provider).items() if name.endswith(("_endpoint", "_uri")) and value):
        assert ("https", "auth.example.com", 443) == origin_of(url), url


@PURE
@given(ENDPOINTS | st.text())
def test_two_parsers_agree_on_accepted_origins(url: str) -> None:
    """What our check takes for the issuer's origin is dialled there, or not at all."""
    if origin(url) == origin(ISSUER) and url.isprintable() and url.isascii() and "#" not in url:
        with suppress(InvalidURL):
            assert ("https", "auth.example.com", 443) == origin_of(url)


@PURE
@given(TEXT | HOSTILE | st.integers().map(str) | LATIN | DATES)
def test_any_retry_after_is_a_sensible_number_or_none(value: str) -> None:
    """Seconds between one and an hour for a visitor; what a thread may have to wait is no negative number."""
    seconds, wait = retry_after(value), asked_to_wait(value, Clock(now=lambda: 0.0))
    assert seconds is None or 1 <= seconds <= 3600
    assert wait is None or wait >= 0


@PURE
@given(PLACES | LATIN, LATIN)
def test_a_location_is_ours_to_the_letter(place: str, query: str) -> None:
    """Parameters come out of nothing but our redirect URI and a query of printable characters."""
    try:
        params = parse_location(f"{place}?{query}", "http://localhost/callback")
    except (ResumeForeignLocation, ResponseMalformed):
        return
    assert f"{place}?{query}".startswith("http://localhost/callback?") and len(params) <= 40
