"""Every rule of `/checks` says which attack it stops, and which of the Foundation's modules need it."""

from tests.conformance.modules import MODULES, PREFIX
from webapp.views.attacks import recorded
from webapp.views.rules import RULES


def test_a_proof_names_what_there_is() -> None:
    """A recorded attack, or one in words; modules that run."""
    assert [] == [rule.id for rule in RULES if " " not in rule.attack and rule.attack not in recorded()]
    named = {f"{PREFIX}{ending}" for rule in RULES for ending in rule.modules}
    assert set() == named - {module.name for module in MODULES}


def test_every_module_about_a_token_belongs_to_a_rule() -> None:
    """What a module poisons in an ID token or its key, some rule is there to find."""
    named = {f"{PREFIX}{ending}" for rule in RULES for ending in rule.modules}
    poisoned = {
        module.name for module in MODULES if module.plan in ("Basic", "Config") and module.judge.__name__ == "stops"
    }
    assert poisoned
    assert set() == poisoned - named
