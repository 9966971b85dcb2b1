"""The answers of an honest provider in PingOne's manner, before anyone tampers with them.

Sources: PingOne's pages on authorize, flows, resume and token
(https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2.html, .../auth/flows.html).
"""

import uuid
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.support.provider_grants import (
    Flow,
    Grant,
    authorization_complaints,
    client_complaints,
    token_complaints,
)
from tests.support.provider_tokens import SUBJECT, USERNAME, tokens
from tests.support.raw_http import Answer, Request, json_answer

if TYPE_CHECKING:
    from tests.support.provider import Provider

PASSWORD = "planted-password-hunter2"
PASSCODE = "482913"


class Answers:
    """One method per endpoint: a request in, the right answer out."""

    def __init__(self, provider: "Provider") -> None:
        self.provider = provider
        self.flows: dict[str, Flow] = {}
        self.codes: dict[str, Grant] = {}
        self.access_tokens: dict[str, Grant] = {}
        self.refresh_tokens: dict[str, Grant] = {}
        self.pushed: dict[str, dict[str, str]] = {}

    def discovery(self, request: Request) -> Answer:
        """https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata"""
        provider = self.provider
        members = {
            "issuer": provider.issuer,
            "authorization_endpoint": provider.url("authorize"),
            "pushed_authorization_request_endpoint": provider.url("par"),
            "token_endpoint": provider.url("token"),
            "userinfo_endpoint": provider.url("userinfo"),
            "jwks_uri": provider.url("jwks"),
            "end_session_endpoint": provider.url("signoff"),
            "introspection_endpoint": provider.url("introspect"),
            "revocation_endpoint": provider.url("revoke"),
            "require_pushed_authorization_requests": False,
            "scopes_supported": ["openid", "profile", "email", "address", "phone"],
            "response_types_supported": ["code", "id_token", "token id_token", "code id_token"],
            "response_modes_supported": ["pi.flow", "query", "fragment", "form_post"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "userinfo_signing_alg_values_supported": ["none"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "claims_parameter_supported": False,
            "code_challenge_methods_supported": ["plain", "S256"],
        }
        if provider.advertises_iss:
            members["authorization_response_iss_parameter_supported"] = True
        return json_answer(provider.tampered("discovery", members))

    def jwks(self, request: Request) -> Answer:
        """All keys of the environment."""
        return json_answer(self.provider.tampered("jwks", {"keys": self.provider.served_keys()}))

    def par(self, request: Request) -> Answer:
        """https://www.rfc-editor.org/rfc/rfc9126#section-2.2"""
        complaints = client_complaints(request, self.provider.client)
        self.provider.complain(*complaints, *authorization_complaints(dict(request.form), self.provider.client))
        uri = f"urn:ietf:params:oauth:request_uri:{uuid.uuid4()}"
        self.pushed[uri] = dict(request.form)
        return json_answer(self.provider.tampered("par", {"request_uri": uri, "expires_in": 60}), 201)

    def authorize(self, request: Request) -> Answer:
        """Hosted: the code at once. Custom: to the login page. `pi.flow`: a flow as JSON."""
        provider, params = self.provider, request.params
        if "request_uri" in params:
            params = self.pushed.pop(params["request_uri"], {})
        else:
            provider.complain(*authorization_complaints(params, provider.client))
        flow = Flow(str(uuid.uuid4()), params)
        self.flows[flow.id] = flow
        if params.get("response_mode") == "pi.flow":
            return json_answer(provider.tampered("flow", self._flow(flow)), 200, *provider.flow_cookies)
        if params.get("client_id") == provider.client.custom_client_id:
            query = urlencode({"environmentId": provider.environment_id, "flowId": flow.id})
            return _redirect(f"{provider.client.login_page_url}?{query}")
        return self._to_redirect_uri(flow)

    def flow(self, request: Request) -> Answer:
        """Reading a flow."""
        flow = self.flows.get(request.path.rpartition("/")[2])
        if flow is None:
            return _not_found()
        return json_answer(self.provider.tampered("flow", self._flow(flow)))

    def check(self, request: Request) -> Answer:
        """`usernamePassword.check`: any password but PASSWORD is wrong. With a second factor `otp.check` follows."""
        provider, flow = self.provider, self.flows.get(request.path.rpartition("/")[2])
        if flow is None:
            return _not_found()
        action, proof = ("otp", PASSCODE) if flow.password_right else ("usernamePassword", PASSWORD)
        media_type = request.header("Content-Type").partition(";")[0]
        if media_type != f"application/vnd.pingidentity.{action}.check+json":
            provider.complain(f"flow action with media type {media_type}, expected {action}.check")
        if proof not in request.body.decode():
            detail = {"code": "INVALID_CREDENTIALS", "message": "planted-upstream-words <script>"}
            error = {"id": str(uuid.uuid4()), "code": "INVALID_DATA", "message": "no", "details": [detail]}
            return json_answer(provider.tampered("check_error", error), 400)
        if provider.second_factor and not flow.password_right:
            flow.password_right = True
            return json_answer(self._flow(flow))
        flow.done, flow.session_token = True, provider.plant(f"planted-ST-{uuid.uuid4()}")
        path = f"/{provider.environment_id}"
        cookie = f"ST={flow.session_token}; Path={path}; Max-Age=2592000; HttpOnly; SameSite=None"
        secure = "; Secure" if provider.issuer.startswith("https") else ""
        return json_answer(
            provider.tampered("check", self._flow(flow)),
            200,
            ("Set-Cookie", cookie + secure),
            *provider.flow_cookies,
        )

    def resume(self, request: Request) -> Answer:
        """The code, for whoever holds the flow's `ST`."""
        flow = self.flows.get(request.params.get("flowId", ""))
        if flow is None or not flow.done:
            return _not_found()
        if request.cookies.get("ST") != flow.session_token:
            self.provider.complain("resume without the flow's ST")
            return json_answer({"id": str(uuid.uuid4()), "code": "ACCESS_FAILED", "message": "no"}, 403)
        if flow.params.get("response_mode") != "pi.flow":
            return self._to_redirect_uri(flow)
        response = dict(self._response(flow))
        answer = self._flow(flow) | {"authorizeResponse": response}
        return json_answer(self.provider.tampered("resume", answer))

    def token(self, request: Request) -> Answer:
        """https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3"""
        grant = self.codes.get(request.params.get("code", ""))
        if grant is None:
            return json_answer({"error": "invalid_grant", "error_description": "planted-upstream-words"}, 400)
        self.provider.complain(*token_complaints(request, grant, self.provider.client))
        grant.used = True
        return json_answer(self.provider.tampered("token", self._issue(grant, "id_token")))

    def refresh(self, request: Request) -> Answer:
        """A new refresh token every time, the old one dies."""
        grant = self.refresh_tokens.pop(request.params.get("refresh_token", ""), None)
        if grant is None:
            return json_answer({"error": "invalid_grant"}, 400)
        self.provider.complain(*client_complaints(request, self.provider.client))
        return json_answer(self.provider.tampered("refresh", self._issue(grant, "refresh_id_token")))

    def userinfo(self, request: Request) -> Answer:
        """Claims for a bearer token that came in the header."""
        if "access_token" in request.params:
            self.provider.complain("access token outside the Authorization header")
        grant = self.access_tokens.get(request.header("Authorization").removeprefix("Bearer "))
        if grant is None:
            return json_answer({"code": "ACCESS_FAILED", "message": "no"}, 401)
        claims = {"sub": grant.subject, "preferred_username": USERNAME, "email": "alice@example.com"}
        return json_answer(self.provider.tampered("userinfo", claims))

    def introspect(self, request: Request) -> Answer:
        """https://www.rfc-editor.org/rfc/rfc7662#section-2.2"""
        active = request.params.get("token") in self.access_tokens
        return json_answer(self.provider.tampered("introspect", {"active": active}))

    def revoke(self, request: Request) -> Answer:
        """https://www.rfc-editor.org/rfc/rfc7009#section-2.2"""
        return Answer(200)

    def signoff(self, request: Request) -> Answer:
        """Back to the relying party, with the state unless that is tampered with."""
        params = request.params
        back = self.provider.tampered("signoff", {"state": params.get("state", "")})
        return _redirect(f"{params.get('post_logout_redirect_uri', '')}?{urlencode(back)}")

    def canary(self, request: Request) -> Answer:
        """Where nobody should ever come."""
        return json_answer({"canary": True})

    def _issue(self, grant: Grant, kind: str) -> dict[str, object]:
        issued = tokens(self.provider, grant, kind)
        self.access_tokens[str(issued["access_token"])] = grant
        self.refresh_tokens[str(issued["refresh_token"])] = grant
        return issued

    def _flow(self, flow: Flow) -> dict[str, object]:
        base, environment = self.provider.base_url, self.provider.environment_id
        link = {"href": f"{base}/flows/{flow.id}"}
        status, *actions = (
            ("COMPLETED",) if flow.done
            else ("OTP_REQUIRED", "otp.check") if flow.password_right
            else ("USERNAME_PASSWORD_REQUIRED", "usernamePassword.check", "session.reset")
        )  # fmt: skip
        shown: dict[str, object] = {
            "_links": dict.fromkeys(("self", *actions), link),
            "_embedded": {"application": {"name": "Adversary"}},
            "id": flow.id,
            "environment": {"id": environment},
            "resumeUrl": f"{base}/as/resume?flowId={flow.id}",
            "status": status,
            "createdAt": "2026-04-20T21:37:24.737Z",
            "expiresAt": "2026-04-20T21:52:52.828Z",
        }
        return shown | ({"session": {"id": str(uuid.uuid4())}} if flow.done else {})

    def _response(self, flow: Flow) -> list[tuple[str, str]]:
        code = self.provider.plant(f"planted-code-{uuid.uuid4()}")
        self.codes[code] = Grant(flow.params, SUBJECT)
        right = {"code": code, "state": flow.params.get("state", "")}
        if self.provider.sends_iss:
            right["iss"] = self.provider.issuer
        return [*self.provider.tampered("response", right).items(), *self.provider.response_extra]

    def _to_redirect_uri(self, flow: Flow) -> Answer:
        if flow.params.get("response_mode") == "form_post":
            return _form(self.provider.relocate(flow.params.get("redirect_uri", "")), self._response(flow))
        location = f"{flow.params.get('redirect_uri')}?{urlencode(self._response(flow))}"
        return _redirect(self.provider.relocate(location))


def _redirect(location: str) -> Answer:
    return Answer(302, (("Location", location),))


def _form(action: str, fields: list[tuple[str, str]]) -> Answer:
    """The page that posts itself, as the OpenID Foundation's suite draws it."""
    pairs = ((escape(name), escape(value)) for name, value in fields)
    inputs = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in pairs)
    form = f'<form action="{escape(action)}" method="post">{inputs}<input type="submit" value="Go on"></form>'
    page = f'<!doctype html><body onload="document.forms[0].submit()">{form}</body>'
    return Answer(200, (("Content-Type", "text/html;charset=UTF-8"),), page.encode())


def _not_found() -> Answer:
    return json_answer({"id": str(uuid.uuid4()), "code": "NOT_FOUND", "message": "no such flow"}, 404)
