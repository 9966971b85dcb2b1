"""PKCE proven on the values of one sign-on: where challenge and verifier travelled, and that one is the other's hash.

Nobody has to be shown the verifier for that. The tag of a masked value is the beginning of its SHA-256, and the
challenge is the same hash in base64url: the first three bytes of both must be equal.
https://www.rfc-editor.org/rfc/rfc7636#section-4.2
"""

import base64
import re
from collections.abc import Sequence
from typing import Any

from ..oidc.pkce import challenge as challenge_of
from ..trace.mask import mask
from ..trace.render import Card
from .token_page import command

_CHALLENGE = re.compile(r"""code_challenge(?:=|": ?")([\w-]{43})""", re.ASCII)
_VERIFIER = re.compile(r"‹code_verifier · \d+ chars · #([0-9a-f]{6})›")


def proof(cards: Sequence[Card], verifier: str, reveal: bool) -> dict[str, Any] | None:
    """Return what the story shows of PKCE; None before the code was exchanged, when there is nothing to prove yet.

    `verifier` is empty where this visitor's session does not hold it; it is shown only with `reveal`.
    """
    sent = next(((card, found) for card in cards if (found := _CHALLENGE.search(_sent(card)))), None)
    spent = next(((card, found) for card in cards if (found := _VERIFIER.search(card.request))), None)
    if sent is None or spent is None:
        return None
    challenge, tag = sent[1][1], spent[1][1]
    hashed = base64.urlsafe_b64decode(f"{challenge}=").hex()
    if verifier and mask("code_verifier", verifier) != spent[1][0]:
        verifier = ""  # Of another sign-on of this session's owner.
    return {
        "challenge": challenge,
        "challenge_step": sent[0],
        "verifier": spent[1][0],
        "verifier_step": spent[0],
        "tag": tag,
        "hash": hashed,
        "fits": hashed.startswith(tag) and (not verifier or challenge_of(verifier) == challenge),
        "held": bool(verifier),
        "revealed": verifier if reveal else "",
        "command": command(f"'{verifier}'" if reveal and verifier else '"$CODE_VERIFIER"'),
    }


def _sent(card: Card) -> str:
    return "\n".join([card.request, *(token.text for token in card.tokens)])
