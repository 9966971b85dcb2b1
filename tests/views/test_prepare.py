"""The editor of a request: what it foretells comes true, nobody is signed on by mistake, and it forgets nothing."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from config import Settings
from tests.support.overheard import Reader
from webapp import create_app, wiring
from webapp.simulator import PASSWORD
from webapp.store.memory import MemoryStore
from webapp.trace.render import present
from webapp.views.foreseen import PRESETS

MODES = ("hosted", "redirectless", "custom")
MORE = (
    {"state": "made-up"}, {"nonce": "made-up"}, {"client_id": "made-up"}, {"code_challenge": "short"},
    {"code_challenge_method": "S512"}, {"prompt": "consent none"}, {"max_age": "soon"}, {"scope": "no_such_scope"},
    {"omit": "scope"}, {"omit": "redirect_uri"}, {"omit": "code_challenge_method"}, {"omit": "response_type"},
    {"acr_values": "No_Such_Policy", "omit": "state"},
)  # fmt: skip
CASES = [
    pytest.param(mode, {**preset.sets, "omit": [*preset.leaves_out]}, id=f"{mode}-{preset.name}")
    for preset in PRESETS
    for mode in MODES
] + [pytest.param(mode, each, id=f"{mode}-{each}") for each in MORE for mode in MODES]
FORMS = ("form_post", "fragment")


def sent(reader: Reader, mode: str, fields: dict[str, str]) -> tuple[dict[str, str], bool]:
    """Preview a request and send it, up to where it ends: what was foretold, and whether anything came back to us."""
    asked = {"mode": mode, **fields}
    answer = reader.client.get(
        "/sign-on/prepare", query_string=asked, base_url=reader.public_url, headers={"Accept": "application/json"}
    )
    reader.url = reader.public_url
    page = reader.post("/sign-on/prepare", asked)
    if 'type="password"' in page.text:
        reader.answer(username="sharedTestUser", password=PASSWORD, action="usernamePassword.check")
    foretold: dict[str, str] = answer.get_json()["foreseen"]
    return foretold, reader.url.startswith(reader.public_url)


@pytest.mark.parametrize(("mode", "fields"), CASES)
def test_what_is_foretold_comes_true(reader: Reader, mode: str, fields: dict[str, str]) -> None:
    """The refusal that the preview names, or PingOne's own page; nobody is signed on unless it says so."""
    visitor = reader.another()
    foretold, came_back = sent(visitor, mode, fields)
    signs_on = "We sign you on" in foretold["ours"]
    assert (foretold["code"], bool(foretold["code"]) or signs_on) == (visitor.error_code, came_back)
    assert signs_on is visitor.session()["signed_in"]
    page = visitor.page.text if visitor.page else ""
    assert came_back or f'href="{visitor.public_url}/">Back to the application' in page


@pytest.mark.parametrize("how", FORMS)
def test_an_answer_by_another_way_is_refused(reader: Reader, how: str) -> None:
    """Posted to a callback that wants the query, or in a part of the address that no server sees."""
    visitor = reader.another()
    foretold, _ = sent(visitor, "hosted", {"response_mode": how})
    page = visitor.page.text if visitor.page else ""
    if how == "form_post":
        page = visitor.client.post("/callback", base_url=visitor.public_url, data={"code": "x"}).text
    assert f'data-error-code="{foretold["code"]}"' in page


@pytest.mark.parametrize("mode", MODES)
def test_a_request_as_it_should_be_signs_on(reader: Reader, mode: str) -> None:
    """With everything typed as it stands in the form."""
    visitor = reader.another()
    text = visitor.get(f"/sign-on/prepare?mode={mode}").text
    typed = re.findall(r'<input id="field-(\w+)" [^>]*value="([^"]*)"', text)
    fields = {name: unescape(value) for name, value in typed}
    assert {"client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge"} <= set(fields)
    foretold, _ = sent(visitor, mode, fields)
    assert ("", True) == (foretold["code"], visitor.session()["signed_in"])


def test_an_answer_without_state_is_in_the_story_of_its_request(reader: Reader) -> None:
    """The check that failed is on top; the attempt is not used up by an answer that names none."""
    visitor = reader.another()
    sent(visitor, "hosted", {"omit": "state"})
    story = present(visitor.story())
    assert story.failing is not None
    assert ("state", "absent") == (story.failing["name"], story.failing["actual"])
    assert "state" not in parse_qs(urlsplit(next(card.url for card in story.cards if "authorize" in card.url)).query)


def test_the_way_back_keeps_everything(reader: Reader) -> None:
    """From the form, and from the refusal, which says whose doing it was: mode, wishes, changes, where to go after."""
    visitor = reader.another()
    fields = {"mode": "redirectless", "login_hint": "sharedTestUser", "omit": "nonce", "return_to": "/checks"}
    visitor.url = visitor.public_url
    form = visitor.post("/sign-on/prepare", fields)
    refusal = visitor.answer(username="sharedTestUser", password=PASSWORD)
    assert "you changed the request before it was sent" in refusal.text
    for page in (form, refusal):
        found = re.search(r'href="/sign-on/prepare\?([^"]+)"', page.text)
        assert found
        assert {name: [value] for name, value in fields.items()} == parse_qs(unescape(found[1]))


def test_the_link_carries_the_scenario_and_no_secret(reader: Reader) -> None:
    """What differs from a plain sign-on, and nothing else; it opens the same editor, and begins nothing."""
    visitor = reader.another()
    text = visitor.get("/sign-on/prepare?mode=custom&scope=openid+profile+email&prompt=login&omit=state&evil=1").text
    link = re.search(r'<code id="preview-link">([^<]+)<', text)
    assert link
    assert f"{visitor.public_url}/sign-on/prepare?mode=custom&prompt=login&omit=state" == unescape(link[1])
    again = visitor.get(unescape(link[1]))
    assert (200, True) == (again.status_code, 'name="omit" value="state" checked' in again.text)
    assert [] == again.headers.getlist("Set-Cookie")


@pytest.fixture(scope="module")
def tenant() -> Iterator[Reader]:
    """An application at a PingOne that is not simulated."""
    tenant = {"PINGONE_AUTH_BASE_URL": "http://127.0.0.1:9/auth", "PINGONE_CLIENT_ID": "x"}
    environ = {**tenant, "SECRET_KEY": "k" * 20 + "0123456789abcdef"}
    services = wiring.build(Settings.from_env(environ), store=MemoryStore())
    yield Reader(services, create_app(services=services), None)  # type: ignore[arg-type]
    services.close()


def test_a_tenant_gets_no_request_that_was_changed(tenant: Reader) -> None:
    """Only what any start accepts can be edited; what else an address says is ignored, and a form is not found."""
    query = "mode=custom&prompt=login&max_age=soon&state=x&omit=nonce&return_to=/checks"
    text = tenant.get(f"/sign-on/prepare?{query}").text
    assert ["scope", "max_age", "login_hint", "acr_values"] == re.findall(r'<input id="field-(\w+)"', text)
    assert "<code>max_age</code> must be a whole number of seconds; ignored." in text
    assert 'href="/sign-on/custom?prompt=login&amp;return_to=%2Fchecks"' in text
    tenant.url = tenant.public_url
    assert 404 == tenant.post("/sign-on/prepare", {"omit": "state"}).status_code


def test_another_sites_form_sends_nothing(reader: Reader) -> None:
    """A request that was changed begins with a button of ours."""
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = reader.client.post("/sign-on/prepare", base_url=reader.public_url, data={"nonce": "x"}, headers=headers)
    assert 403 == answer.status_code
