"""Which provider the settings mean: PingOne, another issuer, or the built-in simulator; and what follows from it."""

import re
from typing import Any

from config_reader import Reader, is_loopback

# Region -> top-level domain of auth.pingone.*: https://apidocs.pingidentity.com/pingone/platform/v1/api/
REGIONS = {"NA": "com", "CA": "ca", "EU": "eu", "AP": "asia", "AU": "com.au", "SG": "sg"}
# What the built-in simulator holds; it says the same at /simulator/about.json, and a test compares the two.
SIMULATOR_ENVIRONMENT_ID = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
SIMULATOR_CLIENT_ID = "d1b1a5cb-6c5f-4b3e-9a38-4a4b8a7a2f10"
SIMULATOR_CUSTOM_CLIENT_ID = "5f0c2d0e-93c1-4f39-8a77-2f2f7d0b6c11"
SIMULATOR_API_AUDIENCE = "https://orders.example.com"
LONGEST_VISIT = 60
"""Minutes that a session of a public demo may last: what strangers typed is kept for no longer than its story."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def choose_provider(values: dict[str, Any], reader: Reader) -> None:
    """Decide between the built-in simulator and PingOne, and complete what follows from it."""
    # PINGONE_TEST_* describe the tenant of the contract tests, not the one that users sign on with.
    given = [name for name in reader.environ if re.match("PINGONE_(?!TEST_)", name) and reader.environ[name].strip()]
    host = f"[{values['host']}]" if ":" in values["host"] else values["host"]
    here = is_loopback(values["public_url"]) and is_loopback(f"http://{host}")
    word, auto = values["simulator"], "on" if here and not given else "off"
    word = auto if word == "auto" else word
    # Its users and their password are published: whoever offers them to strangers has to mean it.
    exposed = word == "on" and not here
    reader.refuse(exposed, "SIMULATOR=on is for loopback HOST and PUBLIC_URL only: SIMULATOR=public is a public demo")
    values["simulator"] = "" if word == "off" else word
    if values["simulator"]:
        _use_simulator(values, reader)
    else:
        _use_pingone(values, reader, given)
    usual = "client_secret_basic" if values["client_secret"] else "none"
    values["token_auth_method"] = values["token_auth_method"] or usual
    if values["custom_client_id"] in ("", values["client_id"]):
        values |= {"custom_client_id": values["client_id"], "custom_client_secret": values["client_secret"]}


def _use_simulator(values: dict[str, Any], reader: Reader) -> None:
    elsewhere = values["auth_base_url"] or values["other_issuer"]
    tenant = elsewhere or values["environment_id"] not in ("", SIMULATOR_ENVIRONMENT_ID)
    reader.refuse(tenant, "SIMULATOR=on contradicts PINGONE_ENVIRONMENT_ID, PINGONE_AUTH_BASE_URL and PINGONE_ISSUER")
    several = values["web_concurrency"] > 1
    reader.refuse(several, "WEB_CONCURRENCY must be 1 with the built-in simulator, which lives in one process")
    site = values["public_url"]
    if is_loopback(site) and values["simulator"] == "on":
        # Cookies ignore ports: only another host name makes the simulator another site, as PingOne is.
        literal = "[::1]" if ":" in values["host"] else "127.0.0.1"  # The other address may have no listener.
        other = literal if re.match("https?://localhost", site) else "localhost"
        site = re.sub(r"^http://(\[.*\]|[^:]+)", f"http://{other}", site)
    values["environment_id"] = SIMULATOR_ENVIRONMENT_ID
    values["auth_base_url"] = f"{site}/simulator/{SIMULATOR_ENVIRONMENT_ID}"
    values["api_url"] = values["api_url"] or f"{site}/api"
    values["api_audience"] = values["api_audience"] or SIMULATOR_API_AUDIENCE
    if values["simulator"] == "public":
        values["session_minutes"] = min(values["session_minutes"], LONGEST_VISIT)
    if not values["client_id"]:
        values["client_id"] = SIMULATOR_CLIENT_ID
        values["custom_client_id"] = values["custom_client_id"] or SIMULATOR_CUSTOM_CLIENT_ID


def _use_pingone(values: dict[str, Any], reader: Reader, given: list[str]) -> None:
    base, environment_id, client_id = (values[name] for name in ("auth_base_url", "environment_id", "client_id"))
    if issuer := values["other_issuer"]:
        both = base or environment_id
        reader.refuse(both, "PINGONE_ISSUER replaces PINGONE_ENVIRONMENT_ID and PINGONE_AUTH_BASE_URL: choose one")
        base = values["auth_base_url"] = issuer.removesuffix("/")
    needed = {"PINGONE_ENVIRONMENT_ID": base or environment_id, "PINGONE_CLIENT_ID": client_id}
    missing = " and ".join(name for name, value in needed.items() if not value)
    without = "without PingOne, say SIMULATOR=on on loopback or SIMULATOR=public for a demo for strangers"
    found = f"only {', '.join(sorted(given))} is set" if given else without
    reader.refuse(missing, f"{missing} must be set: {found}")
    strange = environment_id and not _UUID.fullmatch(environment_id)
    reader.refuse(strange, f"PINGONE_ENVIRONMENT_ID must be a UUID, not {environment_id!r}")
    ended = base.endswith("/as") and not issuer
    reader.refuse(ended, "PINGONE_AUTH_BASE_URL must end before /as, which is appended to it")
    if not base:
        values["auth_base_url"] = f"https://auth.pingone.{REGIONS[values['region']]}/{environment_id}"
        strange = client_id and not _UUID.fullmatch(client_id)
        reader.refuse(strange, f"PINGONE_CLIENT_ID must be a UUID, not {client_id!r}")
    elif _UUID.fullmatch(last := base.rpartition("/")[2]):
        # A base with the environment in it says all; a custom domain has none.
        values["environment_id"] = environment_id or last
        differ = environment_id.lower() not in ("", last.lower())
        reader.refuse(differ, "PINGONE_ENVIRONMENT_ID and the end of PINGONE_AUTH_BASE_URL differ")
