"""Attacks on the way back: the answer that the browser brings to the redirect URI."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.attacks.attack import Script, Seen, signed_on
from tests.attacks.stage import Stage

EVIL = "https://mallory.example/"


def someone_elses_answer(stage: Stage) -> Seen:
    """Mallory's own answer, as a link for Alice."""
    link = stage.answer_for(stage.mallory)
    stage.alice.visit(link, EVIL)
    return signed_on(stage, "alice", "mallory")


def stolen_code(stage: Stage) -> Seen:
    """Alice's code in Mallory's answer."""
    alices = dict(parse_qsl(urlsplit(stage.answer_for(stage.alice)).query))
    target, _, query = stage.answer_for(stage.mallory).partition("?")
    mixed = dict(parse_qsl(query)) | {"code": alices["code"]}
    stage.mallory.visit(f"{target}?{urlencode(mixed)}", stage.url)
    return signed_on(stage, "mallory", "alice")


def words_of_an_error(stage: Stage) -> Seen:
    """A script where PingOne's explanation would be."""
    script = "<script>send(document.cookie)</script>"
    query = urlencode({"error": "access_denied", "error_description": f"Signed out. {script}"})
    page = stage.alice.visit(f"{stage.callback}?{query}", EVIL)
    runs = script in page.text
    return Seen(runs, f"The page {'contains' if runs else 'does not contain'} Mallory’s script.")


def mixed_up(stage: Stage) -> Seen:
    """Mallory runs one of two providers, and passes the visitor on to the other."""
    cast, partner = stage.cast, stage.partner
    if partner is None:
        cast.tamper("response", iss=f"{EVIL}as")
        stage.alice.visit(stage.start(), stage.url)
        calls = cast.ledger.count("token")
        return Seen(calls > 0, f"The code was sent to {calls} token endpoints.")
    cast.sends_iss = True

    def pass_on(answer: str) -> str:
        asked = partner.ledger.of("authorize")[-1].params
        kept = {name: asked[name] for name in ("client_id", "redirect_uri", "response_type", "scope", "state")}
        return f"{cast.url('authorize')}?{urlencode(kept)}"

    partner.relocate = pass_on
    stage.alice.visit(stage.start(idp="partner"), stage.url)
    codes = [call.params.get("code", "") for call in partner.ledger.of("token")]
    got = any(code in cast._answers.codes for code in codes)
    return Seen(got, f"Mallory’s token endpoint {'received' if got else 'did not receive'} Alice’s code of PingOne.")


SCRIPTS: dict[str, Script] = {
    "someone-elses-answer": someone_elses_answer,
    "stolen-code": stolen_code,
    "words-of-an-error": words_of_an_error,
    "mixed-up": mixed_up,
}
