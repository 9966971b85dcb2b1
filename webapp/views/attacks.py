"""The recorded attacks: each against a naive twin and against this application, as short stories.

`webapp/attacks.json` is written by running them (`python -m tests.attacks.record`); nothing is made up for the page.
"""

import json
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, render_template

from .context import services
from .excerpts import Excerpt, of_check, with_piece
from .rules import RULES

pages = Blueprint("attacks", __name__)
RECORDS = Path(__file__).parents[1] / "attacks.json"
FIRST = ("someone-elses-answer", "leads-elsewhere", "copied-cookie", "forged-token", "same-email")
"""The five to begin with: they need no word of the protocol."""


@lru_cache(maxsize=1)
def recorded() -> dict[str, dict[str, Any]]:
    """Return the records by name, in their order."""
    records: list[dict[str, Any]] = json.loads(RECORDS.read_text(encoding="utf-8"))
    return {record["name"]: record for record in records}


def stopper(record: dict[str, Any]) -> Excerpt | None:
    """Return the lines of this application that stop an attack."""
    here = record["here"]
    return with_piece(here["place"]) if here["place"] else of_check(here["check"])


@pages.get("/attacks")
def index() -> str:
    """All attacks, the five to begin with first."""
    records = recorded()
    others = [record for record in records.values() if record["name"] not in FIRST]
    groups = [(title, list(each)) for title, each in groupby(others, key=lambda record: str(record["group"]))]
    return render_template("attacks.html", first=[records[name] for name in FIRST], groups=groups, count=len(records))


@pages.get("/attacks/<name>")
def show(name: str) -> str:
    """One attack: both views, what it got at the twin, and what stopped it here."""
    records = recorded()
    if name not in records:
        abort(404)
    names = list(records)
    record, after = records[name], names[(names.index(name) + 1) % len(names)]
    return render_template(
        "attack.html",
        attack=record,
        excerpt=stopper(record),
        trial=services().faults.get(record["fault"], ""),
        after=records[after],
        rule=next((rule for rule in RULES if rule.attack == name), None),
    )
