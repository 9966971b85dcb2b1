"""Every step is explained, and every place in the code that is named exists."""

import ast
from pathlib import Path

import pytest

from webapp.pingone.steps import ACTIONS as SENT_ACTIONS
from webapp.trace import classify
from webapp.trace.explain import PLACES, CodePlace, code_place, explain, label_of
from webapp.trace.explanations import STEPS
from webapp.trace.flow_explanations import ACTIONS

ROOT = Path(__file__).parents[2]
ALL = {**STEPS, **ACTIONS}


def functions(tree: ast.Module) -> set[str]:
    """Functions and methods of a module, methods as `Class.method`."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    plain = {node.name for node in tree.body if isinstance(node, kinds)}
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return plain | {f"{one.name}.{node.name}" for one in classes for node in one.body if isinstance(node, kinds)}


@pytest.mark.parametrize("name", sorted(PLACES))
def test_the_code_that_a_step_names_exists(name: str) -> None:
    """A reader who follows the reference must arrive."""
    place = PLACES[name]
    assert (ROOT / place.file).is_file()
    assert place.function in functions(ast.parse((ROOT / place.file).read_text(encoding="utf-8")))


def test_only_steps_that_are_explained_have_a_place() -> None:
    """A place for a step that cannot occur would never be seen."""
    assert set() == set(PLACES) - set(STEPS)


def test_every_name_that_a_step_can_get_is_explained() -> None:
    """Read from the source of the classification: no name without its explanation."""
    tree = ast.parse(Path(classify.__file__).read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    names = {text for text in texts if text.replace("_", "").isalpha() and text.islower()}
    words = "pingone api browser application sender receiver url status method body type pairs action grant_type"
    grants = {"authorization_code", "refresh_token"}
    assert set() == names - set(STEPS) - set(words.split()) - grants


def test_every_action_that_we_send_is_explained() -> None:
    """A new action in the table of steps needs its sentence here; its name is that of its media type."""
    assert set() == {action.name for action in SENT_ACTIONS.values()} - set(ACTIONS)


@pytest.mark.parametrize("name", sorted(ALL))
def test_an_explanation_is_one_sentence_of_what_and_one_of_why_with_a_source(name: str) -> None:
    """Short enough to be read beside the request."""
    text = ALL[name]
    assert text.title and not text.title.endswith(".")
    assert all(sentence.endswith(".") and ". " not in sentence for sentence in (text.what, text.why))
    assert text.document[0] and text.document[1].startswith("https://")


def test_an_action_is_explained_by_its_media_type_and_found_where_actions_are_sent() -> None:
    """An action that nobody has explained yet is still an action."""
    assert ACTIONS["otp.check"] == explain("flow_action:otp.check")
    assert STEPS["flow_action"] == explain("flow_action:brand.new")
    assert STEPS["other"] == explain("never heard of")
    assert CodePlace("webapp/pingone/api.py", "act") == code_place("flow_action:otp.check")
    assert code_place("pingone_page") is None


@pytest.mark.parametrize("name", [*STEPS, *(f"flow_action:{action}" for action in ACTIONS)])
def test_a_label_fits_between_two_lanes(name: str) -> None:
    """Thirty characters, in the diagram and in the rail."""
    assert len(label_of(name)) <= 30
