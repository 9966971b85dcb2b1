"""What docs/extending.md promises: something that was added halfway is noticed, and the test names what is missing."""

import ast
import re
from collections.abc import Mapping

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
from webapp.trace.flow_explanations import ACTIONS as EXPLANATIONS
from webapp.trace.names import GUESSABLE, kind_of
from webapp.views.step_forms import ALTERNATIVES, FORMS, StepForm, is_secret


def test_a_client_authentication_method_is_whole() -> None:
    """It can be configured, is implemented, and the simulator has an application that demands it."""
    about = create_simulator("http://127.0.0.1").test_client().get("/about.json").get_json()
    demanded = {each["tokenEndpointAuthMethod"].lower() for each in about["applications"]}
    assert set(METHODS) == set(AUTH_METHODS) == demanded


DOCUMENTED = {fact.partition("-")[2] for fact in FACTS if fact.startswith("8.5-") and fact.upper() == fact}
ENDS = {"COMPLETED", "FAILED"}


@pytest.mark.parametrize("status", sorted(DOCUMENTED - ENDS | STEPS.keys()))
def test_a_status_is_whole(status: str) -> None:
    """It has a step, a form with a field for each member of its action, words for every action, and a source.

    A status of the contract without a step would be handed to PingOne's own page, and nobody would notice.
    """
    step = STEPS[status]
    form = FORMS[step.kind]
    if step.kind == "unsupported":
        assert form.offers_hosted, "a step that we cannot do leads to PingOne's page"
        return
    assert status in DOCUMENTED, "no fact in tests/contract names it"
    main, *others = step.actions
    assert main or step.refresh_seconds, "a form without an action leads nowhere"
    assert bool(main) == bool(form.submit_label)
    assert form.next_words
    # A user name that PingOne knows already is not asked for again.
    assert (set(ACTIONS[main].members) if main else set()) <= _drawn(form) | {"username"}
    assert set() == set(others) - ALTERNATIVES.keys()
    assert set() == {ACTIONS[name].name for name in (main, *others) if name} - EXPLANATIONS.keys()


@pytest.mark.parametrize("action", sorted(ALTERNATIVES))
def test_a_way_around_is_whole(action: str) -> None:
    """Its own form asks for what it needs, and for every member of the action."""
    other = ALTERNATIVES[action]
    assert bool(other.form) == bool(other.needs) == bool(ACTIONS[action].members)
    if other.form:
        assert {other.needs, *ACTIONS[action].members} <= _drawn(FORMS[other.form])


def test_no_form_is_left_over() -> None:
    """Each is that of a status, or of a way around one."""
    assert {step.kind for step in STEPS.values()} | {each.form for each in ALTERNATIVES.values()} - {""} == set(FORMS)


@pytest.mark.parametrize("field", [field for form in FORMS.values() for field in form.fields if is_secret(field)])
def test_what_is_typed_as_a_secret_is_masked(field: Mapping[str, str]) -> None:
    """Stories and logs know a secret by its name."""
    assert kind_of(field["name"]) in GUESSABLE


def _drawn(form: StepForm) -> set[str]:
    return {field["name"] for field in form.fields} | ({"device"} if form.chooses_device else set())


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
