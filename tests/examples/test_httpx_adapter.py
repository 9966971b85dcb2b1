"""The httpx adapter keeps the limits that the protocol sets, against a server that does not."""

import socket
import threading

import httpx
import pytest

from examples.httpx_adapter import Httpx
from tests.support.raw_http import Answer as Served
from tests.support.raw_server import RawServer
from webapp.oidc.http import MOST_BYTES, Request


def test_an_answer_without_end_is_cut_off():
    """One byte more than any provider needs, and the call is over."""
    server = RawServer(lambda request: Served(200, (), b"x" * (MOST_BYTES + 1)), None)
    try:
        with httpx.Client(trust_env=False) as client, pytest.raises(OSError, match="too long"):
            Httpx(client).exchange(Request("GET", f"{server.origin}/"))
    finally:
        server.stop()


def test_a_call_may_be_given_less_time_than_the_client_has():
    """At sign-off nobody waits for a silent provider as long as the client would."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        release = threading.Timer(20, silent.close)
        release.start()
        try:
            with httpx.Client(trust_env=False, timeout=None) as client, pytest.raises(ConnectionError, match="Timeout"):
                Httpx(client).exchange(Request("GET", url, timeout=0.2))
        finally:
            release.cancel()
