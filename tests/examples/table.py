"""`python -m tests.examples.table`: the poisoned answers of the adversarial tests, given to two of the examples.

Writes docs/quickstart.md: what the quickstart lets through, what breaks it, and the same for the copied core.
"""

import contextlib
import functools
import logging
import os
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType

import requests
from werkzeug.test import TestResponse

from tests.adversarial import test_authorization_response, test_discovery, test_id_token, test_token_answer
from tests.examples.words import AFTER_NUMBERS, DID, INTRODUCTION, OUTCOMES, PLACES, WORDS
from tests.support.adversarial import Row
from tests.support.provider import CLIENT_ID, Provider, providing
from tests.support.provider_answers import PASSWORD
from tests.support.provider_tokens import USERNAME

PROJECT = Path(__file__).parent.parent.parent
PAGE = PROJECT / "docs" / "quickstart.md"
PUBLIC = "http://localhost:5999"
GROUPS = {
    "metadata": test_discovery.ROWS,
    "the answer to the sign-on": test_authorization_response.ROWS,
    "the answer of the token endpoint": test_token_answer.ROWS,
    "the ID token": test_id_token.ROWS,
}


@functools.cache
def _code(name: str) -> CodeType:
    return compile((PROJECT / "examples" / f"{name}.py").read_text(), name, "exec")


_TEMPLATES: dict[str, CodeType] = {}


def _template(compiled: Callable[..., CodeType], source: str, *how: object) -> CodeType:
    """Compile the page of an example once for all its applications: a third of the run was that."""
    if source not in _TEMPLATES:
        _TEMPLATES[source] = compiled(source, *how)
    return _TEMPLATES[source]


@contextlib.contextmanager
def application(name: str, provider: Provider) -> Iterator[object]:
    """The Flask application of one example, as new, set up for the provider."""
    settings = {"PUBLIC_URL": PUBLIC, "ISSUER": provider.issuer, "CLIENT_ID": CLIENT_ID, "SECRET_KEY": "k" * 32}
    before = {each: os.environ.get(each) for each in (*settings, "CLIENT_SECRET")}
    os.environ.update(settings)
    os.environ.pop("CLIENT_SECRET", None)
    module: dict[str, object] = {"__name__": name}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(_code(name), module)
            app = module["app"]
            app.jinja_env.compile = functools.partial(_template, app.jinja_env.compile)
            yield app
    finally:
        for each, value in before.items():
            os.environ.pop(each, None) if value is None else os.environ.update({each: value})


def by_form(browser) -> TestResponse:
    """Fill in our own form, if there is one; the last answer."""
    answer = browser.get("/sign-on/form", base_url=PUBLIC)
    if answer.status_code != 303:
        return answer
    fields = {"action": "usernamePassword.check", "username": USERNAME, "password": PASSWORD}
    return browser.post(answer.location, base_url=PUBLIC, data=fields, headers={"Origin": PUBLIC})


def outcome(app, provider: Provider, mode: str = "hosted") -> str:
    """What came of one sign-on: `signed on`, `led elsewhere`, `refused` (with a page), or `broken` (status 500)."""
    browser = app.test_client()
    answer = browser.get("/sign-on/hosted", base_url=PUBLIC) if mode == "hosted" else by_form(browser)
    if mode == "hosted" and answer.status_code in (302, 303):
        if not answer.location.startswith(provider.server.origin):
            return "led elsewhere"
        with requests.Session() as elsewhere:
            elsewhere.trust_env = False
            there = elsewhere.get(answer.location, allow_redirects=False, timeout=5)
        answer = browser.get(there.headers["Location"].removeprefix(PUBLIC), base_url=PUBLIC)
    if "Signed on" in browser.get("/", base_url=PUBLIC).text:
        return "signed on"
    return "broken" if answer.status_code == 500 else "refused"


def measured(name: str, mode: str = "hosted") -> dict[str, dict[str, str]]:
    """Group -> case -> outcome, for one example in one mode. Raises `AssertionError` if honesty signs nobody on."""
    logging.disable(logging.CRITICAL)
    found: dict[str, dict[str, str]] = {group: {} for group in GROUPS}
    try:
        with providing(PUBLIC) as provider:
            for group, rows in {"honest": [Row("honest", lambda _: None)], **GROUPS}.items():
                for row in (each for each in rows if mode in each.modes):
                    provider.reset()
                    provider.sends_iss = provider.advertises_iss = False
                    row.poison(provider)
                    with application(name, provider) as app:
                        seen = outcome(app, provider, mode)
                    if group in found:
                        found[group][row.id] = seen
                    else:
                        assert seen == "signed on", seen
    finally:
        logging.disable(logging.NOTSET)
    return found


def words(case: str) -> str:
    """What is wrong in a case, for a reader. Raises `KeyError` for one that nobody has described."""
    endpoint, _, how = case.rpartition("-")
    return f"`{endpoint}` {PLACES[how]}" if endpoint in test_discovery.ENDPOINTS else WORDS[case]


def page(quickstart: dict[str, dict[str, str]], core: dict[str, dict[str, str]]) -> str:
    """The document."""
    lines = [INTRODUCTION, "| wrong is | cases | signed on | sent elsewhere | error 500 | refused | the core refuses |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for group, cases in quickstart.items():
        found, ours = Counter(cases.values()), Counter(core[group].values())
        numbers = [len(cases), *(found[each] for each in OUTCOMES), ours["refused"]]
        lines.append(f"| {group} | {' | '.join(map(str, numbers))} |")
    lines += [AFTER_NUMBERS, "| wrong is | namely | the quickstart |", "|---|---|---|"]
    for group, cases in quickstart.items():
        let = [(case, seen) for case, seen in cases.items() if seen in OUTCOMES[:2]]
        lines += [f"| {group} | {words(case)} | {DID[seen]} |" for case, seen in let]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(measured("authlib_quickstart"), measured("flask_app")), encoding="utf-8")
