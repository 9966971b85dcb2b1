"""Table A, ID token rows: what PingOne's token says is believed only when every word of it stands up to a check."""

import time

import pytest

from tests.support.adversarial import Row, Witness, assert_clean_sign_on, assert_refused, each_mode
from tests.support.provider import CLIENT_ID, CUSTOM_CLIENT_ID, DELETE, Provider, plus_one
from tests.support.provider_keys import base64url, compact, key
from tests.support.relying_party import Browser

WEEK = 7 * 24 * 3600


def _claim(name: str, /, **claims: object) -> Row:
    return Row(name, lambda provider: provider.tamper("id_token", **claims), "id_token_claim", 502, ("userinfo",))


def _signature(name: str, poison) -> Row:
    return Row(name, poison, "id_token_signature", 502, ("userinfo",))


def _sign(name: str, way: str, /, **header: object) -> Row:
    def poison(provider: Provider) -> None:
        provider.sign = way
        provider.tamper("id_token_header", **header)
        provider.tamper("discovery", id_token_signing_alg_values_supported=["none", "HS256", "ES256", "PS256", "RS256"])
        provider.keys = [key("first").public(), key("first").public_ec()]

    return _signature(name, poison)


def _payload(name: str, payload: bytes) -> Row:
    """Signed rightly, but not the JSON object that claims must be."""

    def poison(provider: Provider) -> None:
        provider.finished_id_token = lambda token: compact(payload, way="rs256", key=provider.signing_key)

    return _signature(name, poison)


def _shape(name: str, token: str) -> Row:
    def poison(provider: Provider) -> None:
        provider.finished_id_token = lambda right: token or right

    return _signature(name, poison)


def _embedded_key(provider: Provider) -> None:
    provider.signing_key = key("attacker")
    provider.keys = [key("first").public()]
    provider.tamper("id_token_header", kid=key("first").kid, jwk=key("attacker").public())


def _key_elsewhere(provider: Provider) -> None:
    provider.signing_key = key("attacker")
    provider.keys = [key("first").public()]
    provider.tamper("id_token_header", jku=provider.canary, x5u=provider.canary)


def _same_kid(provider: Provider) -> None:
    provider.signing_key = key("attacker")
    provider.keys = [key("first").public()]
    provider.tamper("id_token_header", kid=key("first").kid)


def _kid_less_among_many(provider: Provider) -> None:
    rsa = [key(name).public(kid=False) for name in ("first", "second", "third")]
    odd = [{"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}, {"kty": "OKP", "crv": "Ed25519", "x": "AA"}]
    provider.keys = [*rsa, *(key(name).public_ec(kid=False) for name in ("first", "second")), *odd * 3]
    provider.tamper("id_token_header", kid=DELETE)


def plus_one_in_list(right: str) -> list[str]:
    """The right audience and one that is not ours."""
    return [right, f"{right}1"]


ROWS = [
    _claim("A02-iss", iss=plus_one),
    _claim("A68-iss-missing", iss=DELETE),
    _claim("A68-iss-slash", iss=lambda right: f"{right}/"),
    _claim("A68-iss-list", iss=lambda right: [right]),
    _claim("A03-sub-missing", sub=DELETE),
    _claim("sub-empty", sub=""),
    _claim("A03-sub-number", sub=17),
    _claim("A04-aud", aud=plus_one),
    _claim("A15-aud-missing", aud=DELETE),
    _claim("A66-aud-of-other", aud="somebody-else"),
    _claim("aud-empty-list", aud=[]),
    _claim("aud-object", aud=lambda right: {right: 0}),
    _claim("aud-contains", aud=lambda right: f"evil-{right}-x"),
    _claim("A67-aud-second", aud=plus_one_in_list),
    _claim("A67-aud-second-azp", aud=plus_one_in_list, azp=CLIENT_ID),
    _claim("A67-aud-second-azp-custom", aud=plus_one_in_list, azp=CUSTOM_CLIENT_ID),
    _claim("azp-other", azp="somebody-else"),
    _claim("azp-null", azp=None),
    _claim("A05-iat-missing", iat=DELETE),
    _claim("A78-iat-week", iat=lambda right: right - WEEK),
    _claim("iat-future", iat=lambda right: right + 360),
    _claim("iat-nan", iat="NaN"),
    _claim("A69-exp-past", exp=lambda right: int(time.time()) - 360, iat=lambda right: right - 400),
    _claim("exp-minute-past", exp=lambda right: int(time.time()) - 60, iat=lambda right: right - 400),
    _claim("A69-exp-missing", exp=DELETE),
    _claim("exp-text", exp=lambda right: str(right)),
    _claim("exp-1e300", exp=1e300),
    _claim("exp-true", exp=True),
    _claim("A12-nonce", nonce=plus_one),
    _claim("A70-nonce-missing", nonce=DELETE),
    _claim("A70-nonce-empty", nonce=""),
    _claim("A70-nonce-unsupported", nonce=DELETE, nonce_supported=False),
    _claim("A27-at-hash", at_hash=plus_one),
    _claim("A27-at-hash-null", at_hash=None),
    _claim("A29-c-hash", c_hash="LDktKdoQak3Pk0cnXxCltA"),
    _sign("A09-none", "none"),
    _sign("A71-none-odd-case", "None"),
    _sign("A71-none-without-kid", "none", kid=DELETE),
    _sign("A10-bitflip", "bitflip"),
    _sign("A10-signature-missing", "no_signature"),
    _sign("A16-es256", "es256"),
    _sign("A17-hs256-public-key", "hs256_public"),
    _sign("A17-hs256-empty-key", "hs256_empty"),
    _sign("A72-ps256", "ps256"),
    _sign("A72-rs512", "rs512"),
    _sign("typ-logout", "rs256", typ="logout+jwt"),
    _sign("typ-access", "rs256", typ="at+jwt"),
    _sign("crit", "rs256", crit=["exp"]),
    _sign("b64", "rs256", crit=["b64"], b64=False),
    _sign("alg-list", "rs256", alg=["RS256"]),
    _signature("other-key-same-kid", _same_kid),
    _signature("embedded-jwk", _embedded_key),
    _signature("jku", _key_elsewhere),
    _signature("A07-kid-less-among-many", _kid_less_among_many),
    _payload("nan", b'{"exp":NaN}'),
    _payload("huge-number", b'{"exp":1e400}'),
    _payload("long-integer", b'{"exp":' + b"9" * 5000 + b"}"),
    _payload("nested", b"[" * 100_000),
    _payload("list", b"[]"),
    _payload("twice", b'{"sub":"a","sub":"b"}'),
    _payload("surrogate", b'{"sub":"\\ud800"}'),
    _payload("not-utf8", b'{"sub":"\xff"}'),
    _signature("forty-kilobytes", lambda provider: provider.tamper("id_token", padding="x" * 40_000)),
    _shape("two-parts", "eyJhbGciOiJSUzI1NiJ9.e30"),
    _shape("five-parts", "a.b.c.d.e"),
    _shape("huge", "a" * 60_000 + ".e30.x"),
    _shape("header-list", f"{base64url(b'[]')}.e30.AA"),
    _shape("words", "not-a-token"),
]


@each_mode(ROWS)
def test_id_token_is_refused(browser: Browser, provider: Provider, witness: Witness, row: Row, mode: str) -> None:
    """A poisoned ID token signs nobody in, is followed by no call, and leaves no trace for the next sign-on."""
    row.poison(provider)
    page = browser.sign_on(mode)
    assert 1 == provider.ledger.count("token"), (page.trail, page.text[:2000])
    assert_refused(browser, page, row, witness)
    assert 0 == provider.ledger.count("canary")
    assert_clean_sign_on(browser, mode)


@pytest.mark.parametrize("way", ["rs256", "hs256_secret"])
def test_a17_hs256_with_the_client_secret(make_browser, provider: Provider, witness: Witness, way: str) -> None:
    """HS256 with the right secret is a valid signature, and still not the one that PingOne makes."""
    provider.register(auth_method="client_secret_basic", secret="planted-client-secret")
    browser = make_browser(PINGONE_CLIENT_SECRET="planted-client-secret", PINGONE_CUSTOM_CLIENT_ID="")
    provider.sign = way
    page = browser.sign_on("hosted")
    assert (way == "rs256") == browser.signed_in
    if way != "rs256":
        assert_refused(browser, page, Row("A17", lambda _: None, "id_token_signature"), witness)


def test_a34_unknown_kids_do_not_turn_into_a_storm(browser: Browser, provider: Provider) -> None:
    """Ten tokens with ten unknown keys cost one refetch of the key set and not ten."""
    browser.sign_on("hosted")
    before = provider.ledger.count("jwks")
    for number in range(10):
        provider.keys, provider.signing_key = [key("first").public()], key("attacker")
        provider.tamper("id_token_header", kid=f"unknown-{number}")
        assert 502 == browser.sign_on("hosted").status
    assert provider.ledger.count("jwks") - before <= 1
