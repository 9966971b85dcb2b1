"""The adversarial provider in a process of its own, where each sign-on says which fault it wants.

`python -m tests.soak.provider PUBLIC_URL BEGAN SPEED [PEM]` prints its base URL, serves until its standard input ends,
and then prints what it has counted and what it has to complain about. With a certificate and its key it serves https.
"""

import json
import ssl
import sys
import threading
from collections import Counter
from dataclasses import replace
from typing import Any

from tests.soak.cases import PLAIN, Case, case_of
from tests.soak.clock import BEHIND, faster
from tests.support import provider_faults as http
from tests.support.provider import Provider
from tests.support.provider_keys import key
from tests.support.raw_http import Answer, Request

KEPT = 20_000
"""Flows, codes and tokens that the provider remembers of each kind."""
ROTATION = 45.0
"""Seconds between two changes of the signing key."""
OUTAGE = (15.0, 15.0)
"""Seconds after each change at which metadata and keys are out of order, and for how long."""


class _Recent(dict[str, Any]):
    """A dictionary that forgets what is oldest."""

    lock = threading.Lock()

    def __setitem__(self, name: str, value: Any) -> None:
        with self.lock:
            super().__setitem__(name, value)
            while len(self) > KEPT:
                del self[next(iter(self))]


class _Tally:
    """A ledger that only counts."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()

    def enter(self, endpoint: str, request: Request) -> None:
        self.counted[endpoint] += 1


class _Forgetful(set[str]):
    """Planted secrets that nobody will look for."""

    def add(self, secret: str) -> None:
        pass


class SoakProvider(Provider):
    """Honest or not by the sign-on that a request belongs to."""

    def __init__(self, public_url: str, began: float, speed: float, tls: ssl.SSLContext | None = None) -> None:
        self._began, self._speed = began, speed
        self._outage = threading.Event()
        self._now = threading.local()
        super().__init__(public_url, tls)
        self.tally = _Tally()
        self.ledger = self.tally  # type: ignore[assignment]
        self.planted = _Forgetful()
        for kind in ("flows", "codes", "access_tokens", "refresh_tokens", "pushed"):
            setattr(self._answers, kind, _Recent())
        self.keys = [self.signing_key.public()]

    @property
    def case(self) -> Case:
        """The case of the request that this thread answers."""
        found: Case = getattr(self._now, "case", PLAIN)
        return found

    def tampered(self, what: str, right: dict[str, Any]) -> dict[str, Any]:
        """The answer as the case wants it, its times by the fast clock."""
        answer = dict(right)
        for name in ("iat", "exp", "auth_time") if what.endswith("id_token") else ():
            lifetime = 3600 if name == "exp" else 0
            answer[name] = int(faster(answer[name] - lifetime, self._began, self._speed) - BEHIND + lifetime)
        for name, value in self.case.tamper.get(what, {}).items():
            answer[name] = value(answer.get(name)) if callable(value) else value
        return {name: value for name, value in answer.items() if value != ""}

    def rotate(self, number: int) -> None:
        """Publish the next key, as a careful provider does some time before it signs with it."""
        upcoming = key(f"soak {number % 4}")
        self.keys = [self.signing_key.public(), upcoming.public()]
        threading.Timer(3.0, lambda: setattr(self, "signing_key", upcoming)).start()

    def fail_for_a_while(self) -> None:
        """Metadata and keys answer 500: who has them goes on with them."""
        begin, lasting = OUTAGE
        threading.Timer(begin, lambda: self._outage.set()).start()
        threading.Timer(begin + lasting, lambda: self._outage.clear()).start()

    def _answer(self, request: Request) -> Answer:
        answers, params, last = self._answers, request.params, request.path.rpartition("/")[2]
        bearer = request.header("Authorization").removeprefix("Bearer ")
        known = (
            answers.flows.get(last) or answers.flows.get(params.get("flowId", "")),
            answers.codes.get(params.get("code", "")),
            answers.refresh_tokens.get(params.get("refresh_token") or params.get("token", "")),
            answers.access_tokens.get(bearer or params.get("token", "")),
        )
        pushed = answers.pushed.get(params.get("request_uri", ""), params)
        asked = next((each.params for each in known if each is not None), pushed)
        case = self._now.case = case_of(asked)
        self.sign, self.response_extra = case.sign, case.extra
        answer, endpoint = super()._answer(request), self._endpoint(request)
        if endpoint in ("discovery", "jwks") and self._outage.is_set():
            return replace(answer, fault=http.status(500))
        return replace(answer, fault=case.faults.get(endpoint))

    def relocated(self, location: str) -> str:
        """Where the authorization response goes."""
        return location.replace("http://", "http://evil.", 1) if self.case.elsewhere else location

    # What the base class keeps for everybody belongs to one thread's request here.
    relocate = property(lambda self: self.relocated, lambda self, value: None)  # type: ignore[assignment]
    second_factor = property(  # type: ignore[assignment]
        lambda self: self.case.second_factor, lambda self, value: None
    )
    sign = property(  # type: ignore[assignment]
        lambda self: getattr(self._now, "sign", "rs256"), lambda self, value: setattr(self._now, "sign", value)
    )
    response_extra = property(  # type: ignore[assignment]
        lambda self: getattr(self._now, "extra", ()), lambda self, value: setattr(self._now, "extra", value)
    )


def main(public_url: str, began: str, speed: str, pem: str = "") -> None:
    """Serve until the standard input ends."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if pem else None
    if tls:
        tls.load_cert_chain(pem)
    provider = SoakProvider(public_url, float(began), float(speed), tls)
    sys.stdout.write(f"{provider.base_url}\n")
    sys.stdout.flush()
    ended = threading.Event()

    def rotating() -> None:
        number = 0
        while not ended.wait(ROTATION):
            number += 1
            provider.rotate(number)
            provider.fail_for_a_while()

    threading.Thread(target=rotating, daemon=True).start()
    sys.stdin.read()
    ended.set()
    complaints = Counter(provider.complaints)
    sys.stdout.write(json.dumps({"calls": provider.tally.counted, "complaints": complaints}))
    sys.stdout.flush()
    provider.server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
