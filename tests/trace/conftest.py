"""What the trace tests share: exchanges as the transport records them, and one distinct value per secret."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pytest

from webapp.trace.model import Exchange
from webapp.trace.story import Story

BASE = "https://auth.pingone.example/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"

CANARIES: Mapping[str, str] = MappingProxyType(
    {
        "code": "c0de0000-1111-4222-8333-canarycanary",
        "state": "state+canary/Zm9vYmFyYmF6cXV4",
        "nonce": "nonce-canary-Zm9vYmFyYmF6cXV4",
        "code_verifier": "verifier-canary~Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6",
        "client_secret": 'secret:canary+/%& "~=0123456789abcdef',
        "password": 'Canary pässword "&=%2026!',
        "otp": "918273",
        "ST": "57000000-1111-4222-8333-canarycanary",
        "access_token": "access-canary-0123456789abcdef0123456789",
        "refresh_token": "refresh-canary-0123456789abcdef0123456789",
    }
)


@pytest.fixture
def canaries() -> Mapping[str, str]:
    """One distinct secret value of each kind."""
    return CANARIES


@pytest.fixture
def exchange() -> Callable[..., Exchange]:
    """Make an exchange from the parts that matter to the test."""

    def make(
        method: str = "GET",
        path: str = "/as/jwks",
        *,
        sent: bytes = b"",
        sent_type: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        status: int | None = 200,
        answer: bytes = b"",
        answer_type: str = "application/json",
        answer_headers: tuple[tuple[str, str], ...] = (),
        failure: str | None = None,
        at: float = 1_795_000_000.25,
    ) -> Exchange:
        return Exchange(
            started_at=at,
            duration=0.125,
            method=method,
            url=path if "://" in path else BASE + path,
            request_headers=(*headers, ("Content-Type", sent_type)) if sent_type else headers,
            request_body=sent,
            status=status,
            reason="OK",
            response_headers=(("Content-Type", answer_type), *answer_headers),
            response_body=answer,
            failure=failure,
            new_connection=False,
        )

    return make


VALUE = "0b5ff4e6-1ed1-4b3f-9aef-52f3f1a5d0aa"
STATE = "5a7e0000-1ed1-4b3f-9aef-52f3f1a5d0aa"


@pytest.fixture
def told(exchange: Callable[..., Exchange]) -> Story:
    """A short story: authorize and callback by the browser, token and keys by us, from 1,795,000,000 on."""
    story = Story.begin("trace-1", "hosted", 1_795_000_000.0)
    callback = "http://localhost:8000/callback"
    query = f"response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fcallback&state={STATE}"
    story.hop("browser", "pingone", "GET", f"{BASE}/as/authorize?{query}", at=1_795_000_000.0)
    story.hop(
        "browser", "application", "GET", "/callback", at=1_795_000_002.0, body=[("code", VALUE), ("state", VALUE)]
    )
    story.record(
        exchange(
            "POST",
            "/as/token",
            headers=(("Accept", "application/json"),),
            sent=f"grant_type=authorization_code&code={VALUE}&redirect_uri={callback}".encode(),
            sent_type="application/x-www-form-urlencoded",
            answer=b'{"access_token":"short"}',
            at=1_795_000_002.0,
        )
    )
    story.record(exchange(at=1_795_000_002.25))
    return story
