"""The floor: what a sign-on costs when nothing is done that is not needed, in plain WSGI. Not an example to follow.

One token call on a warm connection, one RSA verification, one session write. What waits for the callback is in a
signed cookie; the session is a row of SQLite.
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import secrets
import sqlite3
import ssl
from collections.abc import Callable, Iterable
from http.cookies import SimpleCookie
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

BASE, PUBLIC_URL = os.environ["PINGONE_AUTH_BASE_URL"], os.environ["PUBLIC_URL"]
PLACE = urlsplit(BASE)
TLS = ssl.create_default_context(cafile=os.environ["PINGONE_CA_BUNDLE"])
SECRET = secrets.token_bytes(32)
LOCK = Lock()
DATABASE = sqlite3.connect(
    Path(os.environ["INSTANCE_PATH"]) / "floor.sqlite", isolation_level=None, check_same_thread=False
)
DATABASE.execute("PRAGMA journal_mode = WAL")
DATABASE.execute("PRAGMA synchronous = NORMAL")
DATABASE.execute("CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, content TEXT)")
IDLE: list[http.client.HTTPSConnection] = []

StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Three addresses: /login, /callback, /session."""
    cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    path = environ["PATH_INFO"]
    if path == "/login":
        return _login(start_response)
    if path == "/callback":
        return _callback(parse_qs(environ["QUERY_STRING"]), cookies["pending"].value, start_response)
    with LOCK:
        (content,) = DATABASE.execute("SELECT content FROM sessions WHERE id = ?", [cookies["id"].value]).fetchone()
    return _answer(start_response, "200 OK", [], f"<p>Signed on: {json.loads(content)['preferred_username']}</p>")


def _login(start_response: StartResponse) -> Iterable[bytes]:
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    query = urlencode(asked(state, nonce, verifier))
    pending = f"{state}.{nonce}.{verifier}"
    cookie = ("Set-Cookie", f"pending={pending}.{_signature(pending)}; HttpOnly; SameSite=Lax")
    return _answer(start_response, "302 Found", [("Location", f"{BASE}/as/authorize?{query}"), cookie])


def _callback(params: dict[str, list[str]], cookie: str, start_response: StartResponse) -> Iterable[bytes]:
    pending, _, signature = cookie.rpartition(".")
    state, nonce, verifier = pending.split(".")
    assert hmac.compare_digest(signature, _signature(pending))
    assert hmac.compare_digest(params["state"][0], state)
    claims = redeemed(params["code"][0], nonce, verifier)
    id = secrets.token_urlsafe(32)
    with LOCK:
        DATABASE.execute("INSERT INTO sessions VALUES (?, ?)", [id, json.dumps(claims)])
    headers = [("Location", "/session"), ("Set-Cookie", f"id={id}; HttpOnly; SameSite=Lax")]
    return _answer(start_response, "302 Found", headers)


def asked(state: str, nonce: str, verifier: str) -> dict[str, str]:
    """The parameters of an authorization request."""
    return {
        "response_type": "code",
        "client_id": "bench",
        "redirect_uri": f"{PUBLIC_URL}/callback",
        "scope": "openid profile email",
        "state": state,
        "nonce": nonce,
        "code_challenge": _base64url(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }


def redeemed(code: str, nonce: str, verifier: str) -> dict[str, Any]:
    """The claims of the ID token that the code is worth: one call, one signature, three comparisons."""
    form = {
        "grant_type": "authorization_code",
        "client_id": "bench",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": f"{PUBLIC_URL}/callback",
    }
    claims = _claims(_call("POST", f"{PLACE.path}/as/token", urlencode(form))["id_token"])
    assert (claims["nonce"], claims["aud"], claims["iss"]) == (nonce, "bench", f"{BASE}/as")
    return claims


def _claims(token: str) -> dict[str, Any]:
    signed, _, signature = token.rpartition(".")
    KEY.verify(_bytes(signature), signed.encode(), PKCS1v15(), SHA256())
    claims: dict[str, Any] = json.loads(_bytes(signed.partition(".")[2]))
    return claims


def _call(method: str, path: str, body: str = "") -> dict[str, Any]:
    try:
        connection = IDLE.pop()
    except IndexError:
        connection = http.client.HTTPSConnection(PLACE.netloc, timeout=8, context=TLS)
    connection.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"})
    members: dict[str, Any] = json.loads(connection.getresponse().read())
    IDLE.append(connection)
    return members


def _key() -> RSAPublicKey:
    jwk = _call("GET", f"{PLACE.path}/as/jwks")["keys"][0]
    return RSAPublicNumbers(*(int.from_bytes(_bytes(jwk[name]), "big") for name in "en")).public_key()


def _answer(start: StartResponse, status: str, headers: list[tuple[str, str]], page: str = "") -> Iterable[bytes]:
    body = page.encode()
    start(status, [("Content-Type", "text/html"), ("Content-Length", str(len(body))), *headers])
    return [body]


def _signature(text: str) -> str:
    return hmac.digest(SECRET, text.encode(), "sha256").hex()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


KEY = _key()
