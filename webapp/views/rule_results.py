"""What this visitor's stories say about each rule, and the fault that breaks it."""

from typing import Any

from ..trace.render import Card, present
from .attacks import recorded
from .context import services
from .rules import RULES, Rule
from .source_code import sources_of_rules
from .stories import own_stories
from .trials import BY_RULE


def checked_rules() -> list[dict[str, Any]]:
    """Return each rule with its last result for this visitor and the simulator's fault that breaks it."""
    results = _last_results()
    known = services().faults
    return [
        {
            **vars(rule),
            "last": results.get(rule.id),
            "proof": _proof(rule),
            "code": sources_of_rules()[rule.id],
            "trial": BY_RULE[rule.id].title if known and rule.id in BY_RULE else known.get(rule.fault, ""),
            "by_rule": rule.id in BY_RULE,
        }
        for rule in RULES
    ]


def _proof(rule: Rule) -> dict[str, Any]:
    """Return what the page shows of the attack that a rule stops, recorded or in words."""
    story = recorded().get(rule.attack)
    return {
        "name": story["name"] if story else "",
        "words": story["hook"] if story else rule.attack,
        "modules": [f"oidcc-client-test{ending}" for ending in rule.modules],
    }


def _last_results() -> dict[str, dict[str, Any]]:
    """Return the newest result of each rule in this visitor's stories."""
    results = {}
    for story in own_stories():
        for card in present(story).cards:
            for rule in RULES:
                result = _result(rule, card)
                if result is not None:
                    results[rule.id] = {**result, "at": card.started, "trace": story["id"], "anchor": card.anchor}
    return results


def _result(rule: Rule, card: Card) -> dict[str, Any] | None:
    """Return what a step of a story says about a rule, None when it says nothing."""
    for check in card.checks:  # A check that failed comes first.
        if check["name"] in rule.names and rule.told_by in check["source"]:
            return {"passed": check["passed"], "actual": check["actual"]}
    passed = {card.name, *(check["name"] for check in card.checks if check["passed"])}
    return None if passed.isdisjoint(rule.reached) else {"passed": True, "actual": ""}
