"""How each cause of a refusal is produced: one visitor, one thing that goes wrong. Used by test_causes.py."""

import json
import re
import socket
import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from config import Settings
from tests.support.overheard import Reader, Wire
from tests.views.conftest import ENVIRON
from webapp import create_app, wiring
from webapp.oidc.attempt import browser_of
from webapp.simulator import ENVIRONMENT_ID, PASSWORD, create_simulator
from webapp.store.memory import MemoryStore
from webapp.store.protocol import StoreUnavailable

Produce = Callable[["Stage"], Reader]
FLOW = "d5dee5a9-2f6f-4d4c-8e0a-1f2f3f4f5f6f"
PRODUCERS: dict[str, Produce] = {}
"""By code and cause, as `refused/locked`."""


def produces(*names: str) -> Callable[[Produce], Produce]:
    """Note what a function leads to."""

    def note(function: Produce) -> Produce:
        PRODUCERS.update(dict.fromkeys(names, function))
        return function

    return note


class Clock:
    """Seconds since 1970, which pass when a test says so."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return 1_800_000_000 + self.ahead


class Failing(MemoryStore):
    """A store that can be taken away."""

    down = False

    def get(self, *args: Any) -> Any:
        """See `Store`."""
        if self.down:
            raise StoreUnavailable("taken away")
        return super().get(*args)


@dataclass
class Stage:
    """An application, its simulator, and whatever answers in the simulator's place."""

    shared: Reader
    close: list[Callable[[], None]] = field(default_factory=list)
    instead: dict[str, Any] = field(default_factory=dict)
    """A pattern of method and path -> the JSON, or status and JSON, that is answered there."""
    clock: Clock = field(default_factory=Clock)
    store: Failing = field(default_factory=Failing)

    def visitor(self) -> Reader:
        """A browser that nobody has used, at the shared application."""
        return self.shared.another()

    def own(self, deadline: float = 2.0, changed: dict[str, Any] | None = None, **environ: str) -> Reader:
        """The first visitor of an application of its own; `changed` are fields of its settings."""
        settings = replace(Settings.from_env(ENVIRON | environ), **(changed or {}))
        self.store = Failing(self.clock)
        simulator = create_simulator(settings.simulator_base, public_url=settings.public_url, now=self.clock)
        wire = Wire()
        services = wiring.build(
            settings, store=self.store, now=self.clock, simulator=self._tampered(wire(simulator)), deadline=deadline
        )
        self.close.append(services.close)
        return Reader(services, create_app(settings, services), wire)

    def _tampered(self, app: Any) -> Any:
        def answering(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
            for pattern, given in self.instead.items():
                if re.search(pattern, asked):
                    status, body = given if isinstance(given, tuple) else (200, given)
                    start_response(f"{status} Said", [("Content-Type", "application/json")])
                    return [json.dumps(body).encode()]
            return list(app(environ, start_response))

        vars(answering).update(extensions=app.extensions)
        return answering


def signed_on(reader: Reader, username: str = "sharedTestUser") -> Reader:
    reader.sign_on("redirectless", username)
    return reader


def pressed(reader: Reader, fault: str, username: str = "sharedTestUser") -> Reader:
    """The button of a fault, and the form that comes of it."""
    page = reader.press("/faults", fault=fault)
    if 'type="password"' in page.text:
        reader.answer(username=username, password=PASSWORD)
    return reader


def prepared(reader: Reader, mode: str, **fields: str) -> Reader:
    """A request that was changed in the editor."""
    page = reader.press("/sign-on/prepare", mode=mode, **fields)
    if 'type="password"' in page.text:
        reader.answer(username="sharedTestUser", password=PASSWORD, action="usernamePassword.check")
    return reader


def second_factor(reader: Reader) -> Reader:
    """Choose the first device and enter the passcode that arrives."""
    assert reader.page is not None
    device = re.search(r'name="device" value="([^"]+)"', reader.page.text)
    assert device
    reader.answer(device=device[1])
    base = reader.simulator_url.removesuffix("/simulator")
    inbox = reader.client.get("/simulator/inbox", base_url=base, headers={"Accept": "application/json"})
    reader.answer(otp=inbox.get_json()["messages"][0]["code"])
    return reader


def visited(reader: Reader, path: str, **headers: str) -> Reader:
    """An address that was opened, with headers of its own."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    reader.page = reader.client.get(path, base_url=reader.public_url, headers=named)
    return reader


def state_of(reader: Reader, mode: str = "hosted") -> str:
    """Begin, and return the state of the attempt."""
    began = reader.client.get(f"/sign-on/{mode}", base_url=reader.public_url)
    if mode == "hosted":
        return parse_qs(urlsplit(began.headers["Location"]).query)["state"][0]
    mine = browser_of({cookie.key: cookie.value for cookie in reader.client._cookies.values()})
    attempt = next(filter(None, (reader.services.sign_on.attempts.get(id, mine[id]) for id in mine)))
    return attempt.state


def listening(answer: bytes) -> tuple[int, Callable[[], None]]:
    """A port that says one thing to whoever connects, and hangs up."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1], server.close


def by_fault(code: str, cause: str, fault: str) -> None:
    PRODUCERS[f"{code}/{cause}"] = lambda stage: pressed(stage.visitor(), fault)


for _code, _cause, _fault in (
    ("refused", "failed", "flow_failed"), ("flow_expired", "forgotten", "flow_not_found"),
    ("token_refused", "client", "invalid_client"), ("token_refused", "code", "code_expired"),
    ("provider_error", "limit", "token_429"), ("provider_error", "fault", "token_500"),
    ("provider_error", "page", "token_html"), ("provider_error", "redirect", "token_redirect"),
    ("provider_error", "no_id_token", "id_token_missing"), ("provider_error", "shape", "token_type_wrong"),
    ("response_malformed", "twice", "code_twice"), ("response_malformed", "both", "error_and_code"),
    ("response_malformed", "neither", "response_without_code"), ("state_mismatch", "differs", "state_changed"),
    ("issuer_mismatch", "differs", "response_issuer_wrong"), ("resume_no_cookie", "no_st", "cookie_missing"),
    ("resume_foreign_location", "elsewhere", "resume_elsewhere"), ("id_token_signature", "algorithm", "alg_none"),
    ("id_token_signature", "key", "kid_unknown"), ("id_token_signature", "changed", "signature_wrong"),
    ("id_token_claim", "clock", "id_token_expired"), ("id_token_claim", "issuer", "issuer_wrong"),
    ("id_token_claim", "audience", "audience_wrong"), ("id_token_claim", "nonce", "nonce_wrong"),
    ("id_token_claim", "at_hash", "at_hash_wrong"), ("id_token_claim", "subject", "subject_missing"),
    ("id_token_claim", "auth_time", "auth_time_nonsense"), ("id_token_claim", "acr", "acr_downgraded"),
    ("metadata_invalid", "issuer", "discovery_foreign_issuer"), ("metadata_invalid", "s256", "discovery_plain"),
    ("metadata_invalid", "endpoint", "discovery_foreign_endpoint"), ("access_refused", "missing", "groups_missing"),
    ("access_refused", "type", "groups_text"), ("access_refused", "scope", "scope_not_granted"),
    ("token_not_accepted", "token", "access_audience_wrong"),
):  # fmt: skip
    by_fault(_code, _cause, _fault)


def by_user(cause: str, username: str) -> None:
    PRODUCERS[f"refused/{cause}"] = lambda stage: signed_on(stage.visitor(), username)


by_user("locked", "lockedTestUser")
by_user("unusable", "disabledTestUser")


def by_request(name: str, mode: str, **fields: str) -> None:
    PRODUCERS[name] = lambda stage: prepared(stage.visitor(), mode, **fields)


by_request("refused/scope", "hosted", scope="openid orders:read p1:read:user")
by_request("refused/policy", "redirectless", acr_values="No_Such_Policy")
by_request("refused/pkce", "redirectless", code_challenge_method="plain")
by_request("refused/redirect", "redirectless", redirect_uri="http://localhost:1/callback")
by_request("refused/response_type", "hosted", response_type="token id_token")
by_request("token_refused/verifier", "hosted", code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
by_request("token_refused/redirect", "redirectless", omit="redirect_uri")


def by_address(name: str, path: str) -> None:
    PRODUCERS[name] = lambda stage: visited(stage.visitor(), path)


by_address("state_mismatch/absent", "/callback?code=x")
by_address("response_malformed/signon_url", "/sign-on/page?error=x")
by_address("response_malformed/long", f"/callback?code={'x' * 8001}")
by_address("response_malformed/portal", "/sign-on/initiate?iss=https://evil.example")
by_address("resume_no_cookie/by_hand", f"/resume?flowId={FLOW}")
by_address("resume_no_cookie/not_awaited", f"/sign-on/page?environmentId={ENVIRONMENT_ID}&flowId={FLOW}")
by_address("not_found/address", "/nowhere")
by_address("method_not_allowed/link", "/sign-off")


@produces("refused/declined")
def declined(stage: Stage) -> Reader:
    reader = signed_on(stage.visitor(), "agreementTestUser")
    text = reader.page.text if reader.page else ""
    button = re.search(r'name="action" value="([^"]+)" formnovalidate>I do not accept', text)
    assert button
    reader.post(reader.url, {"action": button[1]})
    return reader


@produces("flow_refused/values")
def nothing_to_show(stage: Stage) -> Reader:
    reader = stage.own()
    reader.get("/sign-on/redirectless")
    flow = re.search(r"/flows/([0-9a-f-]{36})", str(reader.story()))
    assert flow
    stage.instead["GET .*/flows/"] = 400, {"code": "INVALID_DATA", "message": "no"}
    return visited(reader, f"/resume?flowId={flow[1]}")


@produces("token_refused/question")
def question(stage: Stage) -> Reader:
    reader = signed_on(stage.own())
    stage.instead["/as/userinfo"] = 403, {"error": "insufficient_scope"}
    reader.press("/session/userinfo")
    return reader


@produces("token_refused/pushed")
def not_pushed(stage: Stage) -> Reader:
    stage.instead["/as/par"] = 400, {"error": "invalid_request", "error_description": "no"}
    return visited(stage.own(changed={"par": "on"}), "/sign-on/hosted")


@produces("provider_unreachable/slow")
def slow(stage: Stage) -> Reader:
    return pressed(stage.own(deadline=0.2), "token_slow")


def tenant(stage: Stage, base: str) -> Reader:
    return visited(stage.own(PINGONE_AUTH_BASE_URL=base, PINGONE_CLIENT_ID="x"), "/sign-on/hosted")


@produces("provider_unreachable/nobody")
def nobody(stage: Stage) -> Reader:
    return tenant(stage, "http://127.0.0.1:9/auth")


@produces("provider_unreachable/name")
def no_such_name(stage: Stage) -> Reader:
    return tenant(stage, "https://no-such-name.invalid/auth")


@produces("provider_unreachable/tls")
def no_tls(stage: Stage) -> Reader:
    port, close = listening(b"HTTP/1.1 400 No\r\n\r\n")
    stage.close.append(close)
    return tenant(stage, f"https://127.0.0.1:{port}/auth")


@produces("provider_unreachable/dropped")
def dropped(stage: Stage) -> Reader:
    port, close = listening(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    stage.close.append(close)
    return tenant(stage, f"http://127.0.0.1:{port}/auth")


@produces("sign_on_unknown/used")
def used(stage: Stage) -> Reader:
    reader = stage.visitor()
    reader.switch(fault="nonce_wrong", mode="next")
    reader.sign_on("hosted")
    return visited(reader, reader.url.removeprefix(reader.public_url))


@produces("sign_on_unknown/settings")
def settings_changed(stage: Stage) -> Reader:
    reader = stage.own()
    state = state_of(reader)
    services, parties = reader.services, reader.services.sign_on.parties
    other = replace(parties, main=replace(parties.main, redirect_uri="http://localhost:5997/other"))
    app = create_app(services.settings, replace(services, sign_on=replace(services.sign_on, parties=other)))
    after = Reader(services, app, reader.wire)
    after.client._cookies = reader.client._cookies
    return visited(after, f"/callback?code=x&state={state}")


@produces("sign_on_elsewhere/store")
def another_store(stage: Stage) -> Reader:
    first, second = stage.own(), stage.own()
    state = state_of(first)
    second.client._cookies = first.client._cookies
    return visited(second, f"/callback?code=x&state={state}")


@produces("sign_on_expired/late")
def late(stage: Stage) -> Reader:
    reader = stage.own()
    state = state_of(reader)
    stage.clock.ahead += 901
    return visited(reader, f"/callback?code=x&state={state}")


@produces("sign_on_other_browser/cookie")
def other_browser(stage: Stage) -> Reader:
    return visited(stage.visitor(), f"/callback?code=x&state={state_of(stage.visitor())}")


@produces("sign_on_other_browser/approval")
def approval_over(stage: Stage) -> Reader:
    reader = signed_on(stage.own())
    reader.press("/approval", amount="100", currency="EUR", recipient="Bob")
    cookie = next(each.value for each in reader.client._cookies.values() if each.key.endswith("session"))
    reader.services.session_use.sessions.end(cookie)
    return second_factor(reader)


@produces("subject_changed/approval")
def other_person(stage: Stage) -> Reader:
    reader = signed_on(stage.visitor())
    reader.press("/faults", fault="another_person")
    reader.press("/approval", amount="100", currency="EUR", recipient="Bob")
    return second_factor(reader)


@produces("subject_changed/userinfo")
def other_userinfo(stage: Stage) -> Reader:
    reader = pressed(stage.visitor(), "userinfo_subject")
    reader.press("/session/userinfo")
    return reader


@produces("subject_changed/refresh")
def other_refresh(stage: Stage) -> Reader:
    reader = signed_on(stage.visitor())
    reader.press("/faults", fault="refresh_subject")
    reader.press("/session/refresh")
    return reader


@produces("session_ended/refused")
def not_renewed(stage: Stage) -> Reader:
    reader = signed_on(stage.visitor())
    reader.press("/faults", fault="refresh_refused")
    reader.press("/session/refresh")
    return reader


@produces("session_ended/none")
def no_session(stage: Stage) -> Reader:
    reader = stage.visitor()
    reader.press("/session/refresh")
    return reader


@produces("session_ended/elsewhere")
def ended_elsewhere(stage: Stage) -> Reader:
    first = signed_on(stage.own())
    second = signed_on(first.another())
    second.press("/session/others/end", all="1")
    return visited(first, "/", Accept="text/html")


@produces("response_malformed/unasked")
def token_in_the_address(stage: Stage) -> Reader:
    reader = stage.visitor()
    return visited(reader, f"/callback?code=x&access_token=y&state={state_of(reader)}")


@produces("response_malformed/posted")
def not_posted(stage: Stage) -> Reader:
    return visited(stage.own(changed={"response_mode": "form_post"}), "/callback?code=x&state=y")


@produces("response_malformed/unreadable")
def too_large(stage: Stage) -> Reader:
    reader = signed_on(stage.visitor())
    reader.press("/approval", amount="1" * 70_000)
    return reader


@produces("state_mismatch/way")
def other_way(stage: Stage) -> Reader:
    reader = stage.visitor()
    return visited(reader, f"/callback?code=x&state={state_of(reader, 'redirectless')}")


@produces("issuer_mismatch/absent")
def no_issuer(stage: Stage) -> Reader:
    plain = stage.visitor().client.get(
        f"/simulator/{ENVIRONMENT_ID}/as/.well-known/openid-configuration",
        base_url="http://127.0.0.1:5997",
    )
    stage.instead["openid-configuration"] = {**plain.get_json(), "authorization_response_iss_parameter_supported": True}
    return signed_on(stage.own())


@produces("resume_no_cookie/elsewhere")
def finished_elsewhere(stage: Stage) -> Reader:
    reader = stage.own()
    reader.get("/sign-on/redirectless")
    flow = re.search(r"/flows/([0-9a-f-]{36})", str(reader.story()))
    assert flow
    stage.instead["GET .*/flows/"] = {"id": flow[1], "status": "COMPLETED", "resumeUrl": "x"}
    return visited(reader, f"/resume?flowId={flow[1]}")


@produces("access_refused/group")
def not_in_the_group(stage: Stage) -> Reader:
    return visited(signed_on(stage.visitor()), "/admins")


@produces("access_refused/policy")
def weaker_policy(stage: Stage) -> Reader:
    reader = stage.visitor()
    reader.press("/faults", rule="step-up-acr")
    reader.answer(username="sharedTestUser", password=PASSWORD)
    return reader


@produces("access_refused/age")
def too_long_ago(stage: Stage) -> Reader:
    return second_factor(pressed(stage.visitor(), "signed_on_long_ago", "mfaTestUser"))


@produces("request_forbidden/form")
def from_nowhere(stage: Stage) -> Reader:
    reader = stage.visitor()
    reader.page = reader.client.post("/sign-off", base_url=reader.public_url)
    return reader


@produces("request_forbidden/frame")
def in_a_frame(stage: Stage) -> Reader:
    return visited(stage.visitor(), "/sign-on/hosted", Sec_Fetch_Mode="no-cors", Sec_Fetch_Dest="image")


@produces("flow_policy_unsupported/davinci")
def davinci(stage: Stage) -> Reader:
    stage.instead["/as/authorize"] = {"interactionId": str(uuid.uuid4()), "interactionToken": "x"}
    return visited(stage.own(), "/sign-on/redirectless")


@produces("step_unsupported/step")
def unknown_step(stage: Stage) -> Reader:
    reader = stage.visitor()
    reader.get("/sign-on/redirectless")
    reader.post(reader.url, {"action": "assertion.check"})
    return reader


@produces("too_many_requests/fast")
def too_fast(stage: Stage) -> Reader:
    reader = stage.visitor()
    reader.get("/sign-on/redirectless")
    form = reader.url
    for _ in range(21):
        reader.post(form, {"action": "password.forgot"})
    return reader


@produces("store_unavailable/down")
def no_store(stage: Stage) -> Reader:
    reader = stage.own()
    stage.store.down = True
    return visited(reader, "/sign-on/step/abc", Cookie=f"so.{'0' * 8}AAAAAAAA={'s' * 43}")


@produces("internal_error/ours")
def broken(stage: Stage) -> Reader:
    reader = stage.own()
    reader.client.application.view_functions["help.index"] = lambda: 1 // 0
    return visited(reader, "/help")
