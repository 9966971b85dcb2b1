"""Each module of the OpenID Foundation's plans for relying parties, under its own name, over real HTTP."""

from pathlib import Path

import pytest
from jinja2 import FileSystemBytecodeCache

from tests.conformance.defects import DEFECTS, RECORD
from tests.conformance.drive import running
from tests.conformance.modules import MODULES, PREFIX, Module
from tests.conformance.table import FILE, document, row


@pytest.mark.parametrize("module", MODULES, ids=lambda module: f"{module.plan}: {module.name}")
def test_module(module: Module, tmp_path: Path, compiled_templates: FileSystemBytecodeCache) -> None:
    """The suite's verdict is the expected one, its silent checks found nothing, and the table in docs says what was."""
    with running(tmp_path, compiled_templates, module.jwks, **module.settings) as run:
        module.poison(run.suite)
        verdict = module.judge(run)
        assert module.expected == verdict, (run.asked, [(page.status, page.error_code) for page in run.pages])
        assert [] == run.suite.complaints
        form = [call.params.get("response_mode", "") for call in run.suite.ledger.of("authorize")]
        assert set(form) <= {module.settings.get("PINGONE_RESPONSE_MODE", "")}
        assert row(module, verdict, run.asked) in FILE.read_text(encoding="utf-8").splitlines(), STALE


STALE = "docs/conformance.md is stale: run python -m tests.conformance.table"


def test_every_module_has_its_place() -> None:
    """Fifty, as the plans list them."""
    plans = [module.plan for module in MODULES]
    counted = {plan: plans.count(plan) for plan in dict.fromkeys(plans)}
    assert {"Basic": 14, "Form Post": 14, "Config": 6, "RP-initiated logout": 3, "Front-channel logout": 1,
            "Back-channel logout": 8, "Third-party-initiated login": 1, "Refresh": 3} == counted  # fmt: skip
    assert 50 == len({(module.plan, module.name) for module in MODULES})


def test_every_module_has_a_planted_defect_that_was_noticed() -> None:
    """The record of the last run has one line per name, and none of them says NOT."""
    lines = RECORD.read_text(encoding="utf-8").splitlines()
    assert {module.name for module in MODULES} == {line.partition(" ")[0] for line in lines}
    assert [] == [line for line in lines if not line.endswith(": noticed")]
    assert {module.name for module in MODULES} == {PREFIX + ending for ending in DEFECTS}


def test_the_document_has_nothing_but_what_the_run_makes() -> None:
    """Beside the rows, which the tests above hold to what was seen, every line is the generated one."""
    written = FILE.read_text(encoding="utf-8").splitlines()
    rows = [line for line in written if "| `oidcc-client-test" in line and ".json" not in line]
    assert (50, document(rows).splitlines()) == (len(rows), written), STALE
