"""Refresh, sign-off, PingOne's sign-off and a new sign-on over one session, in any order of their calls."""

import pytest

from tests.sessions.schedules import World
from webapp.oidc.errors import SessionEnded
from webapp.signon.signed_in import SessionRecord, from_record

SCHEDULES = 400


class Encounter:
    """A session, and what several processes do with it at the same time."""

    def __init__(self, seed: int) -> None:
        self.world = World(seed)
        here = self.world.process()
        self.person = self.world.person("sid-1")
        self.first, self.second = here.begin(self.person).id, ""
        self.jar, self.here = self.first, here
        kinds = [self.refresh, self.refresh, self.sign_off, self.pingone_signs_off, self.signs_on_anew]
        self.acts = self.world.schedule.order.sample(kinds, self.world.schedule.order.randint(2, 4))
        self.world.schedule.run(self.acts)

    def refresh(self) -> None:
        process = self.world.process()
        try:
            process.refresh(self.person, SessionRecord(process.sessions, self.first))
        except SessionEnded:
            process.sign_offs.give_back_record(process.sessions.end(self.first))
            if not process.sessions.replaced_by(self.first):
                self.jar = ""

    def sign_off(self) -> None:
        process = self.world.process()
        assert "record" not in process.sign_offs.by_owner(self.first, self.person).left
        self.jar = ""

    def pingone_signs_off(self) -> None:
        self.world.process().sign_offs.by_frame("sid-1")

    def signs_on_anew(self) -> None:
        process = self.world.process()
        self.second = self.jar = process.begin(self.world.person("sid-2"), over=self.first).id

    def did(self, act: object) -> bool:
        return act in self.acts

    def tokens_of_living_sessions(self) -> set[str]:
        """After the next request with each cookie, which gives back what it finds to be over."""
        held = set()
        for id in filter(None, (self.first, self.second)):
            opened = self.here.sessions.open(id)
            self.here.sign_offs.give_back_record(opened.over)
            person = from_record((opened.record or {}).get("signed_in"))
            held |= {person.refresh_token} if person else set()
        return held


@pytest.mark.parametrize("part", range(4))
def test_any_order_of_two_to_four_requests(part: int) -> None:
    """Whatever the order: no token is spent twice; what lives at PingOne is what living sessions hold; a session that
    was signed off by its owner or by PingOne, or replaced, is over; and the newest session keeps its cookie."""
    met = set()
    for seed in range(part, SCHEDULES, 4):
        at = Encounter(seed)
        over = [at.did(act) for act in (at.sign_off, at.pingone_signs_off, at.signs_on_anew)]
        held = at.tokens_of_living_sessions()
        assert [] == at.world.pingone.replayed, seed
        assert held == at.world.pingone.live, seed
        assert (at.here.sessions.load(at.first) is None) == any(over), seed
        if over == [False, False, True]:
            assert at.second == at.jar, seed
            assert at.here.sessions.load(at.second) is not None, seed
        met.add(tuple(over))
    assert 7 <= len(met)
