"""What is written down is true: settings, routes, error codes, files and functions that pages and README name."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from flask import Flask

from config import PROJECT, Settings
from webapp import create_app, wiring
from webapp.oidc.errors import SignOnError
from webapp.store.memory import MemoryStore
from webapp.views.rules import RULES
from webapp.views.words import words_of

ROUTES = """
GET /
GET /sign-on/prepare
POST /sign-on/prepare
POST /faults
GET /sign-on/hosted
GET /sign-on/redirectless
GET /sign-on/custom
GET /sign-on/page
GET /sign-on/step/<handle>
POST /sign-on/step/<handle>
GET /sign-on/initiate
GET /callback
POST /callback
GET /attacks
GET /attacks/<name>
GET /resume
GET /session
GET /session/tokens
POST /session/refresh
POST /sign-off
GET /signed-off
GET /traces/<id>
GET /traces/<id>.har
GET /traces/<id>.sh
GET /front-channel-sign-off
POST /back-channel-sign-off
GET /checks
GET /how-it-works
GET /settings
GET /help/<code>
GET /members
GET /transfer
POST /transfer
GET /orders
GET /session/others
POST /session/others/end
GET /approval
POST /approval
GET /healthz
GET /readyz
GET /robots.txt
"""
"""The addresses that visitors, deployers and PingOne rely on."""


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The application with its simulator, in memory."""
    settings = Settings.from_env({"SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz", "LOG_LEVEL": "error"})
    services = wiring.build(settings, store=MemoryStore())
    yield create_app(settings, services)
    services.close()


def codes() -> dict[str, type[SignOnError]]:
    """Every error class that has a code, by its code."""
    found, waiting = {}, [SignOnError]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if "code" in vars(error):
            found[error.code] = error
    return found


def test_every_error_has_its_page_and_its_row(app: Flask) -> None:
    """Whoever meets a code finds it explained; `settings_invalid` stops the start, so it has no class."""
    client = app.test_client()
    listed = set(re.findall(r'href="/help/(\w+)"', client.get("/help", base_url="http://localhost:8000").text))
    pages = {path.stem for path in (PROJECT / "templates" / "help").glob("[a-z]*.html")} - {"index"}
    assert codes().keys() | {"settings_invalid"} == listed == pages
    for code in sorted(listed):
        page = client.get(f"/help/{code}", base_url="http://localhost:8000")
        assert (200, True) == (page.status_code, "<h2>What happened</h2>" in page.text), code


@pytest.mark.parametrize("code", ["index", "_topics", "no_such_error", "..", "%2e%2e%2fsession", "%00", "x" * 3000])
def test_what_is_no_error_has_no_page(app: Flask, code: str) -> None:
    """Neither the parts that pages are made of, nor a file elsewhere."""
    assert 404 == app.test_client().get(f"/help/{code}", base_url="http://localhost:8000").status_code


@pytest.mark.parametrize("code", sorted(codes()))
def test_an_error_says_what_happened_in_one_sentence_or_two(code: str) -> None:
    """A title without a full stop, and sentences with one; the code is a word to search for."""
    error = codes()[code]
    assert re.fullmatch("[a-z][a-z_]+", code)
    words = words_of(error.__new__(error))
    assert not words.title.endswith(".")
    assert words.sentence.endswith(".")
    assert 400 <= error.status <= 599


@pytest.mark.parametrize(
    ("file", "pattern"), [("docs/settings.md", r"^\| `([A-Z_]+)` \|"), (".env.example", r"^#([A-Z_]+?)(?:_FILE)?=")]
)
def test_every_setting_is_documented(file: str, pattern: str) -> None:
    """One row for each field of `Settings`, and no row for anything else."""
    named = re.findall(pattern, (PROJECT / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(setting.metadata["variable"] for setting in fields(Settings)) == sorted(named)


def test_every_promised_route_exists(app: Flask) -> None:
    """With its method, at the address that was promised."""
    rules = {f"{method} {rule.rule}" for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert set() == set(ROUTES.split("\n")) - {""} - rules


def test_the_code_that_a_rule_names_exists() -> None:
    """`/checks` says where each rule is enforced."""
    missing = [rule.enforced_in for rule in RULES if not _exists(*rule.enforced_in.split(":"))]
    assert [] == missing


def test_the_code_that_a_page_names_exists() -> None:
    """Files, and functions behind a colon, in any template."""
    pattern = re.compile(r"\b((?:webapp|templates|static|tests)/[\w/.]+\.(?:py|html|css|js))(?::([\w.]+))?")
    named = [
        (file, function, template)
        for template in PROJECT.glob("templates/**/*.html")
        for file, function in pattern.findall(template.read_text(encoding="utf-8"))
    ]
    assert [] == [(file, function, str(at)) for file, function, at in named if not _exists(file, function)]


def _exists(file: str, function: str = "") -> bool:
    """Whether there is such a file, with such a function or `Class.method` in it."""
    path = PROJECT / file
    if not path.is_file() or not function:
        return path.is_file()
    return function in set(_functions(path))


def _functions(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{each.name}" for each in node.body if isinstance(each, ast.FunctionDef))
