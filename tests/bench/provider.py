"""An OpenID provider in PingOne's manner that costs little: what is measured is the relying party.

`python -m tests.bench.provider FOLDER` serves https on a free port of 127.0.0.1 with the certificate in FOLDER, prints
its origin, and obeys lines on its standard input: `ledger` prints what it has served, `delay A B` makes each answer
take A and each new connection B seconds longer. It ends when its standard input ends.

It keeps nothing for a hosted sign-on: the visitor puts nonce and challenge into the code, as a provider would that
seals its codes. A flow of redirectless mode is kept until it is resumed. Each sign-on is another person's, as on a site
with many: one person who signed on hundreds of times would have a full list of sessions, which costs extra.
"""

import base64
import hashlib
import json
import socket
import ssl
import sys
import time
import uuid
from collections import Counter
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

from tests.bench.visitor import code_for
from tests.support.provider_keys import Key, compact, key, left_half_hash

ENVIRONMENT_ID = "c2d3e4f5-1111-4222-8333-444455556666"

Reply = tuple[int, dict[str, str], dict[str, Any]]
"""Status, headers and the JSON of the body."""


class Provider:
    """Answers, as functions of a request's path, parameters and cookies."""

    def __init__(self, origin: str) -> None:
        self.base = f"{origin}/{ENVIRONMENT_ID}"
        self.issuer = f"{self.base}/as"
        self.key: Key = key("bench")
        self.flows: dict[str, dict[str, str]] = {}

    def reply(self, path: str, params: dict[str, str], cookie: str) -> Reply:
        """The answer to a request; the last part of the path says to which."""
        name = path.rpartition("/")[2]
        if "/flows/" in path:
            return 200, {"Set-Cookie": f"ST=st-{name}; Path=/; Secure; HttpOnly"}, self._flow(name, "COMPLETED")
        known = {
            "openid-configuration": self._discovery,
            "jwks": self._jwks,
            "authorize": self._authorize,
            "resume": self._resume,
            "token": self._token,
        }
        return known[name](params, cookie) if name in known else (404, {}, {})

    def _discovery(self, params: dict[str, str], cookie: str) -> Reply:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        return 200, {}, {
            "issuer": self.issuer,
            **{member: f"{self.issuer}/{path}" for member, path in names.items()},
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["plain", "S256"],
        }  # fmt: skip

    def _jwks(self, params: dict[str, str], cookie: str) -> Reply:
        return 200, {}, {"keys": [self.key.public()]}

    def _authorize(self, params: dict[str, str], cookie: str) -> Reply:
        flow_id = str(uuid.uuid4())
        self.flows[flow_id] = params
        return 200, {}, self._flow(flow_id, "USERNAME_PASSWORD_REQUIRED")

    def _flow(self, flow_id: str, status: str) -> dict[str, Any]:
        link = {"href": f"{self.base}/flows/{flow_id}"}
        return {"id": flow_id, "status": status, "_links": {"self": link, "usernamePassword.check": link}}

    def _resume(self, params: dict[str, str], cookie: str) -> Reply:
        flow_id = params["flowId"]
        asked = self.flows.pop(flow_id)
        if f"ST=st-{flow_id}" not in cookie:
            return 403, {}, {"code": "ACCESS_FAILED"}
        code = code_for(asked.get("nonce", ""), asked["code_challenge"])
        answer = {"code": code, "state": asked["state"]}
        return 200, {}, {**self._flow(flow_id, "COMPLETED"), "authorizeResponse": answer}

    def _token(self, params: dict[str, str], cookie: str) -> Reply:
        nonce, challenge = json.loads(base64.urlsafe_b64decode(params["code"] + "=="))
        digest = hashlib.sha256(params["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
            return 400, {}, {"error": "invalid_grant"}
        now, access_token = int(time.time()), f"access-{uuid.uuid4()}"
        claims = {
            "iss": self.issuer,
            "sub": str(uuid.uuid4()),
            "aud": "bench",
            "iat": now,
            "exp": now + 3600,
            "acr": "Single_Factor",
            "amr": ["pwd"],
            "at_hash": left_half_hash(access_token),
            "sid": str(uuid.uuid4()),
            "env": ENVIRONMENT_ID,
            "preferred_username": "alice",
            "nonce": nonce,
        }
        id_token = compact(claims, way="rs256", key=self.key)
        return 200, {}, {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": "openid profile email",
            "id_token": id_token,
        }  # fmt: skip


class Server:
    """A thread for each connection, and HTTP/1.1 of the kind that HTTP clients speak among friends."""

    def __init__(self, folder: Path) -> None:
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(folder / "server.pem")
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.provider = Provider(f"https://127.0.0.1:{self.listening.getsockname()[1]}")
        self.served: Counter[str] = Counter()
        self.answer_delay = self.connection_delay = 0.0

    def accept(self) -> None:
        """Serve for ever."""
        while True:
            accepted = self.listening.accept()[0]
            Thread(target=self._serve, args=(accepted,), daemon=True).start()

    def _serve(self, accepted: socket.socket) -> None:
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.served["connections"] += 1
        time.sleep(self.connection_delay)
        try:
            with self.tls.wrap_socket(accepted, server_side=True) as connection, connection.makefile("rb") as stream:
                while line := stream.readline():
                    connection.sendall(self._answer(line, stream))
        except OSError:
            return

    def _answer(self, line: bytes, stream: Any) -> bytes:
        target = line.decode().split(" ")[1]
        headers = {}
        while (field := stream.readline().decode().strip()) != "":
            name, _, value = field.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0"))).decode()
        path, _, query = target.partition("?")
        form = body if "form" in headers.get("content-type", "") else ""
        self.served["calls"] += 1
        time.sleep(self.answer_delay)
        status, more, members = self.provider.reply(path, dict(parse_qsl(f"{query}&{form}")), headers.get("cookie", ""))
        content = json.dumps(members).encode()
        head = {"Content-Type": "application/json", "Content-Length": str(len(content)), **more}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        return f"HTTP/1.1 {status} Answer\r\n{lines}\r\n".encode() + content


def main(folder: str) -> None:
    """Serve until standard input ends."""
    server = Server(Path(folder))
    Thread(target=server.accept, daemon=True).start()
    print(server.provider.base, flush=True)
    for line in sys.stdin:
        command, *seconds = line.split()
        if command == "delay":
            server.answer_delay, server.connection_delay = map(float, seconds)
        print(json.dumps(server.served), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
