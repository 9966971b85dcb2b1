"""Every rule of `/checks` says which attack it stops, and which of the Foundation's modules need it."""

from tests.conformance.modules import MODULES, PREFIX
from webapp.views.attacks import recorded
from webapp.views.proofs import PROOFS
from webapp.views.rules import RULES


def test_every_rule_has_its_proof() -> None:
    """And no proof is left over from a rule that has gone."""
    assert {rule.id for rule in RULES} == set(PROOFS)


def test_a_proof_names_what_there_is() -> None:
    """A recorded attack, or one in words; modules that run."""
    assert [] == [
        proof.attack for proof in PROOFS.values() if " " not in proof.attack and proof.attack not in recorded()
    ]
    named = {f"{PREFIX}{ending}" for proof in PROOFS.values() for ending in proof.modules}
    assert set() == named - {module.name for module in MODULES}


def test_every_module_about_a_token_belongs_to_a_rule() -> None:
    """What a module poisons in an ID token or its key, some rule is there to find."""
    named = {f"{PREFIX}{ending}" for proof in PROOFS.values() for ending in proof.modules}
    poisoned = {
        module.name for module in MODULES if module.plan in ("Basic", "Config") and module.judge.__name__ == "stops"
    }
    assert poisoned
    assert set() == poisoned - named
