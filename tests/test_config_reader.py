"""The generated secret, and which URLs name this computer."""

import secrets
import stat
import threading
from pathlib import Path

import pytest
from joserfc.jwk import RSAKey

from config import Settings, SettingsInvalid
from config_reader import is_loopback, is_private_key, is_proxy_url, is_strong, kept_secret, redis_fault


def test_a_missing_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """On loopback the next start finds the secret of the first, in a file that only its owner reads."""
    first, second = (Settings.from_env({"INSTANCE_PATH": str(tmp_path / "instance")}) for _ in range(2))
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE((tmp_path / "instance" / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    """However many make a draft, one wins and no draft stays behind."""
    found: set[str] = set()
    barrier = threading.Barrier(8)

    def start() -> None:
        barrier.wait()
        found.add(kept_secret(tmp_path))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("url", ["http://localhost", "http://127.8.9.1:80", "http://[::1]:80/as", "https://LOCALHOST/"])
def test_loopback_is_recognised(url: str) -> None:
    """These name this computer."""
    assert is_loopback(url)


@pytest.mark.parametrize("url", ["http://localhost.evil.example", "http://127.0.0.1.evil.example", ""])
def test_other_hosts_are_not_loopback(url: str) -> None:
    """These do not, whatever they begin with."""
    assert not is_loopback(url)


def test_a_public_key_is_no_private_one() -> None:
    """Nobody can prove anything with it."""
    key = RSAKey.generate_key(2048)
    assert is_private_key(key.as_pem(private=True).decode())
    assert not is_private_key(key.as_pem(private=False).decode())


@pytest.mark.parametrize("url", ["redis://", "unix://", "rediss://", "http://localhost", "localhost:6379", ""])
def test_what_names_no_redis(url: str) -> None:
    """A scheme alone would mean whatever the client makes of it."""
    assert redis_fault(url).startswith("REDIS_URL must be like redis://")


@pytest.mark.parametrize(
    "url", ["redis://localhost", "rediss://user:word@cache.example:6380/2", "unix:///run/redis.sock", "redis://:p%40ss@host/15?socket_timeout=1"]
)
def test_what_names_a_redis(url: str) -> None:
    """Over TCP, TLS and a socket."""
    assert "" == redis_fault(url)


@pytest.mark.parametrize(
    "url",
    ["proxy:3128", "https://proxy:3128", "socks5://proxy", "http://proxy:port", "http://proxy/path", "http://a@b@proxy",
     "http://us er@proxy", "http://us#er@proxy", "http://\u00fcser@proxy", "http://proxy\n"],
)  # fmt: skip
def test_what_names_no_proxy(url: str) -> None:
    """Only an http proxy is spoken to; what may end a name or a password is percent-encoded."""
    assert not is_proxy_url(url)


@pytest.mark.parametrize("url", ["http://proxy", "http://proxy.example:3128/", "http://user:p%40ss@[::1]:3128"])
def test_what_names_a_proxy(url: str) -> None:
    """With user and password, or without."""
    assert is_proxy_url(url)


@pytest.mark.parametrize(
    "key",
    ["", "short", "0123456789abcdefghijklmnopq", "x" * 32, "ab" * 40, "abacabadabacabaeabacabadabacabafg",
     "changeme" * 5, "changeme" * 5 + "chan", "a good start 0123" * 2],
)  # fmt: skip
def test_a_guessable_secret_is_refused_with_the_way_to_a_good_one(key: str) -> None:
    """Long enough is not random: everybody's session could be made by whoever guesses it."""
    assert not is_strong(key)
    if key:
        with pytest.raises(SettingsInvalid, match="flask --app webapp secret"):
            Settings.from_env({"SECRET_KEY": key})


def test_random_secrets_are_strong() -> None:
    """However they are written: as digits, in hex, in base64."""
    assert all(is_strong(secrets.token_urlsafe(32)) and is_strong(secrets.token_hex(32)) for _ in range(200))
    assert is_strong("".join(secrets.choice("0123456789") for _ in range(64)))


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (b"x", 0o600, "no good secret"),
        (b"x" * 64, 0o600, "no good secret"),
        (b"\xff" * 64, 0o600, "no good secret"),
        (secrets.token_urlsafe(48).encode() + b"\xff", 0o600, "no good secret"),
        (secrets.token_urlsafe(48).encode(), 0o602, "to everybody"),
        (secrets.token_urlsafe(48).encode(), 0o644, "to everybody"),
    ],
    ids=["one", "one 64 times", "no text", "a byte that is no text", "others may write", "others may read"],
)
def test_a_kept_secret_that_is_no_secret_stops_the_start(tmp_path: Path, content: bytes, mode: int, said: str) -> None:
    """A file of one character, of bytes that are no text, or open to everybody on the machine."""
    (tmp_path / "secret_key").write_bytes(content)
    (tmp_path / "secret_key").chmod(mode)
    with pytest.raises(SettingsInvalid, match=said) as caught:
        Settings.from_env({"INSTANCE_PATH": str(tmp_path)})
    assert "flask --app webapp secret" in str(caught.value)


def test_a_secret_of_undecodable_bytes_is_a_fault() -> None:
    """It must not be replaced by a generated one without a word: the next process would have another."""
    with pytest.raises(SettingsInvalid, match="SECRET_KEY holds bytes that are not UTF-8"):
        Settings.from_env({"SECRET_KEY": "\udcff" * 40})
