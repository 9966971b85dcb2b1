"""A fault, one click from where it is told: the sign-on under it, the refusal, and the way back."""

import re

import pytest

from tests.support.overheard import Reader
from webapp.simulator import PASSWORD
from webapp.simulator.engine.fault_catalogue import BY_NAME, CATALOGUE
from webapp.simulator.engine.faults import SIGN_ON
from webapp.views.faults import _place
from webapp.views.trials import trial_of


@pytest.fixture
def visitor(reader: Reader) -> Reader:
    """A browser that nobody has used, at a simulator where everything works."""
    another = reader.another()
    another.press("/faults", clear="true")
    return another


def bar(reader: Reader) -> str:
    """What the bar says on the page at hand, in words; empty without one."""
    found = re.search(r'<section class="fault-on".*?</section>', reader.page.text if reader.page else "", re.DOTALL)
    return " ".join(re.sub("<[^>]*>", " ", found[0]).split()) if found else ""


def test_from_a_check_to_the_refusal_and_back(visitor: Reader) -> None:
    """The form of a sign-on under the fault comes at once; every page says which fault, and leads back."""
    assert "" == bar(visitor) and "Fault on" not in visitor.get("/checks").text
    visitor.press("/faults", fault="nonce_wrong", **{"from": "/checks#nonce"})
    assert "Fault on: Wrong nonce , in your latest sign-on." in bar(visitor)
    form = " ".join(re.sub("<[^>]*>", "", visitor.page.text if visitor.page else "").split())
    assert f"Sign on as sharedTestUser, password {PASSWORD}, to see “Wrong nonce”. The ID token carries another" in form
    page = visitor.answer(username="sharedTestUser", password=PASSWORD)
    assert "you chose the fault “Wrong nonce”" in page.text
    assert (True, True) == (">Try again with the fault<" in page.text, ">Sign on without it<" in page.text)
    assert "<b>signature</b>" in page.text
    assert ("id_token_claim", True) == (visitor.error_code, 'href="/checks#nonce">Back to the check' in page.text)
    for path in ("/", "/checks", "/help", "/session"):
        visitor.get(path)
        assert "Fault on: Wrong nonce" in bar(visitor), path
    visitor.press("/faults", clear="true", **{"from": "/checks#nonce"})
    assert ("", True) == (bar(visitor), visitor.url.endswith("/checks#nonce"))


def test_starting_again_runs_under_no_fault(visitor: Reader) -> None:
    """And no page says otherwise."""
    visitor.press("/faults", fault="nonce_wrong")
    visitor.sign_on("redirectless")
    assert visitor.session()["signed_in"]
    visitor.get("/checks")
    assert "" == bar(visitor)


def test_what_is_chosen_on_the_simulators_page_is_in_the_bar_too(visitor: Reader) -> None:
    """For the next sign-on, or until it is cleared; here or there."""
    for mode, words in (("next", "for the next sign-on"), ("until-cleared", "until you clear it")):
        visitor.switch(fault="alg_none", mode=mode)
        visitor.get("/")
        assert f"Fault on: alg: none , {words}." in bar(visitor)
    visitor.press("/faults", clear="true")
    assert "" == bar(visitor)


@pytest.mark.parametrize("fault", [each for each in CATALOGUE if each.scope in ("discovery", "keys")], ids=str)
def test_a_fault_of_metadata_shows_although_metadata_is_kept(visitor: Reader, fault: object) -> None:
    """At the very next sign-on; what was kept is as it was, so the one after that works."""
    name, refusal = fault.name, fault.refusal  # type: ignore[attr-defined]
    assert 200 == visitor.sign_on("redirectless").status_code
    page = visitor.press("/faults", fault=name)
    if 'type="password"' in page.text:
        visitor.answer(username="sharedTestUser", password=PASSWORD)
    assert refusal == visitor.error_code
    assert "/traces/" in (visitor.page.text if visitor.page else "")
    assert 200 == visitor.sign_on("redirectless").status_code
    assert visitor.session()["signed_in"]


def test_a_mode_that_shows_the_fault_is_chosen() -> None:
    """What redirects alone can show begins in a mode that redirects; what our server alone sees, where it sees it."""
    for fault in CATALOGUE:
        if fault.scope == SIGN_ON:
            mode = trial_of(fault.name).mode
            assert mode == "custom" or "hosted and custom mode" not in fault.what, fault.name
            assert mode != "hosted" or "redirectless and custom" not in fault.what, fault.name


@pytest.mark.parametrize("fields", [{"fault": "no_such"}, {}, {"rule": "no_such"}])
def test_what_there_is_not_is_not_found(visitor: Reader, fields: dict[str, str]) -> None:
    """And nothing is chosen."""
    assert 404 == visitor.press("/faults", **fields).status_code
    assert "" == bar(visitor)


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example/", "/session", "/checks?x", "/checks#a b"])
def test_the_way_back_leads_to_pages_that_tell_of_faults(place: str) -> None:
    """It is shown as a link, and comes from a form."""
    assert "" == _place(place)
    assert "/attacks/stolen-code" == _place("/attacks/stolen-code")


def test_another_sites_form_chooses_nothing(visitor: Reader) -> None:
    """Nor does a link."""
    url = visitor.public_url
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = visitor.client.post("/faults", base_url=url, data={"fault": "nonce_wrong"}, headers=foreign)
    assert (403, 405) == (answer.status_code, visitor.client.get("/faults", base_url=url).status_code)
    assert "Fault on" not in visitor.get("/").text
    assert BY_NAME["nonce_wrong"]
