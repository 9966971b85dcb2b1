"""Every setting of the application, read once from the environment.

`Settings.from_env()` reads the environment and the `.env` file beside this module (the environment wins), collects
every fault, and raises them all together: whoever configures an application wants the whole list, not one item per
try. A variable that is set to nothing counts as not set. Nothing else in the project reads `os.environ`.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

from config_provider import REGIONS, choose_provider
from config_reader import (
    Reader,
    is_ca_bundle,
    is_loopback,
    is_private_key,
    is_proxy_url,
    is_strong,
    kept_secret,
    redis_fault,
)

_HERE = Path(__file__).resolve().parent
# An installed package has no checkout around it: then .env and instance/ are where the program is started.
PROJECT = _HERE if (_HERE / "pyproject.toml").is_file() else Path.cwd()
AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt")


class SettingsInvalid(Exception):
    """The settings cannot be used. `faults` holds one sentence for each fault, each naming its variable."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n  - ".join(["The settings cannot be used:", *faults]))


def _setting(variable: str, meaning: str, read: Callable[..., Any], *how: Any) -> Any:
    secret = read is Reader.secret
    how_read = {"read": lambda reader: read(reader, variable, *how)}
    return field(
        repr=not secret, metadata={"variable": variable, "meaning": meaning, "secret": secret, "how": how, **how_read}
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings that passed every check. URLs carry no last slash, times are minutes, a text that is not set is ''.
    `simulator` is 'on', 'public' or ''."""

    environment_id: str = _setting("PINGONE_ENVIRONMENT_ID", "PingOne environment, a UUID", Reader.text)
    region: str = _setting("PINGONE_REGION", "region of the environment", Reader.choice, *REGIONS)
    auth_base_url: str = _setting("PINGONE_AUTH_BASE_URL", "base of /as and /flows (custom domain)", Reader.url, True)
    other_issuer: str = _setting("PINGONE_ISSUER", "issuer of a provider that is not PingOne", Reader.url, True, True)
    client_id: str = _setting("PINGONE_CLIENT_ID", "client id of the application", Reader.text)
    client_secret: str = _setting("PINGONE_CLIENT_SECRET", "client secret of the application", Reader.secret)
    custom_client_id: str = _setting("PINGONE_CUSTOM_CLIENT_ID", "application with our sign-on page", Reader.text)
    custom_client_secret: str = _setting("PINGONE_CUSTOM_CLIENT_SECRET", "client secret of that one", Reader.secret)
    token_auth_method: str = _setting(
        "PINGONE_TOKEN_AUTH_METHOD", "client authentication", Reader.choice, "", *AUTH_METHODS
    )
    private_key: str = _setting("PINGONE_PRIVATE_KEY", "PEM or JWK, for private_key_jwt", Reader.secret)
    scopes: str = _setting("PINGONE_SCOPES", "scopes to ask for", Reader.text, "openid profile email")
    groups_claim: str = _setting("GROUPS_CLAIM", "claim that names groups", Reader.text, "groups")
    userinfo_claims: str = _setting("USERINFO_CLAIMS", "claims to ask of userinfo if missing", Reader.text)
    step_up_acr: str = _setting("STEP_UP_ACR", "policy with a second factor", Reader.text, "Multi_Factor")
    api_url: str = _setting("API_URL", "where the orders API is", Reader.url, True)
    api_audience: str = _setting("API_AUDIENCE", "audience of the orders API's resource", Reader.text)
    api_resource_id: str = _setting("API_RESOURCE_ID", "resource id, for introspection", Reader.text)
    api_resource_secret: str = _setting("API_RESOURCE_SECRET", "its secret", Reader.secret)
    par: str = _setting("PINGONE_PAR", "pushed authorization requests", Reader.choice, "auto", "on", "off")
    response_mode: str = _setting("PINGONE_RESPONSE_MODE", "how the answer comes", Reader.choice, "query", "form_post")
    ca_bundle: str = _setting("PINGONE_CA_BUNDLE", "PEM file of authorities trusted for PingOne", Reader.text)
    outbound_proxy: str = _setting("OUTBOUND_PROXY", "HTTP proxy on the way to PingOne", Reader.secret)
    public_url: str = _setting("PUBLIC_URL", "where browsers reach this application", Reader.url, True)
    secret_key: str = _setting("SECRET_KEY", "protects sessions, 32 bytes or more", Reader.secret)
    secret_key_fallbacks: tuple[str, ...] = _setting(
        "SECRET_KEY_FALLBACKS", "earlier secret keys, separated by spaces or commas", Reader.secret
    )
    redis_url: str = _setting("REDIS_URL", "store shared by processes and machines", Reader.secret)
    instance_path: str = _setting("INSTANCE_PATH", "folder of our files", Reader.text, str(PROJECT / "instance"))
    session_minutes: int = _setting("SESSION_MINUTES", "maximum lifetime of a session", Reader.number, 480)
    session_idle_minutes: int = _setting("SESSION_IDLE_MINUTES", "idle time that ends a session", Reader.number, 60)
    trusted_proxies: int = _setting("TRUSTED_PROXIES", "reverse proxies in front", Reader.number, 0, 0, 10)
    front_channel_sign_off: bool = _setting(
        "FRONT_CHANNEL_SIGN_OFF", "sign-off by PingOne, in a frame", Reader.choice, "off", "on"
    )
    back_channel_sign_off: bool = _setting(
        "BACK_CHANNEL_SIGN_OFF", "sign-off by PingOne, from its server", Reader.choice, "off", "on"
    )
    simulator: str = _setting("SIMULATOR", "built-in PingOne simulator", Reader.choice, "auto", "on", "off", "public")
    imprint_url: str = _setting("IMPRINT_URL", "who runs this site", Reader.url, True, True)
    host: str = _setting("HOST", "address that the server listens on", Reader.text, "127.0.0.1")
    port: int = _setting("PORT", "port that the server listens on", Reader.number, 8000, 1, 65_535)
    web_concurrency: int = _setting("WEB_CONCURRENCY", "server processes", Reader.number, 1, 1, 256)
    web_threads: int = _setting("WEB_THREADS", "threads in each process", Reader.number, 32, 1, 1024)
    metrics_host: str = _setting("METRICS_HOST", "address of the metrics", Reader.text, "127.0.0.1")
    metrics_port: int = _setting("METRICS_PORT", "port of the metrics; 0: none", Reader.number, 0, 0, 65_535)
    log_format: str = _setting("LOG_FORMAT", "form of the log lines", Reader.choice, "text", "json")
    log_addresses: str = _setting("LOG_ADDRESSES", "whose addresses are logged", Reader.choice, "refused", "all", "off")
    log_level: str = _setting("LOG_LEVEL", "what is logged", Reader.choice, "info", "debug", "warning", "error")

    @property
    def issuer(self) -> str:
        return self.other_issuer or f"{self.auth_base_url}/as"

    @property
    def redirect_uri(self) -> str:
        return f"{self.public_url}/callback"

    @property
    def post_logout_redirect_uri(self) -> str:
        return f"{self.public_url}/signed-off"

    @property
    def login_page_url(self) -> str:
        return f"{self.public_url}/sign-on/page"

    @property
    def initiate_login_uri(self) -> str:
        return f"{self.public_url}/sign-on/initiate"

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https:")

    @property
    def path(self) -> str:
        """The path under which this application is, such as '/sign-on'; '' where it has a host to itself."""
        return urlsplit(self.public_url).path

    def cookie_name(self, name: str) -> str:
        """The name that a cookie of ours has in browsers.

        `__Host-` keeps a neighbouring subdomain from setting it; browsers accept that with https only, and with the
        path `/` only. So its name and not its path keeps it apart from those of another application on this host.
        """
        return ("__Host-" if self.secure_cookies else "") + ".".join([*self.path.split("/")[1:], name])

    @property
    def simulator_base(self) -> str:
        """Where the built-in simulator is mounted; '' without it."""
        return self.auth_base_url.removesuffix(f"/{self.environment_id}") if self.simulator else ""

    def rows(self) -> list[tuple[str, str, str, bool]]:
        """(variable, value, meaning, secret?) of every setting; the value of a secret is 'set' or 'not set'."""
        rows = []
        for name, of in ((known.name, known.metadata) for known in fields(self)):
            value = getattr(self, name)
            yes, no = ("set", "not set") if of["secret"] else ("on", "off")
            two_words = of["secret"] or isinstance(value, bool) or (name == "simulator" and not value)
            shown = (yes if value else no) if two_words else str(value)
            rows.append((of["variable"], shown, of["meaning"], of["secret"]))
        return rows

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str] | None = None,
        dotenv: Path | None = None,
        port: int | None = None,
        host: str | None = None,
    ) -> "Settings":
        """Read and check every setting; raises `SettingsInvalid` with all faults.

        `environ` stands in for the process environment; then no `.env` is read unless `dotenv` names one. `host` and
        `port` are what the command line says and win. On loopback a missing SECRET_KEY is made and kept.
        """
        if environ is None:
            environ, dotenv = os.environ, dotenv or PROJECT / ".env"
        # Without interpolation: a secret may hold a dollar sign.
        written = dotenv_values(dotenv, interpolate=False) if dotenv else {}
        # The environment wins also where one of the two says NAME and the other NAME_FILE.
        said = {name.removesuffix("_FILE") for name, value in environ.items() if value}
        written = {name: value for name, value in written.items() if name.removesuffix("_FILE") not in said}
        reader = Reader({name: value or "" for name, value in {**written, **environ}.items()})
        values = {known.name: known.metadata["read"](reader) for known in fields(cls)}
        values |= {"port": port or values["port"], "host": host or values["host"]}
        values["public_url"] = values["public_url"] or f"http://localhost:{values['port']}"
        choose_provider(values, reader)
        _hold_together(values, reader)
        if reader.faults:
            raise SettingsInvalid(reader.faults)
        try:
            values["secret_key"] = values["secret_key"] or kept_secret(Path(values["instance_path"]))
        except (OSError, ValueError) as failure:
            cannot = f"SECRET_KEY is not set, and a generated one cannot be stored in INSTANCE_PATH: {failure}"
            raise SettingsInvalid([cannot]) from failure
        return cls(**values)


def _hold_together(values: dict[str, Any], reader: Reader) -> None:
    """Complete the other settings and hold them against each other."""
    for switch in ("front_channel_sign_off", "back_channel_sign_off"):
        values[switch] = values[switch] == "on"
    values["secret_key_fallbacks"] = tuple(filter(None, re.split(r"[\s,]+", values["secret_key_fallbacks"])))
    # In one line of an environment file, a PEM writes its line ends as backslash and n.
    values["private_key"] = values["private_key"].replace("\\n", "\n")
    values["ca_bundle"] = bundle = values["ca_bundle"] or reader.text("REQUESTS_CA_BUNDLE")
    method, keys = values["token_auth_method"], (values["secret_key"], *values["secret_key_fallbacks"])
    names = ["client_secret"] + ["custom_client_secret"] * (values["custom_client_id"] != values["client_id"])
    missing = [f"PINGONE_{name.upper()}" for name in names if not values[name]]
    good = "`flask --app webapp secret` prints a good one"
    weak = any(key and not is_strong(key) for key in keys)
    wanted = "need 32 bytes, random and without a repeated pattern"
    reader.refuse(weak, f"SECRET_KEY and each of SECRET_KEY_FALLBACKS {wanted}: {good}")
    public = not is_loopback(values["public_url"])
    reader.refuse(public and not values["secret_key"], f"SECRET_KEY must be set, except on localhost: {good}")
    needs = f"PINGONE_TOKEN_AUTH_METHOD={method} needs "
    reader.refuse(method.startswith("client_secret") and missing, needs + " and ".join(missing))
    keyless = method == "private_key_jwt" and not is_private_key(values["private_key"])
    reader.refuse(keyless, f"{needs}PINGONE_PRIVATE_KEY, a private RSA key as PEM or JWK")
    without = "openid" not in values["scopes"].split()
    reader.refuse(without, "PINGONE_SCOPES must include openid: without it there is no ID token")
    lost = bundle and not is_ca_bundle(bundle)
    reader.refuse(lost, f"PINGONE_CA_BUNDLE (or REQUESTS_CA_BUNDLE) names no file of PEM certificates: {bundle!r}")
    bad_proxy = values["outbound_proxy"] and not is_proxy_url(values["outbound_proxy"])
    reader.refuse(bad_proxy, "OUTBOUND_PROXY must be like http://host:3128 or http://user:password@host:3128")
    own = not values["metrics_port"] or values["metrics_port"] != values["port"]
    reader.refuse(not own, "METRICS_PORT must be another port than PORT: metrics are not for everybody")
    fault = redis_fault(values["redis_url"]) if values["redis_url"] else ""
    reader.refuse(fault, fault)
