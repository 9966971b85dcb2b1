"""What a copy of the store tells, and what a changed store can do: nothing."""

import hashlib
import os
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.sessions.conftest import SECRET_KEY, Site, cookie_values, moved
from tests.support.provider import Provider
from tests.support.provider_answers import PASSWORD
from tests.support.relying_party import MODES, Browser
from webapp.store.keyring import FORMAT, Keyring
from webapp.store.memory import MemoryStore
from webapp.store.redis_store import RedisStore
from webapp.store.sealed import SealedStore
from webapp.store.sqlite import SqliteStore

CLIENT_SECRET = "planted-client-secret-0123456789"
NEW_KEY = "session-tests-session-tests-session-0002"


@pytest.fixture(params=["sqlite", pytest.param("redis", marks=pytest.mark.redis)])
def dumped(request: pytest.FixtureRequest, site: Site, tmp_path: Path) -> Iterator[Any]:
    """A store on a disk or in Redis for the site, and a function that returns all of its bytes."""
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        on_redis = RedisStore(url)
        site.store.store = on_redis

        def dump() -> bytes:
            with redis.Redis.from_url(url) as client:
                return b"\n".join(key + b" " + (client.get(key) or b"") for key in client.scan_iter(_type="string"))

        yield dump
        on_redis.close()
    else:
        sqlite = SqliteStore(tmp_path / "dumped" / "state.sqlite", site.clock)
        site.store.store = sqlite
        yield lambda: b"\n".join(file.read_bytes() for file in (tmp_path / "dumped").iterdir())
        sqlite.close()


def test_a_dump_after_sign_ons_in_all_modes_holds_no_canary(site: Site, provider: Provider, dumped: Any) -> None:
    """Finished sign-ons, a refreshed session, begun sign-ons and traces: no secret, no person, no session id."""
    provider.register(auth_method="client_secret_post", secret=CLIENT_SECRET)
    app = site.app(
        PINGONE_CLIENT_SECRET=CLIENT_SECRET,
        PINGONE_CUSTOM_CLIENT_SECRET=CLIENT_SECRET,
        PINGONE_TOKEN_AUTH_METHOD="client_secret_post",
    )
    canaries = {PASSWORD, CLIENT_SECRET, SECRET_KEY, "alice", "Single_Factor"}
    for mode in MODES:
        browser = site.browser(app)
        browser.sign_on(mode)
        assert browser.signed_in
        browser.post("/session/refresh")
        browser.post("/session/userinfo")
        canaries |= set(cookie_values(browser).values())
        waiting = site.browser(app)
        waiting.start(mode) if mode != "hosted" else waiting.get("/sign-on/hosted", follow=False)
        canaries |= set(cookie_values(waiting).values())
    for call in provider.ledger.calls:
        canaries |= {call.params.get(name, "") for name in ("code_verifier", "code", "state", "nonce")} - {""}
    canaries |= provider.planted
    everything = dumped()
    assert [] == [canary for canary in canaries if canary.encode() in everything]
    # The positive control: the records are really in what was looked at.
    assert {b"session", b"attempt", b"story"} <= set(re.findall(rb"(session|attempt|story):[0-9a-f]{64}", everything))
    assert len(canaries) > 40


class Trap:
    """Runs a command in whoever unpickles it."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.marker),)


def _session_names(browser: Browser) -> str:
    return Keyring(SECRET_KEY).names("session", cookie_values(browser)["session"])[0]


def _foreign(site: Site, name: str, tmp_path: Path) -> bytes:
    return Keyring("another-key-another-key-another-key-0003").seal(name, b'{"signed_in": {}}')


def _tampered(site: Site, name: str, tmp_path: Path) -> bytes:
    right = bytearray(site.store.store.get(name) or b"")
    right[-1] ^= 1
    return bytes(right)


def _cut(site: Site, name: str, tmp_path: Path) -> bytes:
    return (site.store.store.get(name) or b"")[:20]


def _older_format(site: Site, name: str, tmp_path: Path) -> bytes:
    return b"\x00" + (site.store.store.get(name) or b"")[len(FORMAT) :]


def _pickle(site: Site, name: str, tmp_path: Path) -> bytes:
    return pickle.dumps(Trap(tmp_path / "executed"))


def _sealed_pickle(site: Site, name: str, tmp_path: Path) -> bytes:
    return Keyring(SECRET_KEY).seal(name, pickle.dumps(Trap(tmp_path / "executed")))


def _moved_here(site: Site, name: str, tmp_path: Path) -> bytes:
    other = site.signed_on()
    return site.store.store.get(_session_names(other)) or b""


def _list(site: Site, name: str, tmp_path: Path) -> bytes:
    return Keyring(SECRET_KEY).seal(name, b'["signed_in"]')


def _other_release(site: Site, name: str, tmp_path: Path) -> bytes:
    return Keyring(SECRET_KEY).seal(name, b'{"signed_in": {"version": 0, "who": "alice"}, "established_at": 4e9}')


def _unknown_members(site: Site, name: str, tmp_path: Path) -> bytes:
    return Keyring(SECRET_KEY).seal(name, b'{"signed_in": {"version": 1, "colour": "red"}, "established_at": 4e9}')


def _no_times(site: Site, name: str, tmp_path: Path) -> bytes:
    return Keyring(SECRET_KEY).seal(name, b'{"signed_in": null, "established_at": "never"}')


def _not_a_record(site: Site, name: str, tmp_path: Path) -> bytes:
    return Keyring(SECRET_KEY).seal(name, b'{"signed_in": "alice", "established_at": 4e9}')


@pytest.mark.parametrize(
    "make",
    [_foreign, _tampered, _cut, _older_format, _pickle, _sealed_pickle, _moved_here, _list, _other_release,
     _unknown_members, _no_times, _not_a_record, lambda *_: b"", lambda *_: os.urandom(500)],
)  # fmt: skip
@pytest.mark.parametrize("listens", ["off", "on"])
def test_a_record_that_is_not_ours_means_anonymous(site: Site, tmp_path: Path, make: Any, listens: str) -> None:
    """Not signed in, 200 or 401 and never an error page, nothing executed; a new sign-on works.

    Also while sign-offs of PingOne's are listened to, for which each record is looked into once more.
    """
    browser = site.signed_on(FRONT_CHANNEL_SIGN_OFF=listens)
    name = _session_names(browser)
    assert site.store.store.get(name)
    site.store.store.put(name, make(site, name, tmp_path), 600)
    assert not browser.signed_in
    assert [401, 200] == [browser.get(path).status for path in ("/session", "/")]
    assert 401 == browser.post("/session/refresh").status
    assert not (tmp_path / "executed").exists()
    browser.sign_on("hosted")
    assert browser.signed_in


@pytest.mark.parametrize("mode", MODES)
def test_an_attempt_that_is_not_ours_is_a_sign_on_that_is_over(site: Site, tmp_path: Path, mode: str) -> None:
    """A begun sign-on with a changed record ends as one that is not open any more, and the next one works."""
    browser = site.browser()
    answer = browser.get("/sign-on/hosted", follow=False).headers["Location"]
    ((cookie, secret),) = cookie_values(browser).items()
    name = Keyring(SECRET_KEY).names("attempt", f"{cookie.removeprefix('so.')}\n{secret}")[0]
    assert site.store.store.get(name)
    site.store.store.put(name, _pickle(site, name, tmp_path), 600)
    page = browser._visit(browser._visit(answer, ()).headers["Location"], ())
    assert (400, "sign_on_unknown") == (page.status, page.error_code)
    assert not (tmp_path / "executed").exists()
    browser.sign_on(mode)
    assert browser.signed_in


def test_nothing_reads_or_writes_pickle() -> None:
    """Neither ours nor, by way of us, Flask-Session's serializer: its methods are never reached."""
    root = Path(__file__).resolve().parents[2]
    users = [path for path in root.glob("webapp/**/*.py") if re.search(r"^\s*(import|from) pickle", path.read_text())]
    assert [] == users
    source = (root / "webapp/views/store_session.py").read_text()
    assert "serializer" not in source


def test_a_new_secret_key_signs_nobody_off(site: Site) -> None:
    """With the old one among the fallbacks: the session, a begun sign-on, a refresh and sign-off all go on."""
    browser = site.signed_on()
    begun = site.browser(browser.client.application)
    answer = begun.get("/sign-on/hosted", follow=False).headers["Location"]
    rotated = site.app(SECRET_KEY=NEW_KEY, SECRET_KEY_FALLBACKS=SECRET_KEY)
    browser, begun = moved(browser, rotated), moved(begun, rotated)
    assert browser.signed_in
    assert 200 == begun._visit(begun._visit(answer, ()).headers["Location"], ()).status or begun.signed_in
    assert begun.signed_in
    assert 200 == browser.post("/session/refresh").status
    assert browser.signed_in
    browser.post("/sign-off")
    assert not browser.signed_in


def test_without_the_fallback_everybody_signs_on_again(site: Site) -> None:
    """The positive control, and what to do when a key has leaked."""
    browser = site.signed_on()
    assert not moved(browser, site.app(SECRET_KEY=NEW_KEY)).signed_in


def test_names_are_keyed_hashes(site: Site) -> None:
    """Whoever knows a session id and not SECRET_KEY cannot tell which record it opens."""
    store = MemoryStore()
    SealedStore(store, SECRET_KEY).put("session", "known-id", {}, 60)
    (name,) = store._records
    assert hashlib.sha256(b"known-id").hexdigest() not in name
    assert re.fullmatch(r"session:[0-9a-f]{64}", name)
