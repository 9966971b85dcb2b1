"""Table A, rows that must succeed: strictness that refuses an honest provider is a fault as well."""

import pytest

from tests.support.adversarial import Row, each_mode
from tests.support.provider import DELETE, Provider
from tests.support.provider_keys import key
from tests.support.relying_party import MODES, Browser


def _patched(name: str, what: str, /, **members: object) -> Row:
    return Row(name, lambda provider: provider.tamper(what, **members))


def _one_key_without_kid(provider: Provider) -> None:
    provider.keys = [key("first").public(kid=False)]
    provider.tamper("id_token_header", kid=DELETE)


def _keys_to_be_passed_over(provider: Provider) -> None:
    first = key("first").public()
    provider.keys = [
        {"kty": "oct", "k": "c2VjcmV0", "kid": first["kid"]},
        {"kty": "RSA", "n": 17, "e": [], "kid": "odd"},
        {"kty": "OKP", "crv": "X448", "x": "AA", "kid": "okp"},
        key("second").public() | {"use": "enc", "kid": first["kid"]},
        "not a key",
        None,
        key("third").public_ec(),
        first | {"x5c": ["not base64"], "x5t": 5, "alg": "RS256", "surprise": {}},
    ]


def _rotate_before_signing(provider: Provider) -> None:
    def rotate() -> None:
        provider.signing_key = key("second")

    provider.before["token"] = rotate


def _iss_advertised(provider: Provider) -> None:
    provider.sends_iss = provider.advertises_iss = True


def _iss_unannounced(provider: Provider) -> None:
    provider.sends_iss = True


ROWS = [
    Row("A01-code-flow", lambda provider: None),
    Row("A06-one-key-without-kid", _one_key_without_kid),
    _patched("A08-rs256-typ-jwt", "id_token_header", typ="JWT"),
    _patched("A28-at-hash-missing", "id_token", at_hash=DELETE),
    _patched("A66-aud-one-element-list", "id_token", aud=lambda right: [right]),
    _patched("A73-expires-in-missing", "token", expires_in=DELETE),
    _patched("A74-token-type-case", "token", token_type="bEARER"),
    _patched("A79-scope-missing", "token", scope=DELETE, expires_in=DELETE),
    _patched("refresh-token-missing", "token", refresh_token=DELETE),
    _patched("token-answer-says-more", "token", extra={"a": [1]}, id_token_type="x"),
    _patched("SSO-signed-on-an-hour-ago", "id_token", auth_time=lambda right: right - 3600),
    _patched("iat-20-s-ahead", "id_token", iat=lambda right: right + 20),
    _patched("auth-time-nonsense", "id_token", auth_time=1719859),
    _patched("claims-of-other-odd-types", "id_token", amr=17, acr=["a"], email={}, given_name=0, updated_at="soon"),
    _patched("claims-of-odd-types", "id_token", acr=None, amr="pwd", sid=17, env={}, name=["<script>"]),
    Row("A07-keys-passed-over", _keys_to_be_passed_over),
    Row("A34-rotation-before-signing", _rotate_before_signing),
    Row("A64-state-not-in-json", lambda provider: provider.tamper("response", state=DELETE), modes=("redirectless",)),
    Row("A60-iss-advertised", _iss_advertised),
    Row("A60-iss-unannounced", _iss_unannounced),
]


@each_mode(ROWS)
def test_sign_on_succeeds(browser: Browser, provider: Provider, row: Row, mode: str) -> None:
    """An honest answer, in every shape that the specifications allow, signs the visitor on."""
    row.poison(provider)
    page = browser.sign_on(mode)
    assert browser.signed_in, (page.status, page.error_code, page.text[:3000])
    assert 200 == page.status
    assert page.trail[-1] == f"{browser.public_url}/session"
    assert [] == provider.complaints
    assert (1, 1) == (provider.ledger.count("discovery"), provider.ledger.count("token"))


def test_a33_rotation_between_sign_ons(browser: Browser, provider: Provider) -> None:
    """After PingOne has changed its key the next sign-on fetches the set once more and succeeds."""
    browser.sign_on("hosted")
    provider.signing_key = key("second")
    page = browser.sign_on("hosted")
    assert (2, 200) == (provider.ledger.count("jwks"), page.status)


def test_a22_state_nonce_and_verifier_are_never_reused(browser: Browser, provider: Provider) -> None:
    """Two hundred sign-ons have two hundred of each, long enough not to be guessed."""
    seen: dict[str, set[str]] = {"state": set(), "nonce": set(), "code_challenge": set()}
    for _ in range(200):
        query = browser.get("/sign-on/hosted", follow=False).headers["Location"].partition("?")[2]
        for name, value in (pair.split("=", 1) for pair in query.split("&")):
            seen.get(name, set()).add(value)
    assert {"state": 200, "nonce": 200, "code_challenge": 200} == {name: len(each) for name, each in seen.items()}
    assert all(len(value) >= 22 for each in seen.values() for value in each)


@pytest.mark.parametrize("mode", MODES)
def test_session_says_what_the_provider_said(browser: Browser, provider: Provider, mode: str) -> None:
    """The session holds the subject, the mode and the scopes, and no token."""
    browser.sign_on(mode)
    session = browser.session()
    assert (mode, True) == (session["mode"], session["has_refresh_token"])
    assert "386e547a-45b6-410f-b61f-e4f4dc177fac" == session["subject"]
    assert [] == [secret for secret in provider.planted if secret in str(session)]


def test_a_person_without_a_name_is_not_called_by_a_number(browser: Browser, provider: Provider) -> None:
    """The subject is shown as what it is, and not as a name."""
    provider.tamper("id_token", preferred_username=DELETE)
    browser.sign_on("hosted")
    page = browser.get("/session")
    assert (200, True) == (page.status, "<h1>Signed on</h1>" in page.text)


@pytest.mark.parametrize(
    ("mode", "calls"), [("hosted", ["token"]), ("redirectless", ["authorize", "check", "resume", "token"])]
)
def test_a_warm_sign_on_costs_no_more_calls_than_it_must(
    browser: Browser, provider: Provider, mode: str, calls: list[str]
) -> None:
    """With metadata and keys at hand: one call in hosted mode, four in redirectless mode, no new connection."""
    browser.sign_on(mode)
    browser.post("/sign-off")
    provider.ledger.clear()
    connections = provider.server.connections
    browser.sign_on(mode)
    made = [call for call in provider.ledger.calls if call.request.header("User-Agent") and not _browser(call)]
    assert calls == [call.endpoint for call in made]
    assert connections + (1 if mode == "hosted" else 0) == provider.server.connections, "a connection was not reused"


def _browser(call) -> bool:
    """Hosted mode's authorize call comes from the browser."""
    return call.endpoint == "authorize" and call.params.get("response_mode") != "pi.flow"
