"""Each fault of the simulator's switchboard meets its refusal, the help page that explains it, and no session."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from config import Settings
from tests.support.visitor import MODES
from tests.support.walker import Walker
from webapp import create_app, wiring
from webapp.simulator import create_simulator
from webapp.simulator.engine.fault_catalogue import BY_NAME, CATALOGUE
from webapp.simulator.engine.faults import REFRESH, SIGN_ON, Fault
from webapp.store.memory import MemoryStore

MakeWalker = Callable[..., Walker]
ENVIRON = {"PORT": "5998", "SECRET_KEY": "tests-of-faults-tests-of-faults-0001"}
AFTERWARDS = ("userinfo_subject", "userinfo_500", "userinfo_html")
"""Faults that show only when a button on the session page asks PingOne again."""
APART = (*AFTERWARDS, "locked_older_form", "token_slow")


def _seen(fault: Fault, mode: str) -> bool:
    """Whether the fault shows in this mode, by the catalogue's own words."""
    if "redirectless and custom" in fault.what:
        return mode != "hosted"
    return not ("hosted and custom mode" in fault.what and mode == "redirectless")


def _cases(*scopes: str) -> list[object]:
    return [
        pytest.param(fault, mode, id=f"{fault.name}-{mode}")
        for fault in CATALOGUE
        if fault.scope in scopes and fault.name not in APART
        for mode in MODES
        if _seen(fault, mode)
    ]


class Clock:
    """Seconds since 1970, for the application and its simulator; they pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = time.time()

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def make_walker(clock: Clock) -> Iterator[MakeWalker]:
    """Make an application that has fetched nothing yet, and a visitor of it. `deadline`: seconds for each call."""
    settings = Settings.from_env(ENVIRON)
    with ExitStack() as stack:

        def make(deadline: float = 30.0) -> Walker:
            # What the simulator calls slow is a little longer than the deadline: nobody has to wait seconds for it.
            simulator = create_simulator(
                settings.simulator_base,
                public_url=settings.public_url,
                now=clock,
                sleep=lambda _: time.sleep(deadline + 0.1),
            )
            store = MemoryStore(clock)
            services = wiring.build(settings, store=store, now=clock, simulator=simulator, deadline=deadline)
            stack.callback(services.close)
            return Walker(create_app(settings, services), settings.public_url, settings.simulator_base)

        yield make


@pytest.fixture(scope="module")
def shared(make_walker: MakeWalker) -> Walker:
    """One application for the many faults that leave no trace in it."""
    return make_walker()


@pytest.fixture
def walker(shared: Walker, clock: Clock) -> Iterator[Walker]:
    """A browser that nobody has used, at an application where everything works."""
    clock.seconds += 60  # Keys are not fetched again and again: by now they would be.
    yield Walker(shared.client.application, shared.public_url, shared.simulator_url)
    _switch(shared, clear=True)


def _switch(walker: Walker, **choice: object) -> None:
    answer = walker.client.post(
        "/simulator/faults", base_url=walker.simulator_url.removesuffix("/simulator"), json=choice
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(("fault", "mode"), _cases(SIGN_ON))
def test_fault_of_a_sign_on(walker: Walker, fault: Fault, mode: str) -> None:
    """The sign-on meets its refusal; the next one, without the fault, works again."""
    _switch(walker, fault=fault.name, mode="next")
    _meets(walker, fault, mode)
    assert walker.sign_on(mode).status_code == 200
    assert walker.session()["signed_in"]


@pytest.mark.parametrize("mode", MODES)
def test_slow_token_endpoint(make_walker: MakeWalker, mode: str) -> None:
    """What takes longer than the deadline is given up, and what arrives afterwards signs nobody on."""
    walker = make_walker(deadline=0.5)
    _switch(walker, fault="token_slow", mode="until-cleared")
    _meets(walker, BY_NAME["token_slow"], mode)


@pytest.mark.parametrize(("fault", "mode"), _cases("discovery", "keys"))
def test_fault_of_metadata(make_walker: MakeWalker, fault: Fault, mode: str) -> None:
    """An application that has just started refuses metadata it cannot trust, and starts no sign-on with it."""
    walker = make_walker()
    _switch(walker, fault=fault.name, mode="until-cleared")
    _meets(walker, fault, mode)


def _meets(walker: Walker, fault: Fault, mode: str) -> None:
    page = walker.sign_on(mode)
    assert fault.refusal == walker.error_code
    assert bool(walker.session()["signed_in"]) is (fault.refusal == "")
    assert (page.status_code >= 400) is bool(fault.refusal)
    if fault.refusal:
        assert page.headers["Cache-Control"] == "no-store"
        assert "Traceback" not in page.text
        assert "Start again" in page.text
        assert walker.client.get(f"/help/{fault.refusal}", base_url=walker.public_url).status_code == 200


@pytest.mark.parametrize("fault", [pytest.param(each, id=each.name) for each in CATALOGUE if each.name in AFTERWARDS])
def test_fault_of_userinfo(walker: Walker, fault: Fault) -> None:
    """Asking about the person meets the refusal, and nothing of the answer gets into the session."""
    _switch(walker, fault=fault.name, mode="next")
    walker.sign_on("redirectless")
    before = walker.session()["claims"]
    walker.post("/session/userinfo", {})
    assert fault.refusal == walker.error_code
    after = walker.session()
    assert not after["signed_in"] or before == after["claims"]


@pytest.mark.parametrize("fault", [pytest.param(each, id=each.name) for each in CATALOGUE if each.scope == REFRESH])
def test_fault_of_refresh(walker: Walker, fault: Fault) -> None:
    """A refresh that is refused, or about somebody else, ends the session."""
    walker.sign_on("redirectless")
    assert walker.session()["has_refresh_token"]
    _switch(walker, fault=fault.name, mode="next")
    walker.post("/session/refresh", {})
    assert fault.refusal == walker.error_code
    assert {"signed_in": False} == walker.session()


@pytest.mark.parametrize("mode", MODES)
def test_locked_account_in_the_older_form(walker: Walker, mode: str) -> None:
    """The form comes back and says that the account is locked, whoever draws it."""
    _switch(walker, fault="locked_older_form", mode="next")
    page = walker.sign_on(mode, "lockedTestUser")
    assert page.status_code in (400, 422)
    assert "locked" in page.text
    assert {"signed_in": False} == walker.session()


def test_there_are_at_least_25_faults() -> None:
    """The switchboard is worth its page."""
    assert len(CATALOGUE) >= 25
