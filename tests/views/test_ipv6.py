"""Where there is nothing but IPv6."""

import threading

import pytest

from config import Settings
from tests.support.walker import Walker
from webapp import create_app, wiring
from webapp.server import CannotListen, listen
from webapp.simulator import CLIENT_ID, ENVIRONMENT_ID
from webapp.simulator.running import server
from webapp.store.memory import MemoryStore

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"


def test_a_provider_whose_address_is_an_ipv6_literal() -> None:
    """Metadata, keys, flow and tokens come from `http://[::1]:port`, over real sockets."""
    try:
        listen("::1", 0).close()
    except CannotListen as failure:
        pytest.skip(str(failure))
    listening, _ = server("::1", 0, public_url="http://localhost:5995")
    base = f"http://[::1]:{listening.port}"
    tenant = {"PINGONE_CLIENT_ID": CLIENT_ID, "PINGONE_AUTH_BASE_URL": f"{base}/{ENVIRONMENT_ID}"}
    settings = Settings.from_env({"SECRET_KEY": KEY, "LOG_LEVEL": "error", "PORT": "5995", **tenant})
    thread = threading.Thread(target=listening.serve_forever, args=(0.05,))
    thread.start()
    services = wiring.build(settings, store=MemoryStore())
    try:
        walker = Walker(create_app(settings, services), settings.public_url, base)
        assert 200 == walker.sign_on("redirectless").status_code
        session = walker.session()
        assert (True, settings.issuer) == (session["signed_in"], session["claims"]["iss"])
    finally:
        services.close()
        listening.shutdown()
        thread.join()
        listening.server_close()


@pytest.mark.parametrize(
    ("host", "public_url", "simulator"),
    [("::1", "", "http://[::1]:8000"), ("::1", "http://[::1]:8000", "http://localhost:8000"),
     ("127.0.0.1", "", "http://127.0.0.1:8000"), ("127.0.0.1", "http://127.0.0.1:8000", "http://localhost:8000")],
)  # fmt: skip
def test_the_built_in_simulator_is_where_somebody_listens(host: str, public_url: str, simulator: str) -> None:
    """It is another site than the application, and still at an address that is served."""
    settings = Settings.from_env({"SECRET_KEY": KEY, "HOST": host, "PUBLIC_URL": public_url})
    assert f"{simulator}/simulator" == settings.simulator_base
