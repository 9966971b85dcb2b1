"""The example of what comes after sign-on: a group, a second factor, an API."""

import re
from urllib.parse import urljoin

import pytest
import requests

from tests.examples.conftest import PROJECT, Visitor
from tests.simulator.page import Forms
from webapp.simulator import PASSWORD

pytestmark = pytest.mark.parametrize("running", ["api_app"], indirect=True)


class Person(Visitor):
    """A browser that fills in PingOne's forms as well."""

    def __init__(self, running, username="sharedTestUser"):
        super().__init__(running.base)
        self.simulator, self.username = running.simulator, username

    def open(self, path):
        """Open a page, and do what PingOne asks for on the way."""
        page = self.get(path)
        for _ in range(4):
            if page.url.startswith(self.base):
                break
            page = self._fill_in(page)
        return page

    def _fill_in(self, page):
        forms = Forms(page.text).forms
        names = {name for form in forms for name in form["fields"]}
        wanted = next(each for each in ("otp", "device", "password") if each in names)
        form = next(form for form in forms if wanted in form["fields"])
        fields = dict(form["fields"])
        if wanted == "password":
            fields |= {"username": self.username, "password": PASSWORD}
        elif wanted == "device":
            fields["device"] = re.search(r'name="device"[^>]*value="([^"]+)"', page.text)[1]
        else:
            inbox = requests.get(f"{self.simulator.base}/inbox", headers={"Accept": "application/json"}, timeout=5)
            fields["otp"] = inbox.json()["messages"][0]["code"]
        origin = "/".join(page.url.split("/")[:3])
        return self.http.post(urljoin(page.url, form["action"]), data=fields, headers={"Origin": origin}, timeout=10)


def test_it_is_one_short_file(running):
    """120 lines are enough."""
    assert len((PROJECT / "examples" / "api_app.py").read_text().splitlines()) <= 120


def test_a_member_sees_the_page_and_another_is_refused(running):
    """After one sign-on each; the second visit asks for nothing."""
    assert (200, "For members") == ((page := Person(running).open("/members")).status_code, page.text)
    other = Person(running, "namelessTestUser")
    for _ in range(2):
        assert (403, True) == ((page := other.open("/members")).status_code, "group" in page.text)


def test_a_transfer_brings_the_second_factor(running):
    """Also for somebody who is signed on without one; then it is silent."""
    person = Person(running)
    assert 200 == person.open("/members").status_code
    assert (200, True) == ((page := person.open("/transfer")).status_code, "second factor" in page.text)
    before = running.simulator.count("/as/authorize")
    assert 200 == person.open("/transfer").status_code
    assert before == running.simulator.count("/as/authorize")


def test_a_weaker_answer_signs_nobody_on(running):
    """PingOne answers with another policy than was asked for."""
    person = Person(running)
    running.simulator.choose("acr_downgraded")
    assert "id_token_claim: acr" in person.open("/transfer").text


def test_orders_come_from_the_api(running):
    """With a token that has the scope, asked for when it was needed."""
    person = Person(running)
    assert 200 == person.open("/members").status_code
    assert "A kettle" in person.open("/orders").text


def test_the_api_refuses_what_is_not_for_it(running):
    """No token, garbage, and a token for another audience, which is renewed once before it is told."""
    bare = requests.get(f"{running.base}/api/orders", timeout=5)
    assert (401, 'Bearer realm="orders"') == (bare.status_code, bare.headers["WWW-Authenticate"])
    running.simulator.choose("access_audience_wrong")
    before = running.simulator.count("/as/token")
    page = Person(running).open("/orders")
    assert (401, True) == (page.status_code, "invalid_token" in page.text)
    assert before + 2 == running.simulator.count("/as/token")
