"""Several requests over one store, interleaved call by call in an order that a seed decides.

Each request runs in a thread of its own and stops before every call to the store and to PingOne; one of those that wait
is let on at a time. Nothing depends on the machine's speed, and a seed that found a fault finds it again.
"""

import random
import threading
from collections.abc import Callable
from urllib.parse import parse_qs

from tests.support.counting_store import CountingStore
from webapp.oidc.cache import Cached
from webapp.oidc.client import Client
from webapp.oidc.http import Answer, Request
from webapp.oidc.keys import KeySet, ProviderKeys
from webapp.oidc.provider import Provider
from webapp.oidc.relying_party import RelyingParty
from webapp.oidc.signed_on import SignedOn
from webapp.oidc.tokens import TokenSet
from webapp.signon.parties import Parties
from webapp.signon.recorded import Recorded
from webapp.signon.session_use import SessionUse
from webapp.signon.sign_offs import SignOffs
from webapp.signon.signed_in import SignedIn
from webapp.store.ended import Ended
from webapp.store.memory import MemoryStore
from webapp.store.sealed import SealedStore
from webapp.store.sessions import Sessions
from webapp.store.traces import Traces

BASE = "https://pingone.example/as"
NOW = 1_800_000_000.0


class Schedule:
    """Runs requests by turns; `order` chooses whose turn it is."""

    def __init__(self, seed: int) -> None:
        self.order = random.Random(seed)
        self._mine = threading.local()
        self._back = threading.Semaphore(0)

    def pause(self, call: str = "") -> None:
        """Called by a request before each of its calls: wait for the next turn."""
        turn = getattr(self._mine, "turn", None)
        if turn is not None:
            self._back.release()
            turn.acquire()

    def run(self, acts: list[Callable[[], None]]) -> None:
        """Carry all of them out, one call of one of them at a time; raise what one of them raised."""
        faults: list[BaseException] = []
        waiting: list[threading.Semaphore] = []
        for act in acts:
            turn = threading.Semaphore(0)

            def live(act: Callable[[], None] = act, turn: threading.Semaphore = turn) -> None:
                self._mine.turn = turn
                turn.acquire()
                try:
                    act()
                except BaseException as fault:  # noqa: BLE001
                    faults.append(fault)
                waiting.remove(turn)
                self._back.release()

            waiting.append(turn)
            threading.Thread(target=live, daemon=True).start()
        while waiting:
            self.order.choice(waiting).release()
            assert self._back.acquire(timeout=20)
        for fault in faults:
            raise fault


class PingOne:
    """The token and revocation endpoints: refresh tokens are rotated, and one that is spent twice is noted."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule, self._made = schedule, 0
        self.live, self.spent, self.replayed = set[str](), set[str](), list[str]()

    def issue(self) -> str:
        self._made += 1
        self.live.add(f"refresh-{self._made}")
        return f"refresh-{self._made}"

    def exchange(self, request: Request) -> Answer:
        self.schedule.pause()
        form = {name: values[0] for name, values in parse_qs((request.body or b"").decode()).items()}
        status, body = 200, "{}"
        if request.url.endswith("/token"):
            token = form["refresh_token"]
            if token in self.live:
                self.live.remove(token)
                self.spent.add(token)
                new = self.issue()
                body = f'{{"token_type":"Bearer","access_token":"for-{new}","refresh_token":"{new}"}}'
            else:
                self.replayed += [token] if token in self.spent else []
                status, body = 400, '{"error":"invalid_grant"}'
        elif request.url.endswith("/revoke"):
            self.live.discard(form["token"])
        self.schedule.pause()  # The answer is on its way.
        return Answer(status, (("Content-Type", "application/json"),), body.encode())


class World:
    """One store, one PingOne, and the use cases of as many processes as are asked for."""

    def __init__(self, seed: int) -> None:
        self.schedule = Schedule(seed)
        self.pingone = PingOne(self.schedule)
        self.store = CountingStore(MemoryStore(lambda: NOW), self.schedule.pause)

    def process(self) -> SessionUse:
        """The use cases after sign-on, as one more process has them."""

        def http(_: object = None) -> PingOne:
            return self.pingone

        provider = Provider(BASE, f"{BASE}/authorize", f"{BASE}/token", f"{BASE}/jwks",
                            end_session_endpoint=f"{BASE}/signoff", revocation_endpoint=f"{BASE}/revoke")  # fmt: skip
        client, none = Client("client"), KeySet()
        keys = ProviderKeys(Cached(lambda _: none, http, lambda: NOW))
        kept = Cached(lambda _: provider, http, lambda: NOW)
        urls = "https://rp.example/callback", "https://rp.example/signed-off"
        party = RelyingParty(BASE, client, urls[0], kept, keys, urls[1])
        parties = Parties(party, party)
        sealed = SealedStore(self.store, "schedules-schedules-schedules-schedules")
        ended = Ended(sealed, 28_800)
        sessions = Sessions(sealed, lambda: NOW, 3600, 28_800, ended)
        recorded = Recorded(Traces(sealed), http, lambda: NOW)
        sign_offs = SignOffs(parties, sessions, ended, recorded, lambda: NOW, lambda n: "state")
        wait: Callable[[float], None] = lambda seconds: self.schedule.pause()  # noqa: E731
        return SessionUse(parties, sealed, sessions, recorded, sign_offs, lambda: NOW, 8.0, wait)

    def person(self, sid: str) -> SignedIn:
        """Somebody whose sign-on has just finished, with a refresh token that lives."""
        token = self.pingone.issue()
        tokens = TokenSet(f"for-{token}", "id", token, scope="openid")
        on = SignedOn("client", BASE, "alice", {"sid": sid, "iat": NOW}, tokens, received_at=NOW, nonce="nonce")
        return SignedIn(on, "hosted", int(NOW), trace=sid)
