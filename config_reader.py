"""Reading variables of the environment one by one, noting every fault on the way; `config` says which ones.

It knows nothing of PingOne. A fault is a sentence that names its variable, says what is wanted, and never shows a
secret; the faulty variable reads as its default, so that the others are looked at too.
"""

import json
import os
import re
import secrets
import ssl
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

SHORTEST_SECRET = 32  # bytes: the strength of the keys that are derived from it
FEWEST_CHARACTERS = 8  # different ones: of 32 random digits, one in millions has fewer
_URL = re.compile(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?((?:/[\w~-][\w.~-]*)*)", re.I | re.ASCII)
LIKE = "REDIS_URL must be like redis://host:6379/0, rediss://host/0 or unix:///path"
_PROXY = re.compile(r"http://(?:[^@/?#\\\s]+@)?([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?/?", re.I | re.ASCII)
_LOOPBACK = re.compile(r"https?://(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]+)?(/|$)", re.IGNORECASE)


def is_loopback(url: str) -> bool:
    """Whether an http(s) URL names this computer, where plain http gives nothing away."""
    return bool(_LOOPBACK.match(url))


def is_private_key(text: str) -> bool:
    """Whether the text is a private RSA key, as PEM or JWK: better refused now than at somebody's sign-on."""
    try:
        key = RSAKey.import_key(json.loads(text) if text.lstrip().startswith("{") else text)
    except (JoseError, ValueError, TypeError, KeyError):
        return False
    return key.is_private


def is_ca_bundle(path: str) -> bool:
    """Whether certificates can be loaded from the file, or the path is a folder of them."""
    try:
        folder = Path(path).is_dir()
        ssl.create_default_context(cafile=None if folder else path, capath=path if folder else None)
    except (OSError, ValueError):  # ssl.SSLError is an OSError.
        return False
    return True


def redis_fault(url: str) -> str:
    """What is wrong with the URL of a Redis, in a sentence without the password in it; '' for a good one.

    It does not connect. A database that is no number would silently be database 0, and an option that the client does
    not know an error of the first visitor's.
    """
    import redis.connection  # Only those who use Redis load its library.

    if not re.match(r"(rediss?|unix)://.", url):
        return LIKE
    try:
        options = redis.connection.parse_url(url)  # type: ignore[no-untyped-call]
        options.pop("connection_class", redis.connection.Connection)(**options)
    except ValueError:
        return LIKE
    except (TypeError, redis.RedisError) as failure:
        return f"REDIS_URL has an option that is not understood: {failure}"
    database = urlsplit(url).path.strip("/")
    if database and not url.startswith("unix:") and not re.fullmatch("[0-9]{1,5}", database):
        return f"REDIS_URL must end in the number of a database, as in redis://host:6379/0, not in {database!r}"
    authorities = options.get("ssl_ca_certs")
    if authorities and not is_ca_bundle(authorities):
        return f"REDIS_URL: ssl_ca_certs names no file of PEM certificates: {authorities!r}"
    if "none" in str(options.get("ssl_cert_reqs", "")).lower() or options.get("ssl_check_hostname") is False:
        return "REDIS_URL must not switch the check of the certificate off: name its authority with ssl_ca_certs"
    return ""


def is_proxy_url(url: str) -> bool:
    """Whether the URL names an http proxy, with user and password (percent-encoded) or without."""
    return url.isascii() and _PROXY.fullmatch(url) is not None


class Reader:
    """Reads variables and notes what is wrong with them; a faulty one reads as its default."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def refuse(self, wrong: object, sentence: str) -> None:
        if wrong:
            self.faults.append(sentence)

    def text(self, name: str, default: str = "") -> str:
        value = self.environ.get(name, "").strip("\r\n")
        self.refuse(value != value.strip(), f"{name} begins or ends with a space")
        if not value.isascii():
            try:
                value.encode("utf-8")
            except UnicodeEncodeError:  # How Python shows bytes of the environment that are no text (PEP 383).
                self.faults.append(f"{name} holds bytes that are not UTF-8")
                return default
        return value.strip() or default

    def secret(self, name: str) -> str:
        path, value = self.text(f"{name}_FILE"), self.text(name)
        self.refuse(path and value, f"{name} and {name}_FILE are both set: keep one")
        try:
            return Path(path).read_text(encoding="utf-8").strip() if path else value
        except (OSError, UnicodeDecodeError) as failure:
            self.faults.append(f"{name}_FILE cannot be read: {failure}")
            return ""

    def number(self, name: str, default: int, low: int = 1, high: int = 525_600) -> int:
        value = self.text(name, str(default))
        # Not int() alone, which also takes "1_0" and the digits of every script.
        if re.fullmatch("[0-9]{1,9}", value) and low <= int(value) <= high:
            return int(value)
        self.faults.append(f"{name} must be a whole number from {low} to {high}, not {value!r}")
        return default

    def choice(self, name: str, *options: str) -> str:
        """One of the options, in any case of letters; the first is the default."""
        value = self.text(name, options[0])
        for option in options:
            if option.casefold() == value.casefold():
                return option
        self.faults.append(f"{name} must be one of {', '.join(filter(None, options))}, not {value!r}")
        return options[0]

    def url(self, name: str, path: bool = False, slash: bool = False) -> str:
        """An http(s) URL in the form that browsers give origins: lower-case host, no default port, no last slash.

        With `slash` a last slash is kept where there is one: an issuer is compared to the letter.
        """
        value = self.text(name)
        last = "/" * (slash and value.endswith("/"))
        value = value.removesuffix(last)
        found = _URL.fullmatch(value)
        if value and (not found or (found[4] and not path)):
            like = "https://www.example.com" + "/path" * path
            self.faults.append(f"{name} must look like {like}, without a last slash, not {value!r}")
        elif value.lower().startswith("http:") and not is_loopback(value):
            self.faults.append(f"{name} must be https: http is for localhost only, not for {value!r}")
        if not found:
            return ""
        scheme, host = found[1].lower(), found[2].lower()
        port = (found[3] or "").removesuffix({"http": ":80", "https": ":443"}[scheme])
        return f"{scheme}://{host}{port}{found[4]}{last}"


def is_strong(key: str) -> bool:
    """Whether a secret key may be random: long enough, with many different characters, and no pattern repeated."""
    patterns = range(1, len(key) // 2 + 1)
    repeated = any(key == (key[:length] * len(key))[: len(key)] for length in patterns)
    return len(key.encode()) >= SHORTEST_SECRET and len(set(key)) >= FEWEST_CHARACTERS and not repeated


def kept_secret(folder: Path) -> str:
    """The secret that was generated for this installation: made at the first call, in a file only its owner reads.

    Two processes that start at the same moment agree on one secret: each writes a draft, and linking a draft to the
    final name succeeds for one of them only. Raises `OSError` when the folder cannot be written, and `ValueError` for
    a file that is no good: guessable, or open to everybody on this machine, who would know or choose everyone's keys.
    """
    kept = folder / "secret_key"
    if not kept.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f"secret_key.{secrets.token_hex(8)}"
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
            with suppress(FileExistsError):
                os.link(draft, kept)
        finally:
            draft.unlink(missing_ok=True)
    better = "delete it, and a new one is made, or set SECRET_KEY to what `flask --app webapp secret` prints"
    if os.name == "posix" and kept.stat().st_mode & 0o007:
        raise ValueError(f"{kept} is open to everybody on this machine: {better}")
    key = kept.read_bytes().strip().decode("ascii", "replace")
    if not is_strong(key) or not key.isascii():
        raise ValueError(f"{kept} holds no good secret: {better}")
    return key
