"""Runs every attack against its twin and against this application, and records what was seen.

    python -m tests.attacks.record        writes webapp/attacks.json and docs/attacks.md

A pair whose twin is not harmed is none: the run ends with its name. So it does when ours is.
"""

import json
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.attacks import on_the_answer, on_the_metadata, on_the_session, on_the_tokens
from tests.attacks.stage import staged

HERE = Path(__file__).parent
FILE = HERE.parents[1] / "webapp" / "attacks.json"
DOCUMENT = HERE.parents[1] / "docs" / "attacks.md"
STORIES: dict[str, dict[str, Any]] = tomllib.loads((HERE / "stories.toml").read_text(encoding="utf-8"))
GROUPS = {
    "On the way back": on_the_answer.SCRIPTS,
    "In the tokens": on_the_tokens.SCRIPTS,
    "Between the servers": on_the_metadata.SCRIPTS,
    "Before and after": on_the_session.SCRIPTS,
}
SCRIPTS = {name: script for scripts in GROUPS.values() for name, script in scripts.items()}
TWINS = {
    "quickstart": "Authlib’s Flask quickstart with Flask-Session",
    "bare": "requests, and a token that is decoded and not verified",
}


def run(name: str, folder: Path) -> dict[str, Any]:
    """Return the record of one attack: its story, and what was seen at the twin and here."""
    story, script = STORIES[name], SCRIPTS[name]
    with staged(story["twin"], folder / "twin") as stage:
        there = script(stage)
    with staged("ours", folder / "ours") as stage:
        here = script(stage)
        refused = [page for page in stage.pages if page.error_code]
        # Where a check failed, that was it; what came after, without a session, was refused for want of one.
        refusal = next((page for page in refused if page.failed_check), refused[-1] if refused else None)
    return {
        "name": name,
        "group": next(title for title, scripts in GROUPS.items() if name in scripts),
        **{key: story[key] for key in ("title", "hook", "mallory", "alice")},
        "twin": {
            "name": story["twin"],
            "is": TWINS[story["twin"]],
            "line": _line(name, story),
            "harmed": there.harmed,
            "seen": there.words,
        },
        "here": {
            "harmed": here.harmed,
            "seen": here.words,
            "stopped": story["stopped"],
            "status": refusal.status if refusal else 0,
            "code": refusal.error_code if refusal else "",
            "check": refusal.failed_check if refusal else "",
            "place": story.get("place", ""),
        },
        "fault": story.get("fault", ""),
    }


def _line(name: str, story: dict[str, Any]) -> str:
    """The twin's line that lets Mallory in, whole."""
    source = (HERE / "twins" / f"{story['twin']}.py").read_text(encoding="utf-8")
    lines = [line.strip() for line in source.splitlines() if story["mistake"] in line]
    if not lines:
        raise LookupError(f"{name}: the twin has no line with {story['mistake']!r}")
    return lines[0]


def text(records: list[dict[str, Any]]) -> str:
    """webapp/attacks.json."""
    return json.dumps(records, indent=1, ensure_ascii=False) + "\n"


def document(records: list[dict[str, Any]]) -> str:
    """docs/attacks.md."""
    head = (HERE / "head.md").read_text(encoding="utf-8")
    return head + "".join(f"{row(each)}\n" for each in records)


def row(record: dict[str, Any]) -> str:
    """One line of the table."""
    here, twin = record["here"], record["twin"]
    refusal = f" `{here['code']}`" if here["code"] else ""
    name = f"{record['title']} (`{record['name']}`)"
    return f"| {name} | {twin['name']} | {twin['seen']} | {here['seen']}{refusal} |"


def main() -> int:
    """Write both files; 1 when an attack did not end as a pair must."""
    records = []
    for name in SCRIPTS:
        with TemporaryDirectory() as folder:
            records.append(run(name, Path(folder)))
    wrong = [each["name"] for each in records if not each["twin"]["harmed"] or each["here"]["harmed"]]
    FILE.write_text(text(records), encoding="utf-8")
    DOCUMENT.write_text(document(records), encoding="utf-8")
    sys.stdout.write(f"no pairs: {wrong}\n" if wrong else f"{len(records)} pairs recorded\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
