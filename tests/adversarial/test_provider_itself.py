"""The adversarial provider is right until told to lie; otherwise a refusal would prove nothing."""

import base64
import hashlib
import json
from collections.abc import Iterator

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.support import provider_faults, provider_wire
from tests.support.provider import DELETE, Provider, plus_one, providing, random_paths
from tests.support.provider_answers import PASSWORD
from tests.support.provider_keys import base64url, key
from tests.support.raw_server import Fault

PUBLIC_URL = "http://localhost:5999"
VERIFIER = "v" * 43


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providing(PUBLIC_URL) as provider:
        yield provider


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def _authorize(provider: Provider, http: requests.Session, **more: str) -> requests.Response:
    params = {
        "client_id": provider.client.client_id,
        "response_type": "code",
        "redirect_uri": f"{PUBLIC_URL}/callback",
        "scope": "openid",
        "state": "s" * 22,
        "nonce": "n" * 22,
        "code_challenge": _challenge(),
        "code_challenge_method": "S256",
    }
    return http.get(provider.url("authorize"), params=params | more, allow_redirects=False, timeout=5)


def _challenge() -> str:
    return base64url(hashlib.sha256(VERIFIER.encode()).digest())


def _exchange(provider: Provider, http: requests.Session, code: str) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": f"{PUBLIC_URL}/callback",
        "client_id": provider.client.client_id,
        "code_verifier": VERIFIER,
    }
    return http.post(provider.url("token"), data=form, timeout=5)


def test_hosted_code_buys_a_token_that_verifies(provider: Provider, http: requests.Session) -> None:
    """Without knobs the provider hands out an ID token that an independent library accepts."""
    location = requests.Request("GET", _authorize(provider, http).headers["Location"]).prepare().url
    code = location.partition("code=")[2].partition("&")[0]
    tokens = _exchange(provider, http, code).json()
    keys = KeySet.import_key_set(http.get(provider.url("jwks"), timeout=5).json())
    claims = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims
    assert [] == provider.complaints
    assert (provider.issuer, "n" * 22) == (claims["iss"], claims["nonce"])
    assert ["authorize", "token", "jwks"] == provider.ledger.endpoints


def test_redirectless_flow_ends_in_a_code(provider: Provider, http: requests.Session) -> None:
    """A right password completes the flow, and resume gives the code to the holder of ST only."""
    flow = _authorize(provider, http, response_mode="pi.flow").json()
    done = http.post(
        f"{provider.base_url}/flows/{flow['id']}",
        data=json.dumps({"username": "alice", "password": PASSWORD}),
        headers={"Content-Type": "application/vnd.pingidentity.usernamePassword.check+json"},
        timeout=5,
    )
    cookie = done.headers["Set-Cookie"].partition(";")[0]
    without = requests.get(flow["resumeUrl"], timeout=5)
    resumed = requests.get(flow["resumeUrl"], headers={"Cookie": cookie}, timeout=5).json()
    assert ("COMPLETED", 403) == (done.json()["status"], without.status_code)
    assert resumed["authorizeResponse"]["code"] in provider.planted
    assert ["resume without the flow's ST"] == provider.complaints


def test_custom_client_is_sent_to_its_login_page(provider: Provider, http: requests.Session) -> None:
    """The second application has a login page of its own, told environment and flow."""
    answer = _authorize(provider, http, client_id=provider.client.custom_client_id)
    start = f"{PUBLIC_URL}/sign-on/page?environmentId={provider.environment_id}&flowId="
    assert (302, start) == (answer.status_code, answer.headers["Location"][: len(start)])


def test_complaints_name_a_careless_client(provider: Provider, http: requests.Session) -> None:
    """A request that lacks what the OpenID Foundation's suite checks is written down."""
    _authorize(provider, http, scope="profile", state="short", code_challenge_method="plain")
    assert [
        "scope lacks openid",
        "no S256 code challenge",
        "state is shorter than 128 bits",
    ] == provider.complaints


def test_tampering_reaches_the_wire(provider: Provider, http: requests.Session) -> None:
    """A member can be replaced, derived from the right value, or left out."""
    provider.tamper("discovery", issuer=plus_one, jwks_uri=DELETE, extra=[1])
    metadata = http.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=5).json()
    assert (f"{provider.issuer}1", False, [1]) == (
        metadata["issuer"],
        "jwks_uri" in metadata,
        metadata["extra"],
    )


@pytest.mark.parametrize("way", ["none", "bitflip", "hs256_public", "es256", "ps256"])
def test_ways_of_signing_say_what_they_are(provider: Provider, http: requests.Session, way: str) -> None:
    """The header names the algorithm of the attack."""
    provider.sign = way
    location = _authorize(provider, http).headers["Location"]
    token = _exchange(provider, http, location.partition("code=")[2].partition("&")[0]).json()["id_token"]
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    expected = {
        "none": "none",
        "bitflip": "RS256",
        "hs256_public": "HS256",
        "es256": "ES256",
        "ps256": "PS256",
    }
    assert expected[way] == header["alg"]
    assert key("first").kid == header["kid"]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (provider_wire.reset_before, requests.ConnectionError),
        (provider_wire.reset_after_head, requests.exceptions.ChunkedEncodingError),
        (provider_wire.truncated, requests.exceptions.ChunkedEncodingError),
        (provider_wire.chunk_size_bad, requests.exceptions.ChunkedEncodingError),
        (provider_wire.late(5), requests.Timeout),
        (provider_faults.gzip_broken, requests.exceptions.ContentDecodingError),
    ],
)
def test_faults_look_like_faults(
    provider: Provider, http: requests.Session, fault: Fault, expected: type[Exception]
) -> None:
    """What the client library sees is the fault that the name promises."""
    provider.faults["jwks"] = fault
    with pytest.raises(expected):
        http.get(provider.url("jwks"), timeout=0.2)


@pytest.mark.parametrize(
    "fault",
    [
        provider_wire.sliced,
        provider_wire.http_1_0,
        provider_wire.continued,
        provider_wire.trailers,
        provider_wire.folded_header,
        provider_faults.gzipped,
    ],
)
def test_oddities_are_still_answers(provider: Provider, http: requests.Session, fault: Fault) -> None:
    """Some odd answers are lawful; a client must not be taught to refuse them."""
    provider.faults["jwks"] = fault
    assert [key("first").public()] == http.get(provider.url("jwks"), timeout=5).json()["keys"]


def test_provider_vanishes_and_returns(provider: Provider, http: requests.Session) -> None:
    """After its last answer the port is closed; later it listens again on the same port."""
    provider.vanish_after("jwks")
    assert 200 == http.get(provider.url("jwks"), timeout=5).status_code
    with pytest.raises(requests.ConnectionError):
        http.get(provider.url("jwks"), timeout=5)
    provider.return_()
    assert 200 == http.get(provider.url("jwks"), timeout=5).status_code


def test_random_paths_are_announced(http: requests.Session) -> None:
    """Endpoints can lie where only discovery says."""
    with providing(PUBLIC_URL, paths=random_paths()) as provider:
        metadata = http.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=5).json()
        assert 200 == http.get(metadata["jwks_uri"], timeout=5).status_code
        assert 404 == http.get(f"{provider.issuer}/jwks", timeout=5).status_code
