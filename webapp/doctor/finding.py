"""What the doctor says about one thing that it looked at."""

from dataclasses import dataclass

from ..oidc.errors import Said


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `console_field` is where to change it if it is not `ok`."""

    ok: bool
    title: str
    detail: str
    console_field: str = ""


def words(said: Said) -> str:
    """PingOne's own words, marked as such."""
    return f"PingOne says {said.error}: {said.description}" if said.description else f"PingOne says {said.error}."
