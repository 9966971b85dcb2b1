"""Where strangers share a simulator, each has an environment of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.simulator.driver import BASE, PUBLIC, Clock, Driver, authorization_parameters, body, query
from webapp.simulator import CLIENT_ID, create_simulator
from webapp.simulator.endpoints.visitors import VISITOR
from webapp.simulator.engine.worlds import MOST_KEYS, ROWS, Worlds

HTML = {"Accept": "text/html"}
MOST = 5


@pytest.fixture
def simulator(clock: Clock, naps: list[float]):
    """Room for a few visitors."""
    return create_simulator(BASE, public_url=PUBLIC, now=clock, sleep=naps.append, environments=MOST)


@pytest.fixture
def worlds(simulator) -> Worlds:
    return simulator.extensions["pingone-simulator"]


@pytest.fixture
def ann(driver: Driver) -> Driver:
    """One visitor."""
    return driver


@pytest.fixture
def bob(driver: Driver) -> Driver:
    """Another, with cookies of his own."""
    return driver.another()


def settle(visitor: Driver) -> Driver:
    """Sign on is begun and gone on with, as a browser does."""
    assert 200 == visitor.get(visitor.authorize().location).status_code
    return visitor


def test_a_lock_out_is_ones_own(ann: Driver, bob: Driver) -> None:
    """Five wrong passwords lock the user for whoever entered them."""
    flow = ann.start()
    for _ in range(5):
        ann.password(flow, "sharedTestUser", "wrong")
    assert ("FAILED", "COMPLETED") == (
        body(ann.password(ann.start(), "sharedTestUser"))["status"],
        body(bob.password(bob.start(), "sharedTestUser"))["status"],
    )


def test_an_inbox_is_ones_own(ann: Driver, bob: Driver) -> None:
    """Nobody reads another's passcode."""
    for visitor in (ann, bob):
        flow = body(visitor.password(visitor.start(), "mfaTestUser"))
        device = flow["_embedded"]["devices"][0]["id"]
        visitor.act(flow, "device.select", device={"id": device})
    codes = [[each["code"] for each in visitor.messages()] for visitor in (ann, bob)]
    assert [1, 1] == [len(each) for each in codes] and codes[0] != codes[1]
    assert [] == bob.another().messages()


def test_faults_are_ones_own(ann: Driver, bob: Driver) -> None:
    """A fault waits for the sign-on of the visitor who chose it."""
    ann.choose("access_denied", "until-cleared")
    answers = []
    for visitor in (ann, bob):
        visitor.password(flow := visitor.start(), "sharedTestUser")
        answers.append(body(visitor.resume(flow))["authorizeResponse"])
    assert ["access_denied", None] == [each.get("error") for each in answers]


def test_registered_users_are_ones_own(ann: Driver, bob: Driver) -> None:
    """Both may take the same name."""
    person = {"username": "newcomer", "email": "newcomer@example.org", "password": "Chosen-2026!"}
    for visitor in (ann, bob):
        flow = visitor.start(acr_values="Registration")
        assert 200 == visitor.act(flow, "user.register", **person).status_code


def test_a_server_needs_no_cookie(ann: Driver, bob: Driver) -> None:
    """Code, access token, refresh token and ID token say by themselves whose they are."""
    server = ann.another()
    for visitor in (ann, bob):
        held = body(server.redeem(visitor.code()))
        bearer = {"Authorization": f"Bearer {held['access_token']}"}
        form = {"client_id": CLIENT_ID, "token": held["access_token"]}
        assert 200 == server.get("/as/userinfo", headers=bearer).status_code
        assert body(server.post("/as/introspect", data=form))["active"]
        renewed = {"grant_type": "refresh_token", "refresh_token": held["refresh_token"], "client_id": CLIENT_ID}
        held = body(server.post("/as/token", data=renewed))
        ended = server.get("/as/idpSignoff", query_string={"id_token_hint": held["id_token"]},
                           headers={"Accept": "application/json"})
        assert 204 == ended.status_code
    assert server.client.get_cookie("pingone-simulator", "127.0.0.1") is None


def test_a_hint_of_somebody_else_signs_nobody_off(ann: Driver, bob: Driver) -> None:
    """The browser says who is meant; the session of its owner goes on."""
    hint = body(ann.redeem(ann.code()))["id_token"]
    bob.code()
    assert 302 == bob.get("/as/signoff", query_string={"id_token_hint": hint}).status_code
    assert "COMPLETED" == ann.start()["status"]
    assert "COMPLETED" != bob.start()["status"]


def test_a_pushed_request_is_found(ann: Driver, bob: Driver) -> None:
    """An application's server pushes it without any visitor's cookie; it is good once, in one browser."""
    pushed = body(ann.another().post("/as/par", data=authorization_parameters()))["request_uri"]
    asked = {"client_id": CLIENT_ID, "request_uri": pushed}
    locations = [visitor.get("/as/authorize", query_string=asked).location for visitor in (ann, bob)]
    assert (True, False) == tuple("flowId" in query(each) for each in locations)


def test_keys_stay_few_and_fit_everybody(ann: Driver, bob: Driver, worlds: Worlds) -> None:
    """A rotated key signs for one visitor, and the one key set has the keys of all."""
    ann.post("/keys/rotate", json={})
    signed = [body(visitor.redeem(visitor.code()))["id_token"] for visitor in (ann, bob)]
    kids = [key["kid"] for key in body(ann.another().get("/as/jwks"))["keys"]]
    assert 2 == len({token.split(".")[0] for token in signed}) == len(kids)
    worlds.keys.rotated *= MOST_KEYS // 2
    bob.post("/keys/rotate", json={})
    worlds.keys.rotated *= 2
    used = [ann.post("/keys/rotate", json={}).json["keys"][0]["kid"] for _ in range(MOST_KEYS)]
    assert 3 == len(body(ann.get("/as/jwks"))["keys"]) and 2 == len(set(used))


def test_metadata_has_no_faults_of_one_visitor(ann: Driver) -> None:
    """An application fetches it once for everybody."""
    names = {each["name"] for each in body(ann.get("/faults"))["faults"]}
    assert set() == names & {"keys_500", "discovery_html"} and "nonce_wrong" in names
    assert 400 == ann.choose("keys_500").status_code
    assert "Key set fails" not in ann.get("/faults", headers=HTML).text


def test_programs_without_cookies_push_nobody_out(ann: Driver, bob: Driver, worlds: Worlds) -> None:
    """2,001 starts, each a newcomer: those who came back stay."""
    flow = ann.start()
    ann.get(f"/flows/{flow['id']}")
    for _ in range(2_001):
        Driver(ann.simulator).authorize(response_mode="pi.flow")
    assert "COMPLETED" == body(ann.password(flow, "sharedTestUser"))["status"]
    assert 2 * MOST >= len(worlds)


def test_a_visitor_who_starts_again_and_again_pushes_nobody_out(ann: Driver, bob: Driver) -> None:
    """Not with a cookie either: the tables of one environment are small, and its own."""
    mine, flow = bob.start(), ann.start()
    for _ in range(2_001):
        bob.start()
    assert (404, 200) == (bob.get(f"/flows/{mine['id']}").status_code, ann.get(f"/flows/{flow['id']}").status_code)


def test_a_full_house_says_so(ann: Driver, clock: Clock) -> None:
    """A page in plain words; who is there stays, and who has been away for ten minutes makes room."""
    visitors = [settle(ann.another()) for _ in range(MOST)]
    refused = ann.get("/as/authorize", query_string=authorization_parameters(), headers=HTML)
    assert 403 == refused.status_code and "are in use. Please try again" in refused.text
    clock.move(599)
    assert all("flowId" in each.authorize().location for each in visitors[1:])
    clock.move(1)
    assert "flowId" in settle(ann).authorize().location
    assert 403 == ann.another().authorize().status_code


@pytest.mark.parametrize(("mine", "also_mine", "theirs"), [
    ("192.0.2.1", "192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"),
])
def test_one_address_gets_a_quarter_of_the_house(mine, also_mine, theirs, clock: Clock) -> None:
    """So that one stranger cannot keep all others out; who is there already stays."""
    simulator = create_simulator(BASE, public_url=PUBLIC, now=clock, environments=8)

    def start(visitor: Driver, address: str) -> int:
        visitor.client.environ_base["REMOTE_ADDR"] = address
        for _ in range(2):
            code = visitor.authorize().status_code
        return code

    first, *others = [Driver(simulator) for _ in range(4)]
    assert [302, 302, 403, 302] == [start(*each) for each in (
        (first, mine), (others[0], also_mine), (others[1], mine), (others[2], theirs))]
    assert 302 == start(first, mine)
    clock.move(4_000)
    assert 302 == start(others[1], mine)


def test_an_environment_ends_after_an_hour(ann: Driver, bob: Driver, worlds: Worlds, clock: Clock) -> None:
    """Nothing of it is left."""
    held = body(ann.redeem(ann.code()))
    flow = bob.start()
    clock.move(899)
    assert 200 == bob.another().get(f"/flows/{flow['id']}").status_code  # A newcomer has the time that a flow has.
    bob.post("/start-over")
    clock.move(2_700)
    assert 401 == ann.get("/as/userinfo").status_code  # The visitor's, so the hour begins again.
    assert 1 == len(worlds)
    clock.move(3_600)
    assert 401 == ann.get("/as/userinfo", headers={"Authorization": f"Bearer {held['access_token']}"}).status_code
    settle(ann)
    assert 1 == len(worlds)


def test_starting_over(ann: Driver, bob: Driver) -> None:
    """Fault, inbox and session are gone, for this visitor alone."""
    for visitor in (ann, bob):
        visitor.code()
        visitor.choose("nonce_wrong", "until-cleared")
    assert "Start over" in ann.get("/", headers=HTML).text
    assert 303 == ann.post("/start-over").status_code
    assert [None, "nonce_wrong"] == [
        (body(each.get("/faults"))["chosen"] or {}).get("fault") for each in (ann, bob)
    ]
    assert "USERNAME_PASSWORD_REQUIRED" == ann.start()["status"]
    assert 403 == ann.post("/start-over", headers={"Origin": "https://elsewhere.example"}).status_code


def test_an_id_token_from_before_still_signs_off(ann: Driver) -> None:
    """The application's session outlives the environment; the key that signed is published on."""
    ann.post("/keys/rotate")
    hint = body(ann.redeem(ann.code()))["id_token"]
    ann.post("/start-over")
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": f"{PUBLIC}/signed-off"}
    left = ann.get("/as/signoff", query_string=asked)
    assert f"{PUBLIC}/signed-off" == left.location


def test_a_name_is_never_chosen_by_the_visitor(ann: Driver, worlds: Worlds) -> None:
    """An unknown name is not taken up: otherwise a stranger could share what he gave somebody."""
    ann.client.set_cookie("pingone-simulator", "chosen-by-a-stranger", domain="127.0.0.1")
    ann.start()
    assert worlds.find("chosen-by-a-stranger") is None


def test_who_looks_around_takes_no_room(ann: Driver, worlds: Worlds) -> None:
    """Pages alone open no environment; the first page says when there is one."""
    for path in ("/", "/inbox", "/faults", "/about.json", "/as/jwks"):
        assert 200 == ann.get(path, headers=HTML).status_code
    assert 0 == len(worlds)
    assert "as soon as you sign on" in ann.get("/", headers=HTML).text


def test_a_server_within_names_the_visitor(ann: Driver, worlds: Worlds) -> None:
    """It calls on behalf of a browser whose cookie it knows, and the name in a header is nobody's."""
    name, environment = worlds.open()
    server = ann.another().client
    asked = {**authorization_parameters(), "response_mode": "pi.flow"}
    path = f"/{environment.url.rpartition('/')[2]}/as/authorize"
    server.get(path, base_url=BASE, query_string=asked, environ_overrides={VISITOR: name})
    server.get(path, base_url=BASE, query_string=asked, headers={VISITOR: name})
    assert (1, 2) == (len(environment.flows), len(worlds))


def test_few_are_slow_at_a_time(clock: Clock) -> None:
    """A third slow answer fails sooner instead of holding a third thread."""
    slow = Barrier(3, timeout=5)

    def sleep(seconds: float) -> None:
        slow.wait()

    simulator = create_simulator(BASE, public_url=PUBLIC, now=clock, sleep=sleep, environments=9)
    visitors = [Driver(simulator) for _ in range(3)]
    for each in visitors:
        each.choose("token_slow")
    codes = [each.code() for each in visitors]
    with ThreadPoolExecutor() as pool:
        first = [pool.submit(each.redeem, code) for each, code in list(zip(visitors, codes, strict=True))[:2]]
        while slow.n_waiting < 2:
            pass
        third = visitors[2].redeem(codes[2])
        slow.wait()
        assert [200, 200, 503] == [*(each.result().status_code for each in first), third.status_code]


def test_the_size_of_an_environment_is_bounded(ann: Driver, worlds: Worlds) -> None:
    """Whatever one visitor does, each table has few rows, and what is sent is short."""
    for _ in range(ROWS + 5):
        ann.redeem(ann.code())
    [(_, environment)] = worlds._settled.items()
    grants = environment.grants
    sizes = [len(each) for each in (environment.flows, grants._codes, grants._refresh, environment.sessions._ids)]
    assert ROWS >= max(sizes) and 2 * ROWS >= len(grants.access)
    assert 413 == ann.post("/as/token", data={"code": "x" * 9_000}).status_code
