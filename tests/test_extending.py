"""What docs/extending.md promises: something that was added halfway is noticed, and the test names what is missing."""

import ast
import re

import pytest
from flask import Flask

from config import AUTH_METHODS, PROJECT, Settings
from tests.contract.facts import FACTS
from tests.test_docs import ROUTES
from webapp import create_app, wiring
from webapp.oidc.client import METHODS
from webapp.pingone.steps import ACTIONS, STEPS
from webapp.simulator import create_simulator
from webapp.simulator.engine.fault_catalogue import CATALOGUE
from webapp.store.memory import MemoryStore
from webapp.views.forms import ALTERNATIVES, CHOOSES_DEVICE, FIELDS, TITLES


def test_a_client_authentication_method_is_whole() -> None:
    """It can be configured, is implemented, and the simulator has an application that demands it."""
    about = create_simulator("http://127.0.0.1").test_client().get("/about.json").get_json()
    demanded = {each["tokenEndpointAuthMethod"].lower() for each in about["applications"]}
    assert set(METHODS) == set(AUTH_METHODS) == demanded


@pytest.mark.parametrize("status", sorted(STEPS))
def test_a_status_is_whole(status: str) -> None:
    """It has a title, a field for each member of its action, words for the other actions, and a fact with a source."""
    step = STEPS[status]
    main, *others = step.actions or ("",)
    assert step.kind in TITLES
    assert main or step.refresh_seconds or step.kind == "unsupported", "a form without an action leads nowhere"
    drawn = {field["name"] for field in FIELDS.get(step.kind, ())} | (
        {"device"} if step.kind in CHOOSES_DEVICE else set()
    )
    # A user name that PingOne knows already is not asked for again.
    assert set(ACTIONS[main].members if main else ()) <= drawn | {"username"}
    assert set() == set(others) - ALTERNATIVES.keys()
    sourced = step.kind == "unsupported" or any(status in f"{fact}" for fact in FACTS.values())
    assert sourced, "no fact in tests/contract names it"


@pytest.mark.parametrize("fault", CATALOGUE, ids=lambda fault: fault.name)
def test_a_fault_is_whole(fault) -> None:
    """Something in the simulator acts on it; the catalogue alone would offer a fault that does nothing."""
    sources = (PROJECT / "webapp" / "simulator").glob("**/*.py")
    acting = [path for path in sources if path.name != "fault_catalogue.py" and f'"{fault.name}"' in path.read_text()]
    assert acting


def test_a_store_is_whole() -> None:
    """Every store keeps the contract of all: the fixture of tests/store makes one of each."""
    made = (PROJECT / "tests" / "store" / "conftest.py").read_text()
    classes = [
        node.name
        for path in PROJECT.glob("webapp/store/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and re.fullmatch(r"[A-Z]\w+Store", node.name)
    ]
    assert {"MemoryStore", "SqliteStore", "RedisStore", "SealedStore"} <= set(classes)
    assert [] == [name for name in classes if f"{name}(" not in made]


@pytest.fixture(scope="module")
def app() -> Flask:
    settings = Settings.from_env({"SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz", "LOG_LEVEL": "error"})
    return create_app(settings, wiring.build(settings, store=MemoryStore()))


def test_a_page_can_be_found(app: Flask) -> None:
    """A page that is read is promised in tests/test_docs.py, or a page or a view leads to it."""
    sources = [*PROJECT.glob("templates/**/*.html"), *PROJECT.glob("webapp/views/*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    pages = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    lost = [
        rule.rule
        for rule in pages
        if f"GET {rule.rule}" not in ROUTES.split("\n")
        and not re.search(rf"url_for\(\s*['\"]{rule.endpoint}['\"]", text)
    ]
    assert [] == lost
