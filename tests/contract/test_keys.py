"""The key set, and the signatures that it verifies."""

import base64
import hashlib
from uuid import UUID

from tests.contract.agent import Agent
from tests.contract.client import Client, header
from tests.contract.facts import fact


@fact("1.3-jwks-get", "4-unauthenticated")
def test_the_key_set_is_public(agent: Agent):
    """Nobody needs credentials to read the keys."""
    response = agent.get("/as/jwks")
    assert 200 == response.status_code
    assert response.json()["keys"]


@fact("4-members", "4-use")
def test_members_of_a_key(agent: Agent):
    """An RSA key and its certificate, and what it is for."""
    for key in agent.get("/as/jwks").json()["keys"]:
        assert {"kty", "e", "use", "kid", "n", "x5t", "x5c"} <= set(key)
        assert "RSA" == key["kty"]
        assert key["use"] in ("sig", "enc")


@fact("4-thumbprint")
def test_the_thumbprint_is_that_of_the_certificate(agent: Agent):
    """x5t can be computed from x5c."""
    for key in agent.get("/as/jwks").json()["keys"]:
        digest = hashlib.sha1(base64.b64decode(key["x5c"][0])).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == key["x5t"]


@fact("4-kid-uuid")
def test_key_ids_look_like_uuids(agent: Agent):
    """The id of the key that signs now."""
    identity = agent.get("/as/jwks").json()["keys"][0]["kid"]
    assert str(UUID(identity)) == identity


@fact("4-token-header", "13.1-signature")
def test_both_tokens_name_a_published_key(agent: Agent, client: Client):
    """RS256, and a key id under which the signature is good."""
    tokens = client.tokens(agent)
    for name in ("id_token", "access_token"):
        assert "RS256" == header(tokens[name])["alg"]
        assert client.verify(tokens[name])


@fact("4-rotation")
def test_the_previous_key_stays_published(agent: Agent, client: Client):
    """A token that was signed before a rotation can be verified after it, and a new one as well."""
    controls = agent.target.played("keys are rotated in the console")
    before = client.tokens(agent)["id_token"]
    controls.rotate_key()
    after = client.tokens(agent)["id_token"]
    assert header(before)["kid"] != header(after)["kid"]
    assert client.verify(before)
    assert client.verify(after)
