"""Redis over TLS: the certificate is checked, and so is the name in it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.support.redis_server import RedisServer
from webapp.store import StoreUnavailable
from webapp.store.redis_store import RedisStore


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(params=["127.0.0.1", "redis.example.com"])
def named(request: pytest.FixtureRequest, tmp_path: Path, authority: trustme.CA) -> Iterator[tuple[str, str]]:
    """The name in the server's certificate, and the server's URL."""
    certificate = authority.issue_cert(request.param)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = (
        f"tls-port {port}",
        f"tls-cert-file {tmp_path}/cert.pem",
        f"tls-key-file {tmp_path}/key.pem",
        f"tls-ca-cert-file {tmp_path}/ca.pem",
        "tls-auth-clients no",
    )
    with RedisServer(*options):
        yield request.param, f"rediss://127.0.0.1:{port}/0"


def test_only_the_right_name_from_a_trusted_authority_will_do(named, tmp_path):
    """Somebody in between, with a certificate for another name or from elsewhere, gets no session to see."""
    name, url = named
    trusting = RedisStore(f"{url}?ssl_ca_certs={tmp_path}/ca.pem")
    if name == "127.0.0.1":
        trusting.put("key", b"1", 60)
        assert trusting.take("key") == b"1"
    else:
        with pytest.raises(StoreUnavailable, match="certificate"):
            trusting.put("key", b"1", 60)
    trusting.close()
    with pytest.raises(StoreUnavailable, match="certificate"):
        RedisStore(url).put("key", b"1", 60)
