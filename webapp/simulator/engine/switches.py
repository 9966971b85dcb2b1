"""How the environment behaves where PingOne changes with time or setting, or where what is known of it is in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Switch:
    """``readings``: value -> what it means; the first is what a new environment does."""

    name: str
    title: str
    readings: Mapping[str, str]


CATALOGUE: tuple[Switch, ...] = (
    Switch("era", "The rules in force", {
        "today": "Applications may keep older settings: refresh tokens as JWTs, the default signing key.",
        "2027": "From 2 March 2027: refresh tokens are opaque, every key belongs to a rotation policy, access tokens "
                "have the type at+jwt.",
    }),
    Switch("sign_off", "Cross-protocol sign-off", {
        "one": "Sign-off ends the session and calls nobody.",
        "all": "Sign-off calls the front-channel URI of every application of the session.",
    }),
    Switch("sign_off_uris", "Where sign-off may lead", {
        "application": "To the post-logout URIs of the application.",
        "environment": "To the list of the environment, for all applications.",
    }),
    Switch("accept", "A narrow Accept header", {
        "any": "Any Accept header is fine, as for Ping's JavaScript client.",
        "narrow_refused": "Accept: application/json alone is answered 406, as comments in Ping's samples say.",
    }),
    Switch("flow_id", "The id of a flow", {
        "kept": "A flow keeps its id.",
        "changed": "An action may answer with another id, as comments in Ping's samples say.",
    }),
)
BY_NAME = {switch.name: switch for switch in CATALOGUE}


class Switches:
    """The reading of each switch."""

    def __init__(self) -> None:
        self._chosen = {switch.name: next(iter(switch.readings)) for switch in CATALOGUE}

    def __getitem__(self, name: str) -> str:
        return self._chosen[name]

    def choose(self, name: str, reading: str) -> None:
        """Choose a reading. Raises KeyError for an unknown switch or reading."""
        if reading not in BY_NAME[name].readings:
            raise KeyError(reading)
        self._chosen[name] = reading

    def clear(self) -> None:
        """Everything as in a new environment."""
        self.__init__()  # type: ignore[misc]  # what a new one does is written there once

    def to_json(self) -> dict[str, str]:
        """Switch -> reading."""
        return dict(self._chosen)

    @property
    def after_march_2027(self) -> bool:
        return self["era"] == "2027"
