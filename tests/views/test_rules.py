"""The page of checks is whole: whatever a sign-on compares has its rule there."""

import ast
import re
from collections.abc import Iterator

from config import PROJECT
from tests.support.overheard import Reader
from webapp.oidc.provider import OPTIONAL, REQUIRED
from webapp.views.rules import RULES

SOURCES = [*PROJECT.glob("webapp/oidc/*.py"), *PROJECT.glob("webapp/pingone/*.py"), *PROJECT.glob("webapp/*.py")]
OTHERWISE = {"at_hash", "c_hash", *REQUIRED, *OPTIONAL}
"""Names that the code takes from a table."""


def checks_made() -> Iterator[str]:
    """The name in each call that makes a check or requires one, but in those of PingOne's own sign-off tokens."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and path.name != "logout_token.py":
                maker = getattr(node.func, "id", getattr(node.func, "attr", ""))
                named = node.args[2] if len(node.args) > 5 else node.args[0]
                if maker in ("Check", "_require") and isinstance(named, ast.Constant):
                    yield str(named.value)


def test_every_check_has_a_rule() -> None:
    """A check that nobody finds on the page cannot be copied."""
    named = {name for rule in RULES for name in rule.names}
    made = set(checks_made())
    assert {"state", "JWS form", "crit", "c_hash", "jwks_uri", "parameters"} <= made | OTHERWISE
    assert set() == (made | OTHERWISE) - named


def test_no_two_rules_are_about_one_check() -> None:
    """A name that two rules share is told apart by the document that its check names."""
    known = [(name, rule.told_by) for rule in RULES for name in rule.names]
    assert len(known) == len(set(known))
    assert {"iss"} == {name for name, told_by in known if told_by}


def test_the_code_of_every_rule_is_on_the_page_once(reader: Reader) -> None:
    """With the line of the check marked; rules of one function lead to the one that shows it."""
    page = reader.get("/checks").text
    shown = re.findall(r'<div class="code" id="([\w-]+)-code"><h3>([^<]+)</h3><pre>(.*?)</pre>', page, re.DOTALL)
    linked = set(re.findall(r'href="#([\w-]+)-code"', page))
    assert linked <= {id for id, *_ in shown}
    assert len(RULES) == len(shown) + len(re.findall(r'href="#[\w-]+-code"', page))
    assert len(shown) == len({where for _, where, _ in shown})
    assert {"endpoints"} >= {id for id, _, lines in shown if "<mark>" not in lines}
