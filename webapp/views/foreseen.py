"""What PingOne and we will do about an authorization request; and requests that go wrong on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

RFC_7636_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""Of appendix B: the challenge of a verifier that is not ours."""
SCOPES = {"openid", "profile", "email", "address", "phone", "p1:read:user", "orders:read"}
"""Those that the simulator’s applications may ask for."""
PLAIN = "This application wants PKCE with S256: PingOne refuses the request. A missing method means plain."


@dataclass(frozen=True)
class Preset:
    """A request that breaks something: the parameters that are set, and those that are left out."""

    name: str
    sets: Mapping[str, str]
    leaves_out: tuple[str, ...] = ()


PRESETS = (
    Preset("No state", {}, ("state",)),
    Preset("No PKCE", {}, ("code_challenge", "code_challenge_method")),
    Preset("PKCE by plain", {"code_challenge_method": "plain"}),
    Preset("Someone else’s challenge", {"code_challenge": RFC_7636_CHALLENGE}),
    Preset("No nonce", {}, ("nonce",)),
    Preset("Wrong redirect URI", {"redirect_uri": "http://localhost:1/callback"}),
    Preset("No openid scope", {"scope": "profile email"}),
    Preset("Unknown policy", {"acr_values": "No_Such_Policy"}),
    Preset("Tokens instead of a code", {"response_type": "token id_token"}),
)


@dataclass(frozen=True)
class Foreseen:
    """`code` is the refusal that it ends in; empty where a user is signed on, or nothing comes back to us."""

    pingone: str
    ours: str
    code: str = ""


ASKS = {
    "hosted": "PingOne sends the browser to its own sign-on page, and back to us with a code.",
    "redirectless": "PingOne answers our server with a flow in JSON, and our form asks for the password.",
    "custom": "PingOne sends the browser to our page with a flow, and our form asks for the password.",
}
SIGNS_ON = Foreseen("", "We check the answer, redeem the code with the verifier, check the ID token, and sign you on.")
SHOWN = Foreseen(
    "PingOne shows the error on a page of its own. Where the redirect would lead cannot be trusted, so we learn "
    "nothing.",
    "Nothing. The way back is at the top of that page.",
)
NOT_SENT_BACK = Foreseen(
    "PingOne answers our server with a redirect to an error page of its own, instead of a flow.",
    "We follow no redirect. We read why from its address, and end the sign-on.",
    "refused",
)


def foresee(mode: str, asked: Mapping[str, str], changes: Mapping[str, str]) -> Foreseen:
    """Return what becomes of a request: `asked` are its parameters, `changes` those that differ from what we send.

    In the order in which PingOne looks: where an answer could go, the request, its scopes; then we look at the answer.
    """
    if "client_id" in changes or ("redirect_uri" in changes and (mode != "redirectless" or changes["redirect_uri"])):
        return NOT_SENT_BACK if mode == "redirectless" else SHOWN
    refused = _refused(asked, changes)
    if refused and "state" in changes and mode != "redirectless":
        return replace(_ours(mode, asked, {"state": changes["state"]}), pingone=refused)
    if refused:
        return Foreseen(refused, "We show PingOne’s words. Nobody is signed on.", "refused")
    return _ours(mode, asked, changes)


def _refused(asked: Mapping[str, str], changes: Mapping[str, str]) -> str:
    """What PingOne says to a request that it refuses; empty for one that it accepts."""
    if "response_type" in changes:
        return "The application is registered for response_type=code alone: PingOne refuses the request."
    if not asked.get("code_challenge"):
        return "This application must use PKCE: PingOne refuses the request."
    if asked.get("code_challenge_method") != "S256":
        return PLAIN
    if len(asked["code_challenge"]) < 43 and "code_challenge" in changes:
        return "A challenge has 43 to 128 characters: PingOne refuses the request."
    if "scope" in changes and SCOPES.isdisjoint(asked.get("scope", "").split()):
        return "No scope is left to grant: PingOne refuses the request."
    if "acr_values" in changes or "No_Such_Policy" in asked.get("acr_values", ""):
        return "The application has no sign-on policy of that name: PingOne refuses the request."
    if "prompt" in changes or "max_age" in changes:
        return "The value is none that PingOne knows: it refuses the request."
    return ""


def _ours(mode: str, asked: Mapping[str, str], changes: Mapping[str, str]) -> Foreseen:
    """What we find wrong with the answer to a request that PingOne accepts."""
    asks = ASKS[mode]
    if asked.get("response_mode") == "form_post" and "response_mode" in changes:
        return Foreseen(asks, "The answer is posted, and our callback accepts no POST.", "method_not_allowed")
    if asked.get("response_mode") == "fragment":
        ours = "No server ever gets what is behind a #: an answer without anything in it is refused."
        return Foreseen(asks, ours, "state_mismatch")
    if "redirect_uri" in changes:
        ours = "We redeem the code with our redirect URI, and the request had none: PingOne refuses to exchange it."
        return Foreseen(asks, ours, "token_refused")
    if "state" in changes:
        if mode == "redirectless" and not changes["state"]:
            ours = "Our server made the request and got the answer itself, so no browser can have slipped one in."
            return Foreseen(asks, f"{ours} We sign you on.")
        if changes["state"] and mode != "redirectless":
            ours = "The answer names a sign-on that this browser did not begin: we refuse it."
            return Foreseen(asks, ours, "sign_on_other_browser")
        lacks = "has no state" if not changes["state"] else "has another state than the sign-on"
        return Foreseen(asks, f"The answer {lacks}: we refuse it, and its code is not redeemed.", "state_mismatch")
    if "code_challenge" in changes:
        ours = "Our verifier does not belong to that challenge: PingOne refuses to exchange the code."
        return Foreseen(asks, ours, "token_refused")
    if "openid" not in asked.get("scope", "").split():
        return Foreseen(asks, "Without openid there is no ID token: nobody is signed on.", "provider_error")
    if "nonce" in changes:
        return Foreseen(asks, "The nonce of the ID token is not the one we keep: we refuse it.", "id_token_claim")
    if asked.get("prompt") == "none":
        asks = "PingOne asks nothing: it answers with a code if this browser has a session there, else login_required."
        return Foreseen(asks, "We sign you on, or say that nobody was signed on.")
    return Foreseen(asks, SIGNS_ON.ours)
