"""One sign-on from its start to its end, and what was seen that should not have been."""

import random
from concurrent.futures import ThreadPoolExecutor

from tests.soak.browser import Browser, Seen, Wires
from tests.soak.cases import HINT, TROUBLES, Case
from tests.support.provider_answers import PASSCODE, PASSWORD
from tests.support.provider_tokens import USERNAME

SESSION = "/session"


class Unexpected(Exception):
    """An outcome that the case does not have."""


def expect(right: bool, what: str, seen: Seen | None = None) -> None:
    """Raise `Unexpected` unless `right`."""
    if not right:
        raise Unexpected(f"{what}: {seen.status} {seen.code} {seen.location[:200]}" if seen else what)


class Visitor:
    """Signs on in a mode and lives through a case."""

    def __init__(self, public_url: str, wires: Wires, chance: random.Random) -> None:
        self.public_url, self.wires, self.chance = public_url, wires, chance
        self.browser = Browser(public_url, wires)

    def live(self, mode: str, case: Case) -> str:
        """Return how the sign-on ended; raise `Unexpected` when that is not how the case ends."""
        start = self.browser.get(f"/sign-on/{mode}?login_hint={HINT}{case.name}&return_to=/session")
        expect(case.early or start.status == 303, "the start", start)
        last = start if case.early else self._hosted(start, case) if mode == "hosted" else self._driven(start, case)
        if last is None:
            return "abandoned"
        if case.code:
            expect(last.status == case.status and last.code in case.codes, f"not {case.code}", last)
            self._nobody()
            return last.code
        expect(last.status == 303 and last.location == self.public_url + SESSION, "expected a session", last)
        return self._signed_on(case)

    # -- arriving -------------------------------------------------------------------------------------------------

    def _hosted(self, start: Seen, case: Case) -> Seen | None:
        back = self.browser.get(start.location)
        expect(back.status == 302 and back.location.startswith(f"{self.public_url}/callback?"), "PingOne", back)
        if case.name == "abandoned":
            return None
        if case.name == "other_browser_first":
            seen = Browser(self.public_url, self.wires).get(back.location)
            expect(seen.code == "sign_on_other_browser", "another browser", seen)
        if case.name == "parallel_callbacks":
            return self._at_once(back.location)
        last = self.browser.get(back.location)
        if case.name == "callback_twice":
            again = self.browser.get(back.location)
            expect((again.status, again.location) == (303, SESSION), "the callback again", again)
        return last

    def _at_once(self, callback: str) -> Seen:
        """Three copies of one callback: one redeems the code, the others find nothing."""

        def visit(cookies: dict[str, str]) -> tuple[Seen, dict[str, str]]:
            wires = Wires()
            copy = Browser(self.public_url, wires, cookies)
            try:
                return copy.get(callback), copy.cookies
            finally:
                wires.close()

        with ThreadPoolExecutor(3) as pool:
            seen = list(pool.map(visit, [self.browser.cookies] * 3))
        winners = [(answer, cookies) for answer, cookies in seen if answer.status == 303]
        losers = [answer.code for answer, _ in seen if answer.status != 303]
        expect((len(winners), losers) == (1, ["sign_on_unknown"] * 2), f"parallel callbacks: {losers}")
        self.browser.cookies = winners[0][1]
        return winners[0][0]

    def _driven(self, start: Seen, case: Case) -> Seen | None:
        if not start.location.startswith("/sign-on/step/"):
            start = self.browser.get(start.location)
            expect(start.status == 302, "PingOne", start)
            start = self.browser.get(start.location)
            expect(start.status == 303, "our sign-on page", start)
        step = start.location
        form = self.browser.get(step)
        expect(form.status == 200 and 'type="password"' in form.body, "the form", form)
        if case.name == "abandoned":
            return None
        if case.name == "wrong_password":
            self._refused_once(step, username=USERNAME, password="not it")
        last = self.browser.post(step, username=USERNAME, password=PASSWORD)
        return self._passcode(step, last, case) if case.second_factor else last

    def _passcode(self, step: str, last: Seen, case: Case) -> Seen:
        expect((last.status, last.location) == (303, step), "the second step", last)
        form = self.browser.get(step)
        expect(form.status == 200 and 'name="otp"' in form.body, "the passcode's form", form)
        if case.name == "wrong_passcode":
            self._refused_once(step, otp="000000")
        return self.browser.post(step, otp=PASSCODE)

    def _refused_once(self, step: str, **fields: str) -> None:
        """A refused form comes back, and says so."""
        again = self.browser.post(step, **fields)
        if again.status == 303:
            again = self.browser.get(again.location)
        expect(again.status in (200, 422) and "error-summary" in again.body, f"refused {' and '.join(fields)}", again)

    # -- afterwards -----------------------------------------------------------------------------------------------

    def _signed_on(self, case: Case) -> str:
        page = self.browser.get(SESSION)
        expect(page.status == 200 and USERNAME in page.body, "the session", page)
        if case.name in ("refresh_refused", "refreshed_subject_wrong"):
            ended = self.browser.post("/session/refresh")
            wanted = (401, "session_ended") if case.name == "refresh_refused" else (502, "subject_changed")
            expect((ended.status, ended.code) == wanted, "a refused refresh", ended)
            self._nobody()
            return wanted[1]
        if case.name in TROUBLES:
            path, status, code = TROUBLES[case.name]
            failed = self.browser.post(path)
            expect((failed.status, failed.code) == (status, code), f"expected {code} from {path}", failed)
            expect(self.browser.get(SESSION).status == 200, f"the session after a failed {path}")
        elif self.chance.random() < 0.3:
            for path in self.chance.sample(["/session/refresh", "/session/userinfo", "/session/introspect"], 2):
                done = self.browser.post(path)
                expect(done.status in (200, 303), path, done)
        if self.chance.random() < 0.1:
            for path in ("/session/tokens", "/checks"):
                expect(self.browser.get(path).status == 200, path)
        if self.chance.random() < 0.7:
            self._sign_off()
            return "signed off"
        return "signed on"

    def _sign_off(self) -> None:
        held = dict(self.browser.cookies)
        away = self.browser.post("/sign-off")
        expect(away.status == 303, "sign-off", away)
        back = self.browser.get(away.location)
        if back.status == 302:
            back = self.browser.get(back.location)
        expect(back.status == 200, "signed off", back)
        self.browser.cookies = held
        self._nobody()

    def _nobody(self) -> None:
        page = self.browser.get(SESSION)
        expect(page.status == 401, "a session that must not be", page)
