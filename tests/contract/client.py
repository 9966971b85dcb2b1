"""The back channel of an application: client authentication, tokens, reading and verifying JWTs."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus
from uuid import uuid4

from joserfc import jws, jwt
from joserfc.jwk import OctKey, RSAKey
from requests import Response

from tests.contract.agent import VERIFIER, Agent
from tests.contract.target import Application

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Client:
    """An application at the endpoints that it calls itself, without any cookie."""

    def __init__(self, agent: Agent, application: Application | None = None) -> None:
        self.agent = agent.another()
        self.application = application or agent.target.application()

    def post(self, path: str, form: Mapping[str, str | None]) -> Response:
        """A form, authenticated by the method that the application is configured with."""
        extra, headers = self.credentials()
        sent = {name: value for name, value in {**extra, **form}.items() if value is not None}
        return self.agent.post(path, data=sent, headers=headers)

    def credentials(self, method: str = "") -> tuple[dict[str, str], dict[str, str]]:
        """Form members and headers of a method, by default the application's own."""
        known = self.application
        method = method or known.method
        if method == "CLIENT_SECRET_BASIC":
            # https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1: both are form-urlencoded first.
            joined = f"{quote_plus(known.client_id)}:{quote_plus(known.secret)}"
            return {}, {"Authorization": f"Basic {base64.b64encode(joined.encode()).decode()}"}
        if method == "CLIENT_SECRET_POST":
            return {"client_id": known.client_id, "client_secret": known.secret}, {}
        if method in ("CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT"):
            return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.assertion(method)}, {}
        return {"client_id": known.client_id}, {}

    def assertion(self, method: str, audience: str = "") -> str:
        """A signed statement of who the client is; the audience is the token endpoint unless said otherwise."""
        target, known = self.agent.target, self.application
        claims = {
            "iss": known.client_id, "sub": known.client_id, "aud": audience or f"{target.issuer}/token",
            "jti": str(uuid4()), "iat": int(target.now()), "exp": int(target.now()) + 60,
        }
        if method == "CLIENT_SECRET_JWT":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(known.secret.encode()))
        return jwt.encode({"alg": "RS256"}, claims, RSAKey.import_key(known.private_key))

    def redeem(self, code: str, **changes: str | None) -> Response:
        """The token request for a code, changed: None leaves a parameter out."""
        return self.post("/as/token", {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self.application.redirect_uri,
            "code_verifier": VERIFIER, **changes,
        })

    def refresh(self, refresh_token: str, **changes: str | None) -> Response:
        return self.post("/as/token", {"grant_type": "refresh_token", "refresh_token": refresh_token, **changes})

    def tokens(self, agent: Agent, **changes: str | None) -> dict[str, Any]:
        """The token answer of a whole sign-on."""
        response = self.redeem(agent.code(self.application, **changes))
        assert 200 == response.status_code, response.text
        return dict(response.json())

    def userinfo(self, access_token: str, method: str = "GET") -> Response:
        return self.agent.send(method, "/as/userinfo", headers={"Authorization": f"Bearer {access_token}"})

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of a token, verified under the key of the published set that its header names."""
        keys = self.agent.get("/as/jwks").json()["keys"]
        named = next(key for key in keys if key["kid"] == header(token)["kid"])
        verified = jws.deserialize_compact(token, RSAKey.import_key(named), algorithms=["RS256"])
        return dict(json.loads(verified.payload))


def claims(token: str) -> dict[str, Any]:
    """The payload of a JWT, not verified."""
    return _part(token, 1)


def header(token: str) -> dict[str, Any]:
    """The header of a JWT."""
    return _part(token, 0)


def _part(token: str, index: int) -> dict[str, Any]:
    part = token.split(".")[index]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))
