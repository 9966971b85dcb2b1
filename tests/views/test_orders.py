"""Orders come from an API: what is missing for the call is brought, once, and what cannot be brought is told."""

import re
from collections.abc import Iterator

import pytest

from tests.views.test_step_up import Clock, Visitor, application, visitor
from webapp.simulator.engine import grants

__all__ = ["application", "visitor"]
MODES = ("hosted", "redirectless", "custom")


def calls(visitor: Visitor, name: str) -> list[int | None]:
    """The statuses of the steps of this name in the story of the session, in order."""
    services = visitor.client.application.extensions["services"]
    from webapp.trace.story import Story

    record = services.traces.get(visitor.session()["trace"])
    assert record is not None
    return [step["status"] for step in Story.from_record(record).steps if step["name"] == name]


@pytest.mark.parametrize("mode", MODES)
def test_the_scope_is_asked_for_when_it_is_needed(visitor: Visitor, mode: str) -> None:
    """The first visit signs on again with the scope (silently, where PingOne's session is the browser's)."""
    visitor.sign_on(mode)
    assert "orders:read" not in visitor.session()["scopes"]
    visitor.get("/orders?confirm=1")
    visitor.password()
    assert (200, "/orders") == visitor.place
    assert "A kettle" in visitor.text
    assert {"openid", "profile", "email", "orders:read"} == set(visitor.session()["scopes"])
    trace = visitor.session()["trace"]
    assert (200, trace) == (visitor.get("/orders?confirm=1").status_code, visitor.session()["trace"])
    assert [200] == sorted(set(calls(visitor, "api_call")))


def test_invoices_bring_the_second_factor_that_the_api_asks_for(visitor: Visitor) -> None:
    """Only the API knows that it wants one: its 401 is turned into a step-up, and the page is there afterwards."""
    visitor.sign_on("redirectless")
    visitor.get("/orders/invoices?confirm=1")
    visitor.password()
    if visitor.place != (200, "/orders/invoices"):
        assert (403, True) == (visitor.place[0], "a second factor" in visitor.text)
        visitor.get("/orders/invoices?confirm=1")
        visitor.password()
        visitor.second_factor()
    assert (200, "/orders/invoices") == visitor.place
    assert "19.90" in visitor.text
    assert "Multi_Factor" == visitor.session()["claims"]["acr"]


@pytest.mark.parametrize(
    "fault", ["access_is_id_token", "access_audience_wrong", "access_issuer_wrong", "access_expired"]
)
def test_a_token_that_the_api_refuses_is_renewed_once_and_then_told(visitor: Visitor, fault: str) -> None:
    """Two calls, one refresh, a page that names the API's words; the session stays."""
    visitor.switch(fault=fault, mode="until-cleared")
    visitor.sign_on("redirectless?scope=openid%20orders:read")
    page = visitor.get("/orders?confirm=1")
    assert (401, "token_not_accepted") == (page.status_code, visitor.error_code)
    assert "invalid_token" in page.text
    assert [401, 401] == calls(visitor, "api_call")
    assert [200] == calls(visitor, "refresh")
    visitor.switch(clear=True)
    assert visitor.session()["signed_in"]


def test_a_scope_that_never_comes_ends_in_a_page_and_not_in_a_circle(visitor: Visitor) -> None:
    """The API says insufficient_scope although the scope was granted: asked for once more, then told."""
    visitor.switch(fault="access_scope_missing", mode="until-cleared")
    visitor.sign_on("hosted?scope=openid%20orders:read")
    visitor.clock.seconds += 100
    page = visitor.get("/orders?confirm=1")
    visitor.password()
    page = visitor.page
    assert page is not None
    assert (403, "access_refused") == (page.status_code, visitor.error_code)
    assert "insufficient_scope" in page.text
    visitor.switch(clear=True)


def test_a_token_is_renewed_shortly_before_it_ends(visitor: Visitor) -> None:
    """No call is made with a token that may end on the way."""
    visitor.sign_on("redirectless?scope=openid%20orders:read")
    visitor.clock.seconds += grants.ACCESS_TOKEN_SECONDS - 50
    assert 200 == visitor.get("/orders?confirm=1").status_code
    assert ([200], [200]) == (calls(visitor, "refresh"), calls(visitor, "api_call"))


def test_scopes_of_pingones_own_api_are_not_mixed_with_those_of_another(visitor: Visitor) -> None:
    """PingOne would refuse the request: they are left out of it."""
    visitor.sign_on("hosted?scope=openid%20p1:read:user")
    assert "p1:read:user" in visitor.session()["scopes"]
    assert 200 == visitor.get("/orders?confirm=1").status_code
    assert ["openid", "orders:read"] == visitor.session()["scopes"]


def test_the_token_is_in_no_page(visitor: Visitor) -> None:
    """Nor in the story of the call."""
    visitor.sign_on("redirectless?scope=openid%20orders:read")
    visitor.get("/orders?confirm=1")
    story = visitor.get(f"/traces/{visitor.session()['trace']}").text
    assert "Orders API" in story
    assert not re.search(r"Bearer ey", story + visitor.get("/orders?confirm=1").text)


@pytest.fixture(params=["nothing-here", "a refusal in JSON"])
def silent(application: tuple[Clock, Visitor], request: pytest.FixtureRequest) -> Iterator[None]:
    """The API gives no answer that can be used."""
    services = application[1].client.application.extensions["services"]
    orders, url = services.orders, services.orders.url
    no_flow = f"{services.settings.simulator_base}/{services.settings.environment_id}/flows"
    object.__setattr__(orders, "url", f"{url}/nothing-here" if request.param == "nothing-here" else no_flow)
    yield
    object.__setattr__(orders, "url", url)


def test_an_api_that_does_not_answer_is_told_and_changes_nothing(visitor: Visitor, silent: None) -> None:
    """502, and the session is as it was."""
    visitor.sign_on("redirectless?scope=openid%20orders:read")
    page = visitor.get("/orders?confirm=1")
    assert (502, True) == (page.status_code, "no answer that can be used" in page.text)
    assert visitor.session()["signed_in"]
