"""Only RS256, only the issuer's own keys, and one more look when keys have changed."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, OctKey

from tests.oidc.conftest import signed_by_hand, unsigned
from webapp.oidc.cache import Cached
from webapp.oidc.errors import IdTokenSignature, MetadataInvalid
from webapp.oidc.keys import LOGOUT_TOKEN, NoKeyFits, ProviderKeys, parse_keys, verified_claims

CLAIMS = {"sub": "somebody"}


def keys_of(*signers):
    return parse_keys({"keys": [signer.jwk() for signer in signers]})


def test_a_signed_token_gives_its_claims(signer, other_signer):
    """A token signed by one of the keys is read."""
    assert CLAIMS == verified_claims(signer.token(CLAIMS), keys_of(other_signer, signer))


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "PS256", "ES256", ""])
def test_another_algorithm_is_refused(signer, algorithm):
    """Whatever the header says, only RS256 verifies: unsigned and otherwise signed tokens are refused."""
    with pytest.raises(IdTokenSignature, match="alg"):
        verified_claims(unsigned(CLAIMS, algorithm), keys_of(signer))


def test_a_good_signature_of_another_algorithm_is_refused(signer):
    """PS256 made with the very key that is published is refused too."""
    with pytest.raises(IdTokenSignature, match="alg"):
        verified_claims(signer.token(CLAIMS, {"alg": "PS256"}), keys_of(signer))


def test_a_changed_signature_does_not_fit(signer):
    """One changed character in the signature or the claims and no key fits."""
    head, body, signature = signer.token(CLAIMS).split(".")
    flipped = ("B" if signature[9] != "B" else "C").join([signature[:9], signature[10:]])
    for token in (f"{head}.{body}.{flipped}", f"{head}.{body[:-2]}xx.{signature}"):
        with pytest.raises((NoKeyFits, IdTokenSignature)):
            verified_claims(token, keys_of(signer))


def test_the_kid_chooses_the_key(signer, other_signer):
    """A key signs under its own id only; an unknown id fits no key."""
    with pytest.raises(NoKeyFits):
        verified_claims(signer.token(CLAIMS, {"kid": other_signer.kid}), keys_of(signer, other_signer))
    with pytest.raises(NoKeyFits):
        verified_claims(signer.token(CLAIMS, {"kid": "unheard-of"}), keys_of(signer))


def test_without_kid_there_must_be_one_key(signer, other_signer):
    """No kid is accepted with a single key and refused with several."""
    token = signer.token(CLAIMS, without=["kid"])
    assert CLAIMS == verified_claims(token, keys_of(signer))
    with pytest.raises(IdTokenSignature, match="kid"):
        verified_claims(token, keys_of(signer, other_signer))


@pytest.mark.parametrize("kind", ["at+jwt", "logout+jwt", ""])
def test_another_type_of_token_is_refused(signer, kind):
    """An access token or a logout token is signed by the same key and is no ID token."""
    with pytest.raises(IdTokenSignature):
        verified_claims(signer.token(CLAIMS, {"typ": kind}), keys_of(signer))


@pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"b64": False}, {"crit": ["b64"], "b64": True}])
def test_a_token_that_asks_for_an_extension_is_refused(signer, header):
    """We know no extension of JWS: a well-signed token that needs one is refused for that, and no key is fetched."""
    with pytest.raises(IdTokenSignature, match="crit"):
        verified_claims(signed_by_hand(signer, header), keys_of(signer))


@pytest.mark.parametrize("payload", [b"[]", b'{"sub":"a","sub":"b"}', b'{"exp":NaN}', b"\xff"])
def test_claims_that_are_no_plain_object_are_refused(signer, payload):
    """A signature does not make nonsense readable."""
    with pytest.raises(IdTokenSignature):
        verified_claims(signer.token(payload), keys_of(signer))


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c.d", "..", "é.b.c", "x" * 40_000 + ".b.c", "eyJ9.e30.e30"])
def test_what_is_no_token_is_refused(signer, token):
    """Garbage is a refusal with its own class, never another exception."""
    with pytest.raises(IdTokenSignature):
        verified_claims(token, keys_of(signer))


@pytest.mark.parametrize("change", [lambda token: token.rpartition(".")[0], lambda token: f"{token}.x"])
def test_a_token_of_other_parts_costs_no_fetch(signer, change):
    """Fresh keys could not make it a token, however well its header reads."""
    keys, fetched = ring([keys_of(signer)])
    with pytest.raises(IdTokenSignature, match="JWS form"):
        keys.verified_claims(change(signer.token(CLAIMS)), None)
    assert 1 == len(fetched)


def test_a_token_too_long_is_not_verified(signer):
    """Whoever signed it: verifying costs time by the byte."""
    with pytest.raises(IdTokenSignature, match="JWS form"):
        verified_claims(signer.token({**CLAIMS, "more": "x" * 32_768}), keys_of(signer))


def short_key():
    """A key that is whole in every other way."""
    modulus = rsa.generate_private_key(65537, 1024).public_key().public_numbers().n
    encoded = base64.urlsafe_b64encode(modulus.to_bytes(128, "big")).rstrip(b"=").decode()
    return {"kty": "RSA", "n": encoded, "e": "AQAB", "kid": "short"}


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda key: {**key, "use": "enc"},
        lambda key: {**key, "alg": "RS512"},
        lambda key: {**key, "kty": "EC"},
        lambda key: {**key, "kid": 7},
        lambda key: {**key, "kid": ["key-1"]},
        lambda key: {**key, "n": 5},
        lambda key: {**key, "n": ["A"] * 400},
        lambda key: {**key, "n": "!" * 400},
        lambda key: {**key, "e": 65537},
        lambda key: {name: value for name, value in key.items() if name != "n"},
        lambda key: {name: value for name, value in key.items() if name != "e"},
        lambda key: short_key(),
        lambda key: ECKey.generate_key("P-256").as_dict(private=False),
        lambda key: OctKey.generate_key(256).as_dict(private=True),
        lambda key: "text",
    ],
)
def test_a_key_that_may_not_sign_is_passed_over(signer, other_signer, spoilt):
    """Encryption keys, other kinds, other algorithms, short and broken keys do not count; those beside them do."""
    found = parse_keys({"keys": [spoilt(other_signer.jwk()), signer.jwk()]})
    assert ["key-1"] == [key.kid for key in found]


@pytest.mark.parametrize("document", [{}, {"keys": {}}, {"keys": []}, {"keys": [{"kty": "EC"}]}])
def test_a_key_set_without_a_key_is_refused(document):
    """A key set that could verify nothing is not kept."""
    with pytest.raises(MetadataInvalid):
        parse_keys(document)


def ring(sets, clock=lambda: 0.0, monotonic=lambda: 0.0):
    fetched = []

    def fetch(http):
        fetched.append(http)
        return sets[min(len(fetched), len(sets)) - 1]

    return ProviderKeys(Cached(fetch, lambda: None, clock), monotonic), fetched


def test_a_changed_key_is_fetched_once(signer, other_signer):
    """After a rotation the new key is fetched and the token accepted; one fetch, not more."""
    keys, fetched = ring([keys_of(signer), keys_of(other_signer)])
    keys.verified_claims(signer.token(CLAIMS), None)
    claims, check = keys.verified_claims(other_signer.token(CLAIMS), None)
    assert (CLAIMS, True) == (claims, check.passed)
    assert 2 == len(fetched)


def test_invented_key_ids_cost_one_fetch(signer):
    """Fifty tokens with fifty invented ids are refused with a single fetch between them."""
    keys, fetched = ring([keys_of(signer)])
    for number in range(50):
        with pytest.raises(IdTokenSignature):
            keys.verified_claims(signer.token(CLAIMS, {"kid": f"invented-{number}"}), None)
    assert 2 == len(fetched)


def test_key_sets_that_alternate_do_not_make_sign_on_flap(signer, other_signer):
    """Servers that answer in turns with the old and the new set: once both are known, tokens of both are accepted."""
    old, new, at = keys_of(signer), keys_of(other_signer), [0.0]
    keys, fetched = ring([old, new, old, new], clock=lambda: at[0], monotonic=lambda: at[0])
    for step in range(12):
        at[0] += 4.0  # Less than the pause between two fetches.
        either = (signer, other_signer)[step % 2]
        assert CLAIMS == keys.verified_claims(either.token(CLAIMS), None)[0]
    assert 2 == len(fetched)


def test_replaced_keys_count_for_minutes_only(signer, other_signer):
    """Five minutes after it was replaced a key signs nothing any more, and without its id it never did."""
    at = [0.0]
    keys, _ = ring([keys_of(signer), keys_of(other_signer)], monotonic=lambda: at[0])
    keys.verified_claims(signer.token(CLAIMS), None)
    keys.verified_claims(other_signer.token(CLAIMS), None)
    with pytest.raises(IdTokenSignature):
        keys.verified_claims(signer.token(CLAIMS, without=["kid"]), None)
    at[0] = 299.0
    keys.verified_claims(signer.token(CLAIMS), None)
    at[0] = 301.0
    with pytest.raises(IdTokenSignature, match="unknown kid") as refusal:
        keys.verified_claims(signer.token(CLAIMS), None)
    assert [("signature", False)] == [(check.name, check.passed) for check in refusal.value.checks]


def test_a_key_is_replaced_by_one_of_the_same_name(signer, other_signer):
    """What the fetched set calls by an id is meant by it, whatever had that id before."""
    keys, _ = ring([keys_of(signer), parse_keys({"keys": [other_signer.jwk(kid=signer.kid)]})])
    keys.verified_claims(signer.token(CLAIMS), None)
    keys.verified_claims(other_signer.token(CLAIMS, {"kid": signer.kid}), None)
    with pytest.raises(IdTokenSignature):
        keys.verified_claims(signer.token(CLAIMS), None)


def test_a_key_that_is_not_for_verifying_is_passed_over(signer):
    """RFC 7517 section 4.3: a published key whose key_ops lack verify signs nothing for us."""
    for operations in (["encrypt"], [], "verify", None):
        with pytest.raises(MetadataInvalid):
            parse_keys({"keys": [signer.jwk(key_ops=operations)]})
    assert 1 == len(parse_keys({"keys": [signer.jwk(key_ops=["verify"])]}))


def test_leading_zeros_make_no_key_longer():
    """1024 bits written as 2048 are 1024 bits."""
    number = rsa.generate_private_key(65537, 1024).public_key().public_numbers().n
    padded = base64.urlsafe_b64encode(number.to_bytes(256)).rstrip(b"=").decode()
    with pytest.raises(MetadataInvalid):
        parse_keys({"keys": [{"kty": "RSA", "n": padded, "e": "AQAB"}]})


@pytest.mark.parametrize("kind", ["logout+jwt", "application/logout+jwt", "JWT"])
def test_a_logout_token_may_name_its_type(signer, kind):
    """In the short form, the long one, or as any JWT."""
    keys = parse_keys({"keys": [signer.jwk()]})
    assert {"sub": "a"} == verified_claims(signer.token({"sub": "a"}, {"typ": kind}), keys, LOGOUT_TOKEN)
