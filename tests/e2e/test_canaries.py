"""No secret of a sign-on shows up where people, logs or other sites can read it, in any mode."""

import io
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
from werkzeug.wrappers import Request, Response

from config import Settings
from tests.support.visitor import MODES, NEW_PASSWORD
from tests.support.walker import Walker
from webapp import create_app, wiring
from webapp.simulator import create_simulator
from webapp.store.memory import MemoryStore

APPLICATION = "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a01"
CLIENT_SECRET = 'sim:secret+with/odd%chars&"quotes" ~and=more'
ENVIRON = {
    "PORT": "5997",
    "SECRET_KEY": "tests-of-canaries-tests-of-canaries-1",
    "SIMULATOR": "on",
    "LOG_LEVEL": "debug",
}
CONFIDENTIAL = {
    "PINGONE_CLIENT_ID": APPLICATION,
    "PINGONE_CLIENT_SECRET": CLIENT_SECRET,
    "PINGONE_TOKEN_AUTH_METHOD": "client_secret_basic",
}


class Overheard:
    """The simulator, and every secret that is spoken to it or by it. `secrets` is value -> kind."""

    def __init__(self, simulator: Any) -> None:
        self.simulator = simulator
        # The demo users' own password is published; this one is somebody's, who mistook the form.
        self.secrets = {NEW_PASSWORD: "password", CLIENT_SECRET: "client secret"}
        self.secrets[quote_plus(CLIENT_SECRET)] = "client secret"

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        request = Request(environ, populate_request=False)
        body = request.get_data()
        environ["wsgi.input"] = io.BytesIO(body)
        form = parse_qs(body.decode()) if "form" in (request.mimetype or "") else {}
        answer = Response.from_app(self.simulator, environ, buffered=True)
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        self._hear("client secret" if scheme == "Basic" else "access_token", credentials)
        self._hear("verifier", *form.get("code_verifier", []))
        for cookie in answer.headers.getlist("Set-Cookie"):
            self._hear("ST cookie", cookie.partition("=")[2].partition(";")[0])
        self._hear("code", *parse_qs(urlsplit(answer.headers.get("Location", "")).query).get("code", []))
        if answer.mimetype == "application/json":
            told = json.loads(answer.get_data())
            for kind in ("access_token", "refresh_token", "id_token"):
                self._hear(kind, told.get(kind, ""))
            self._hear("code", told.get("authorizeResponse", {}).get("code", ""))
        return answer(environ, start_response)

    def _hear(self, kind: str, *values: str) -> None:
        self.secrets.update((value, kind) for value in values if value)

    def found_in(self, text: str) -> set[str]:
        """The kinds of the secrets that stand in the text."""
        return {
            kind for value, kind in self.secrets.items() if re.search(rf"(?<![0-9.]){re.escape(value)}(?![0-9])", text)
        }


@pytest.mark.parametrize("mode", MODES)
def test_secrets_stay_secret(mode: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """Pages, headers, JSON, the story, its archive, its record and the log hold none of them.

    The control: the page that reveals a token to its owner does hold it.
    """
    settings = Settings.from_env(ENVIRON if mode == "custom" else ENVIRON | CONFIDENTIAL)
    simulator = Overheard(create_simulator(settings.simulator_base, public_url=settings.public_url))
    services = wiring.build(settings, store=MemoryStore(), simulator=simulator)
    walker = Walker(create_app(settings, services), settings.public_url, settings.simulator_base)
    told: dict[str, str] = {}

    def remember(response: Any) -> None:
        headers = [
            f"{name}: {value}"
            for name, value in response.headers
            # Signing off over the browser names the ID token to PingOne: the protocol has no other way.
            if not (name == "Location" and "/as/signoff" in value)
        ]
        told[f"{response.request.method} {response.request.path} {len(told)}"] = "\n".join([*headers, response.text])

    walker.heard = remember
    _live(walker, simulator, mode)
    trace = walker.session()["trace"]
    for page in (
        "/",
        "/session",
        "/session/tokens",
        f"/traces/{trace}",
        f"/traces/{trace}.har",
        "/checks",
        "/settings",
    ):
        walker.get(page)
    told["session"] = json.dumps(walker.session())
    told["record"] = json.dumps(services.traces.get(trace))
    walker.post("/session/reveal", {"token": "access_token"})
    assert {"access_token"} == simulator.found_in(told.popitem()[1])
    walker.post("/sign-off", {})
    told["log"] = caplog.text + "".join(capfd.readouterr())
    services.close()

    assert "signed_on" in told["log"]
    expected = {"password", "verifier", "ST cookie", "code", "access_token", "refresh_token", "id_token", "passcode"}
    assert expected <= set(simulator.secrets.values())
    assert {} == {place: found for place, text in told.items() if (found := simulator.found_in(text))}


def _live(walker: Walker, simulator: Overheard, mode: str) -> None:
    """Everything a person can do: a refused password, a second factor, every button of the session."""
    walker.sign_on(mode, password=NEW_PASSWORD)
    page = walker.sign_on(mode, "mfaTestUser")
    device = re.search(r'type="radio"[^>]*value="([^"]+)"', page.text)
    assert device
    walker.answer(device=device[1])
    inbox = walker.client.get(
        "/simulator/inbox",
        base_url=walker.simulator_url.removesuffix("/simulator"),
        headers={"Accept": "application/json"},
    )
    passcode = inbox.get_json()["messages"][0]["code"]
    simulator.secrets[passcode] = "passcode"
    walker.answer(otp=passcode)
    assert walker.session()["signed_in"]
    for button in ("refresh", "userinfo", "introspect", "revoke"):
        walker.post(f"/session/{button}", {})
