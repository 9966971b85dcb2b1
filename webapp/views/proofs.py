"""Why each rule of `/checks` is there: the attack that it stops, and the Foundation's modules that need it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Proof:
    """`attack` is the name of a recorded pair, or, with spaces in it, an attack in words that no pair shows."""

    attack: str
    modules: tuple[str, ...] = ()
    """Endings of names that begin with `oidcc-client-test`."""


_BACK = "-rp-backchannel-rpinitlogout"
PROOFS = {
    "issuer-of-metadata": Proof("foreign-metadata", ("-discovery-openid-config", "-discovery-issuer-mismatch")),
    "endpoints": Proof("foreign-token-endpoint", ("-discovery-jwks-uri-keys",)),
    "S256": Proof("stolen-code"),
    "once": Proof("Two values of one name: the check looks at the first, the next line uses the second."),
    "response-type": Proof("A token is pushed into the browser’s address, and believed.", ("",)),
    "state": Proof("someone-elses-answer"),
    "iss-of-answer": Proof("mixed-up"),
    "code-or-error": Proof("One part reads the answer as a refusal, another one as a success."),
    "code": Proof("A line break or an endless value ends up in a header or a log."),
    "resume-cookie": Proof("A flow id, read in an address, collects someone else’s code."),
    "resume-location": Proof("The answer to resume sends the code to another site."),
    "jws-form": Proof("A nested token is unpacked differently by two libraries."),
    "algorithm": Proof(
        "unsigned-token", ("-idtoken-sig-rs256", "-idtoken-sig-none", f"{_BACK}-alg-none", f"{_BACK}-wrong-alg")
    ),
    "typ": Proof("A logout token or an access token is put in the place of an ID token."),
    "crit": Proof("An extension changes what the signature covers."),
    "kid": Proof(
        "A token is tried with every key until one fits.", ("-kid-absent-single-jwks", "-kid-absent-multiple-jwks")
    ),
    "signature": Proof(
        "forged-token",
        ("-invalid-sig-rs256", "-signing-key-rotation", "-signing-key-rotation-just-before-signing"),
    ),
    "iss": Proof("foreign-issuer", ("-invalid-iss", "-refresh-token-invalid-issuer")),
    "aud": Proof("another-audience", ("-invalid-aud",)),
    "azp": Proof("A token is brought that was made at another application’s request."),
    "exp": Proof("old-token"),
    "nbf": Proof("A token that was made for later is used now."),
    "iat": Proof("A token is kept for weeks, because its end was set far ahead.", ("-missing-iat",)),
    "sub": Proof("same-email", ("-missing-sub", "-refresh-token-invalid-sub")),
    "nonce": Proof("captured-token", ("-nonce-invalid",)),
    "at_hash": Proof("swapped-access-token"),
    "c_hash": Proof("A code is put beside the ID token of another sign-on."),
    "auth_time": Proof("A sign-on of last week passes for the fresh one that was asked for."),
    "acr": Proof("A password passes for the second factor that was asked for."),
    "group": Proof("A claim that is a string contains the group’s name: former-members opens what is for members."),
    "step-up-acr": Proof("A weaker policy that happened to be fulfilled passes for the second factor."),
    "step-up-auth_time": Proof("A stolen session, hours old, moves the money."),
    "approval": Proof("Mallory approves with a factor of Mallory’s what Alice was asked."),
    "api-token": Proof("A token that another API was given is shown to this one."),
    "scope": Proof("A scope whose name begins like the wanted one is taken for it."),
    "userinfo-sub": Proof("other-userinfo", ("-userinfo-invalid-sub",)),
}


def proof_of(rule: str, stories: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the page shows of a rule's proof. `stories` are the recorded attacks by name."""
    proof = PROOFS[rule]
    story = stories.get(proof.attack)
    return {
        "name": story["name"] if story else "",
        "words": story["hook"] if story else proof.attack,
        "modules": [f"oidcc-client-test{ending}" for ending in proof.modules],
    }
