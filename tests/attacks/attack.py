"""What a run of an attack shows. The stories are in `stories.toml`, the scripts of the same names in `on_the_*.py`."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.attacks.stage import Stage


@dataclass(frozen=True)
class Seen:
    """How a run ended: whether the attacker got what she wanted, and what was seen, in words."""

    harmed: bool
    words: str


Script = Callable[[Stage], Seen]


def signed_on(stage: Stage, browser: str, as_whom: str) -> Seen:
    """Judge by whom the application takes a browser for."""
    who = stage.who(getattr(stage, browser))
    found = f"signed on as {who.title()}" if who else "not signed on"
    return Seen(who == as_whom, f"{browser.title()}’s browser is {found}.")
