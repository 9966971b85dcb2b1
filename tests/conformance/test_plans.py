"""The suite's configuration files and the guide say what this application really has."""

import json
from pathlib import Path

import pytest

from config import Settings
from tests.conformance.modules import MODULES
from tests.conformance.table import GUIDE
from webapp import create_app, wiring
from webapp.store.memory import MemoryStore

PLANS = sorted(Path(__file__).with_name("plans").glob("*.json"))
RP = "https://rp.example.com"


@pytest.mark.parametrize("file", PLANS, ids=lambda file: file.stem)
def test_a_plan_names_addresses_that_exist(file: Path) -> None:
    """Redirect URI, sign-off addresses and the start from elsewhere, as the settings make them."""
    settings = Settings.from_env(
        {
            "PUBLIC_URL": RP,
            "SECRET_KEY": "0123456789abcdefghijklmnopqrstuv",
            "PINGONE_ISSUER": "https://suite.example/",
            "PINGONE_CLIENT_ID": "x",
        }
    )
    services = wiring.build(settings, store=MemoryStore())
    known = {f"{RP}{rule.rule}" for rule in create_app(settings, services).url_map.iter_rules()}
    services.close()
    client = json.loads(file.read_text(encoding="utf-8"))["client"]
    assert set() == {value for name, value in client.items() if name.endswith("_uri")} - known
    assert settings.redirect_uri == client["redirect_uri"]


def test_every_plan_has_its_file_and_its_row() -> None:
    """Eight plans, eight files, eight rows of the guide."""
    rows = [line.split(" | ") for line in GUIDE.read_text(encoding="utf-8").splitlines() if ".json` |" in line]
    assert list(dict.fromkeys(module.plan for module in MODULES)) == [row[0].removeprefix("| ") for row in rows]
    assert [file.name for file in PLANS] == sorted(row[-1].removesuffix(" |").strip("`") for row in rows)
