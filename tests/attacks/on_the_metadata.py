"""Attacks on the metadata and on the calls between the servers."""

from tests.attacks.attack import Script, Seen, signed_on
from tests.attacks.on_the_tokens import ALICE
from tests.attacks.stage import SECRET, Stage
from tests.support import provider_faults

EVIL = "https://mallory.example"
ONCE = "For a moment I can answer in PingOne’s place: a wrong entry in DNS, a proxy, a cache that I have filled."


def _collected(stage: Stage) -> Seen:
    calls = [call.params for call in stage.cast.ledger.of("canary")]
    got = any("code" in each and each.get("client_secret") == SECRET for each in calls)
    found = "received Alice’s code and the application’s secret" if got else "received nothing"
    return Seen(got, f"Mallory’s server {found}.")


def foreign_token_endpoint(stage: Stage) -> Seen:
    """One address in the metadata is Mallory's."""
    stage.cast.tamper("discovery", token_endpoint=stage.cast.canary)
    stage.sign_on(stage.alice)
    return _collected(stage)


def redirected_token_call(stage: Stage) -> Seen:
    """The token endpoint says: elsewhere, please."""
    stage.cast.faults["token"] = provider_faults.redirect(stage.cast.canary)
    stage.sign_on(stage.alice)
    return _collected(stage)


def foreign_metadata(stage: Stage) -> Seen:
    """The whole document is another issuer's."""
    stage.cast.tamper("discovery", issuer=f"{EVIL}/as")
    stage.cast.tamper("id_token", iss=f"{EVIL}/as", **ALICE)
    stage.sign_on(stage.mallory)
    return signed_on(stage, "mallory", "alice")


def hostile_sign_off(stage: Stage) -> Seen:
    """Sign-off leads to Mallory, with the ID token in the address."""
    stage.cast.tamper("discovery", end_session_endpoint=f"{EVIL}/bye")
    stage.sign_on(stage.alice)
    stage.sign_off(stage.alice)
    got = any(url.startswith(f"{EVIL}/bye?") and "id_token_hint=ey" in url for url in stage.alice.visited)
    return Seen(got, f"Mallory’s server {'received Alice’s ID token' if got else 'received nothing'}.")


SCRIPTS: dict[str, Script] = {
    "foreign-token-endpoint": foreign_token_endpoint,
    "redirected-token-call": redirected_token_call,
    "foreign-metadata": foreign_metadata,
    "hostile-sign-off": hostile_sign_off,
}
