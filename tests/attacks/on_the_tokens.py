"""Attacks on the tokens: what PingOne's answer holds when somebody has put something else in its place."""

import time
from collections.abc import Callable

from tests.attacks.attack import Script, Seen, signed_on
from tests.attacks.stage import EMAILS, SUBJECTS, Stage
from tests.support.provider import DELETE
from tests.support.provider_keys import key

ALICE = {"sub": SUBJECTS["alice"], "email": EMAILS["alice"]}


def lying(poison: Callable[[Stage], object] = lambda _: None, **claims: object) -> Script:
    """Mallory signs on, and gets an ID token about Alice with one thing wrong."""

    def script(stage: Stage) -> Seen:
        stage.cast.tamper("id_token", **{**ALICE, **claims})
        poison(stage)
        stage.sign_on(stage.mallory)
        return signed_on(stage, "mallory", "alice")

    return script


def captured_token(stage: Stage) -> Seen:
    """Alice's genuine ID token of another sign-on in the answer to Mallory's."""
    tokens: list[str] = []

    def noted(token: str) -> str:
        tokens.append(token)
        return token

    stage.cast.finished_id_token = noted
    stage.sign_on(stage.alice)
    stage.cast.finished_id_token = lambda _: tokens[0]
    stage.sign_on(stage.mallory)
    return signed_on(stage, "mallory", "alice")


def _forged(stage: Stage) -> None:
    stage.cast.keys = [key("first").public()]
    stage.cast.signing_key = key("mallory")
    stage.cast.tamper("id_token_header", kid=key("first").kid)


def _unsigned(stage: Stage) -> None:
    stage.cast.sign = "none"
    stage.cast.tamper("id_token", at_hash=DELETE)  # Without an algorithm there is no hash for it.
    stage.cast.tamper("discovery", id_token_signing_alg_values_supported=["RS256", "none"])


def _two_audiences(stage: Stage) -> None:
    client = stage.cast.client.client_id
    stage.cast.tamper("id_token", aud=[client, "the-lunch-menu"], azp=client)


def swapped_access_token(stage: Stage) -> Seen:
    """Alice's access token beside Mallory's ID token."""
    stage.sign_on(stage.alice)
    alices = list(stage.cast._answers.access_tokens)[-1]
    stage.cast.tamper("token", access_token=alices)
    stage.sign_on(stage.mallory)
    shown = EMAILS["alice"] in stage.profile(stage.mallory).text
    return Seen(shown, f"Mallory’s page shows {'Alice’s profile' if shown else 'nothing of Alice’s'}.")


def other_userinfo(stage: Stage) -> Seen:
    """Userinfo about Alice for a session of Mallory's."""
    stage.sign_on(stage.mallory)
    stage.cast.tamper("userinfo", **ALICE)
    stage.profile(stage.mallory)
    return signed_on(stage, "mallory", "alice")


def same_email(stage: Stage) -> Seen:
    """Mallory enters Alice's e-mail address in her own profile at PingOne."""
    stage.cast.emails["mallory"] = EMAILS["alice"]
    stage.sign_on(stage.mallory)
    return signed_on(stage, "mallory", "alice")


SCRIPTS: dict[str, Script] = {
    "captured-token": captured_token,
    "forged-token": lying(_forged),
    "unsigned-token": lying(_unsigned),
    "foreign-issuer": lying(iss="https://auth.pingone.eu/mallory/as"),
    "another-audience": lying(aud="the-lunch-menu"),
    "second-audience": lying(_two_audiences),
    "old-token": lying(exp=lambda _: int(time.time()) - 30 * 86_400),
    "other-userinfo": other_userinfo,
    "swapped-access-token": swapped_access_token,
    "same-email": same_email,
}
