"""Attacks on what comes before and after: where a sign-on leads, whose session it is, and when it ends."""

import base64
import json
import zlib

from tests.attacks.attack import Script, Seen, signed_on
from tests.attacks.stage import EMAILS, Stage
from tests.support.web import WebBrowser

EVIL = "https://mallory.example/"


def fixed_session(stage: Stage) -> Seen:
    """Alice signs on with a session id that Mallory chose."""
    stage.mallory.stop_at = stage.cast.server.origin
    stage.mallory.visit(stage.start(), stage.url)
    stage.mallory.stop_at = ""
    for name, cookie in stage.mallory.cookies.get("localhost", {}).items():
        stage.alice.plant("localhost", name, cookie.value)
    stage.sign_on(stage.alice)
    return signed_on(stage, "mallory", "alice")


def copied_cookie(stage: Stage) -> Seen:
    """The cookie is copied, then Alice signs off."""
    stage.sign_on(stage.alice)
    copy = stage.alice.stolen()
    stage.sign_off(stage.alice)
    who = stage.who(copy)
    return Seen(who == "alice", f"After sign-off the copied cookie opens {'Alice’s session' if who else 'nothing'}.")


def readable_cookie(stage: Stage) -> Seen:
    """What does the cookie say to somebody who has no key?"""
    stage.sign_on(stage.alice)
    shown = [read for cookie in stage.alice.cookies["localhost"].values() if (read := _opened(cookie.value))]
    tokens = [each["access_token"] for each in shown if "access_token" in each]
    answered = [WebBrowser().visit(stage.cast.url("userinfo"), Authorization=f"Bearer {each}") for each in tokens]
    got = any(EMAILS["alice"] in page.text for page in answered)
    found = "PingOne shows her Alice’s profile" if got else "it says nothing to her"
    return Seen(got, f"Mallory reads the cookie, and {found}.")


def _opened(value: str) -> dict[str, str]:
    """The content of a cookie that is signed and not encrypted."""
    packed, text = value.startswith("."), value.lstrip(".").partition(".")[0]
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        found = json.loads(zlib.decompress(data) if packed else data)
    except (ValueError, zlib.error):
        return {}
    return found if isinstance(found, dict) else {}


def next_day(stage: Stage) -> Seen:
    """Alice closes the browser, somebody opens it again."""
    stage.sign_on(stage.alice)
    stage.alice.restart()
    who = stage.who(stage.alice)
    return Seen(
        who == "alice", f"The next day the browser is {'still signed on as Alice' if who else 'not signed on'}."
    )


def elsewhere(target: str) -> Script:
    """Sign-on through a link that says where to go afterwards."""

    def script(stage: Stage) -> Seen:
        page = stage.alice.visit(stage.start(target), EVIL)
        end = page.trail[-1]
        away = "mallory.example" in end.split("/")[2]
        return Seen(away, f"After sign-on Alice is at {'mallory.example' if away else 'this application'}.")

    return script


def unwanted_sign_off(stage: Stage) -> Seen:
    """Another site's page sends the browser to the sign-off address, by link and by form."""
    stage.sign_on(stage.alice)
    stage.alice.visit(stage.sign_off_address, EVIL)
    stage.alice.submit(stage.sign_off_address, {}, EVIL)
    who = stage.who(stage.alice)
    return Seen(not who, f"Alice’s browser is {'still signed on' if who else 'signed off'}.")


SCRIPTS: dict[str, Script] = {
    "fixed-session": fixed_session,
    "copied-cookie": copied_cookie,
    "readable-cookie": readable_cookie,
    "next-day": next_day,
    "leads-elsewhere": elsewhere("https://mallory.example/sign-on"),
    "looks-local": elsewhere("//mallory.example/sign-on"),
    "unwanted-sign-off": unwanted_sign_off,
}
