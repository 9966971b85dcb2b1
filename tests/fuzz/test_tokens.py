"""Tokens: nothing that is not ours gets through, and nothing makes the reading of one fail in a way of its own."""

from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.anything import BODIES, HOSTILE, JSON, TEXT, objects
from tests.fuzz.conftest import OWN, Site
from tests.fuzz.profile import PURE, THROUGH
from tests.support.provider_keys import base64url, compact, key
from webapp.oidc.errors import IdTokenClaim, IdTokenSignature, MetadataInvalid, SubjectChanged
from webapp.oidc.id_token import Expected, check_claims
from webapp.oidc.keys import NoKeyFits, parse_keys, verified_claims
from webapp.oidc.logout_token import EVENT, check_logout_claims

KEYS = parse_keys({"keys": [key("fuzz").public()]})
CLAIMS = {"iss": "https://op.example/as", "sub": "somebody", "aud": "us", "iat": 1000, "exp": 5000, "nonce": "n" * 43}
RIGHT = compact(CLAIMS, way="rs256", key=key("fuzz"))
EXPECTED = Expected(
    "https://op.example/as", "us", "n" * 43, access_token="at", acr_values=("Single_Factor",), max_age=60
)
NOW = 1010.0
SEGMENTS = st.builds(base64url, BODIES) | TEXT
HEADERS = objects(
    alg=st.just("RS256"),
    typ=st.just("JWT"),
    kid=st.just(key("fuzz").kid),
    crit=st.just(["b64"]),
    b64=st.booleans(),
    jwk=st.just(key("other").public()),
    x5c=TEXT,
    zip=st.just("DEF"),
)


def accepted(token: str) -> dict | None:
    try:
        return verified_claims(token, KEYS)
    except (IdTokenSignature, NoKeyFits):
        return None


@PURE
@given(st.lists(SEGMENTS, max_size=5).map(".".join) | TEXT | HOSTILE)
def test_no_text_but_a_signed_one_is_a_token(token: str) -> None:
    """Any text, in any number of parts."""
    assert accepted(token) is None


@PURE
@given(st.integers(0, len(RIGHT) - 1), st.characters())
def test_a_changed_token_says_nothing_else(position: int, other: str) -> None:
    """One character replaced: refused, or the very same claims, as base64url has spare bits at its end."""
    assert accepted(RIGHT[:position] + other + RIGHT[position + 1 :]) in (None, CLAIMS)


@PURE
@given(HEADERS)
def test_a_signed_header_decides_nothing(header: dict) -> None:
    """Even the right key cannot sign its way around algorithm, type and critical members, nor bring another key."""
    if accepted(compact(CLAIMS, way="rs256", key=key("fuzz"), header=header)) is not None:
        sent = {"alg": "RS256", "kid": key("fuzz").kid} | header
        assert ("RS256", None, None) == (sent["alg"], sent.get("crit"), sent.get("b64"))
        assert str(header.get("typ") or "JWT").lower() in ("jwt", "application/jwt")


@PURE
@given(BODIES)
def test_a_signed_payload_is_an_object_or_refused(payload: bytes) -> None:
    """Whatever PingOne's key signs: a JSON object, or the refusal that a bad token gets."""
    claims = accepted(compact(payload, way="rs256", key=key("fuzz")))
    assert claims is None or isinstance(claims, dict)


@PURE
@given(
    objects(
        **{name: st.just(value) for name, value in CLAIMS.items()},
        azp=st.just("us"),
        acr=st.just("Single_Factor"),
        auth_time=st.just(1000),
        at_hash=TEXT,
    )
)
def test_only_the_right_claims_pass(claims: dict) -> None:
    """Every member right, absent or anything: nothing but the two refusals, and no pass without the right values."""
    try:
        checks = check_claims(claims, EXPECTED, NOW)
    except (IdTokenClaim, SubjectChanged) as refusal:
        failed = refusal.check
    else:
        failed = None
    if failed is not None:
        assert not failed.passed
        return
    assert all(check.passed for check in checks)
    assert (CLAIMS["iss"], CLAIMS["nonce"], "Single_Factor") == (claims["iss"], claims["nonce"], claims["acr"])
    assert claims["aud"] in ("us", ["us"]) and claims.get("azp", "us") == "us" and "at_hash" not in claims
    assert NOW - 90 <= claims["auth_time"] <= NOW + 30 and claims["exp"] > NOW - 30 and isinstance(claims["sub"], str)


@PURE
@given(
    objects(
        iss=st.just("op"),
        aud=st.just("us"),
        iat=st.just(1000),
        jti=st.just("j"),
        sid=st.just("s"),
        sub=TEXT,
        events=st.just({EVENT: {}}),
        nonce=TEXT,
        exp=st.just(1100),
    )
)
def test_only_right_logout_claims_pass(claims: dict) -> None:
    """As section 2.6 of the back-channel specification says, for any object."""
    try:
        check_logout_claims(claims, "op", ("us",), NOW)
    except IdTokenClaim:
        return
    assert ("op", True) == (claims["iss"], "nonce" not in claims)
    assert isinstance(claims["events"][EVENT], dict) and claims["aud"] in ("us", ["us"])


@THROUGH
@given(st.lists(st.tuples(st.just("logout_token") | TEXT, TEXT | HOSTILE | st.just(RIGHT)), max_size=3))
def test_nothing_but_a_logout_token_signs_anybody_off(site: Site, form: list[tuple[str, str]]) -> None:
    """The address is open to the world; whatever is posted there is answered with 400."""
    client = site.visitor()
    body = urlencode(form, errors="replace").encode()
    answer = client.post(
        "/back-channel-sign-off",
        data=body,
        base_url=site.settings.public_url,
        content_type="application/x-www-form-urlencoded",
    )
    assert (400, "no-store") == (answer.status_code, answer.headers["Cache-Control"])


@PURE
@given(
    objects(
        keys=st.lists(
            objects(kty=st.just("RSA"), use=st.just("sig"), kid=TEXT, n=st.just("A" * 342) | TEXT, e=st.just("AQAB")),
            max_size=3,
        )
    )
)
def test_any_key_set_is_read_or_refused(document: dict) -> None:
    """Keys that cannot be used are passed over; a set without any is refused."""
    try:
        keys = parse_keys(document)
    except MetadataInvalid:
        return
    assert keys


@THROUGH
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "name",
                "given_name",
                "email",
                "preferred_username",
                "amr",
                "acr",
                "sid",
                "locale",
                "updated_at",
                "env",
                "auth_time",
                "scope",
                "p1.region",
                "address",
            ]
        )
        | TEXT,
        JSON,
        max_size=5,
    )
)
def test_any_claims_can_be_shown(site: Site, claims: dict) -> None:
    """What a genuine token says beyond what is checked may be anything: it is shown, and sign-off works."""
    client = site.visitor()
    checked = ("iss", "sub", "aud", "exp", "iat", "nonce", "azp", "at_hash")
    site.pingone.claims = {name: value for name, value in claims.items() if name not in checked}
    client.get("/sign-on/redirectless", base_url=site.settings.public_url)
    step = next(cookie.key for cookie in client._cookies.values() if cookie.key.startswith("so.")).removeprefix("so.")
    form = {"username": "u", "password": "p", "action": "usernamePassword.check"}
    client.post(f"/sign-on/step/{step}", data=form, base_url=site.settings.public_url, headers=OWN)
    for path in ("/session", "/session/tokens", "/", "/checks"):
        for accept in ("text/html", "application/json"):
            seen = client.get(path, base_url=site.settings.public_url, headers={"Accept": accept}).status_code
            assert seen == 200 or (site.is_nobody(client) and seen == 401), path
    assert 303 == client.post("/sign-off", base_url=site.settings.public_url, headers=OWN).status_code
