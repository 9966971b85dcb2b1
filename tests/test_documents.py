"""README and the documents are true: links, files, commands, addresses, names, numbers and code."""

import ast
import importlib.util
import re
import shlex
from functools import cache

import pytest
from flask import Flask

import webapp.oidc
import webapp.oidc.errors
import webapp.oidc.http
import webapp.oidc.response
import webapp.pingone
import webapp.pingone.errors
from config import PROJECT, Settings
from tools import settings_table
from webapp import create_app, wiring
from webapp.pingone import page
from webapp.simulator import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID, PASSWORD, create_simulator
from webapp.store import throttle
from webapp.store.memory import MemoryStore

DOCUMENTS = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *PROJECT.glob("deploy/*.md")])
TEXTS = {str(path.relative_to(PROJECT)): path.read_text(encoding="utf-8") for path in DOCUMENTS}
WRITTEN = ("README.md", "docs/copy.md", "docs/tenant.md", "docs/operate.md", "docs/extending.md", "CONTRIBUTING.md")
ELSEWHERE = {"/as", f"/{ENVIRONMENT_ID}/as", "/flows", "/as/resume", "/inbox", "/about.json", "/switches", "/faults"}
"""Addresses of PingOne and of the simulator alone."""


def each_document(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", names or sorted(TEXTS))


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", without_code(text), re.MULTILINE)
    plain = (re.sub(r"\]\([^)]*\)", "", heading).lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


@cache
def application() -> Flask:
    settings = Settings.from_env({"SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz", "LOG_LEVEL": "error"})
    return create_app(settings, wiring.build(settings, store=MemoryStore()))


@each_document()
def test_every_link_leads_somewhere(name: str) -> None:
    """To a file that exists, and to a heading that it has."""
    here = PROJECT / name
    for target, _, anchor in (each.partition("#") for each in re.findall(r"\]\(([^)\s]+)\)", TEXTS[name])):
        if "://" in target:
            continue
        path = (here.parent / target).resolve() if target else here
        assert path.exists(), target
        assert not anchor or anchor in anchors(path.read_text(encoding="utf-8")), f"{target}#{anchor}"


@each_document()
def test_every_file_that_is_named_exists(name: str) -> None:
    """In backticks or in a command, from the root of the repository; a function behind a colon or `::` too."""
    pattern = r"\b((?:webapp|tests|docs|examples|tools|templates|static)/[\w./-]*\w)(?:::?(\w+))?"
    for path, function in re.findall(pattern, re.sub(r"\]\([^)]*\)", "", TEXTS[name])):
        found = PROJECT / path
        assert found.exists() or found.with_suffix(".py").exists(), path
        if function and function != "test_name":
            known = {getattr(node, "name", "") for node in ast.walk(ast.parse(found.read_text()))}
            assert function in known, f"{path}:{function}"


@each_document()
def test_every_command_exists(name: str) -> None:
    """`make X`, `flask --app webapp X`, `python -m X`: each has its target, its command, its module."""
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|\$ )make (\w+)", TEXTS[name]):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for command in re.findall(r"flask --app webapp (\w+)", TEXTS[name]):
        assert command in {"run", *application().cli.commands}, command
    for module in re.findall(r"python -m ([\w.]+)", TEXTS[name]):
        assert importlib.util.find_spec(module), module


@pytest.mark.parametrize("line", ["secret", "doctor --help", "simulator --help", "doctor"])
def test_the_commands_run(line: str) -> None:
    """What costs nothing is run; the doctor finds nothing to change where the simulator answers."""
    result = application().test_cli_runner().invoke(args=shlex.split(line))
    assert 0 == result.exit_code, result.output
    assert line != "doctor" or "Nothing to change." in result.output


def test_the_good_run_of_the_doctor_is_a_real_one() -> None:
    """The findings of docs/tenant.md, in their order; those of the second application come with the second."""
    printed = application().test_cli_runner().invoke(args=["doctor"]).output
    found = [
        title for title in re.findall(r"^  ok     (.+)$", printed, re.MULTILINE) if "own sign-on page" not in title
    ]
    told = re.findall(r"^  ok     (.+)$", TEXTS["docs/tenant.md"], re.MULTILINE)
    assert found == [title for title in told if title != "The clock"]  # The built-in simulator shares ours.


@each_document(*WRITTEN)
def test_every_address_that_is_named_exists(name: str) -> None:
    """The application's, the simulator's, or one of those of PingOne."""
    rules = [*application().url_map.iter_rules(), *create_simulator("http://127.0.0.1").url_map.iter_rules()]
    known = {re.sub("<.*?>", "<>", rule.rule) for rule in rules} | ELSEWHERE | {"/simulator/about.json"}
    pattern = r"`(?:GET |POST )?(?:http://(?:localhost|127\.0\.0\.1):\d+)?(/[a-z][\w/<>.-]*)`"
    assert set() == {re.sub("<.*?>", "<>", path) for path in re.findall(pattern, TEXTS[name])} - known


@each_document("README.md", "docs/copy.md")
def test_the_code_is_the_examples_own(name: str) -> None:
    """Each piece of a block, between lines of dots, is found in one of the examples as it is."""
    examples = [path.read_text(encoding="utf-8") for path in PROJECT.glob("examples/*.py")]
    blocks = re.findall(r"^```python\n(.*?)^```", TEXTS[name], re.MULTILINE | re.DOTALL)
    pieces = [piece for block in blocks for piece in re.split(r"^\.\.\.\n", block, flags=re.MULTILINE)]
    assert len(pieces) >= 3
    assert [] == [piece for piece in pieces if not any(piece in example for example in examples)]


def test_the_names_of_the_core_exist() -> None:
    """Classes, functions and constants that docs/copy.md names."""
    modules = [webapp.oidc, webapp.pingone, webapp.oidc.errors, webapp.pingone.errors, webapp.oidc.http,
               webapp.pingone.flow]  # fmt: skip
    known = {name for module in modules for name in dir(module)} | {"ValueError"}
    classes = set(re.findall(r"`([A-Z][a-z]+[A-Z]\w+)`", TEXTS["docs/copy.md"])) - {"HttpOnly", "SimpleCookie"}
    called = set(
        re.findall(
            r"`(begin_flow|begin_page|finish_flow|adopt|act|take|find|step_of|browser_of)\b", TEXTS["docs/copy.md"]
        )
    )
    assert len(classes) > 12
    assert set() == (classes | called) - known - {"UseCasePKCEApp", "RedisAttempts"}


def test_the_numbers_and_ids_are_the_programs() -> None:
    """A reader who copies an id from the document signs on with it."""
    copy = TEXTS["docs/copy.md"]
    for value in (CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID, PASSWORD):
        assert value in copy
    assert f"`LIFETIME`, {webapp.oidc.LIFETIME} seconds" in copy
    http = webapp.oidc.http
    assert f"{http.CONNECT:.0f} seconds to connect, {http.READ:.0f} for each read" in copy
    assert f"{http.MOST_BYTES / 2**20:.0f} MB after decoding" in copy
    assert PASSWORD in TEXTS["README.md"]
    assert page.ADOPTABLE == 5 * 60
    assert "within the last five minutes" in TEXTS["docs/security.md"]
    words = " ".join(TEXTS["docs/operate.md"].split())
    (start, starts), (step, most) = throttle.START, throttle.STEP
    cost = step + throttle.REFUSED
    assert f"{starts / start:.0f} starts in a row and then one a second, {most / cost:.0f} refused passwords" in words
    assert (1, 5) == (start, cost)


def test_the_page_of_the_settings_is_fresh() -> None:
    """`python -m tools.settings_table` writes it."""
    assert settings_table.page() == TEXTS["docs/settings.md"]


def test_the_readme_says_what_was_not_tested_and_is_short() -> None:
    """Before the first picture; and it can be read aloud in five minutes: 700 words, tables included, code aside."""
    readme = TEXTS["README.md"]
    assert "Nothing was tested against a live tenant" in readme.partition("![")[0]
    words = without_code(readme).replace("|", " ").replace("-" * 3, " ").split()
    assert len(words) <= 700
