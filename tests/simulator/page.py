"""A browser without script: follows redirects within the simulator, fills in the forms it is shown."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

from werkzeug.test import TestResponse

from tests.simulator.driver import BASE, Driver

ORIGIN = BASE.removesuffix("/simulator")


class Forms(HTMLParser):
    """Every form of a page: its action, its fields with their values, its buttons."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, object]] = []
        self.status = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.status = found.get("data-status", self.status)
        if tag == "form":
            self.forms.append({"action": found["action"], "fields": {}})
        if tag in ("input", "button") and self.forms and "name" in found:
            fields = self.forms[-1]["fields"]
            assert isinstance(fields, dict)
            if found.get("type") != "radio" or "checked" in found:
                fields.setdefault(found["name"], found.get("value", ""))


class Browser:
    """One window."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.response: TestResponse | None = None

    def open(self, url: str) -> str:
        """Follow redirects until a page comes, or the browser leaves the simulator; where it ended up."""
        for _ in range(10):
            if not url.startswith(BASE):
                return url
            self.response = self.driver.get(url)
            if self.response.status_code not in (302, 303):
                return url
            url = urljoin(url, self.response.location)
        raise AssertionError("too many redirects")

    @property
    def text(self) -> str:
        assert self.response is not None
        return self.response.text

    @property
    def status(self) -> str:
        """The flow's status as the page states it."""
        return Forms(self.text).status

    def submit(self, action: str, **filled: str) -> str:
        """Fill in the form of an action and press its button; where the browser ended up."""
        for form in Forms(self.text).forms:
            fields = form["fields"]
            assert isinstance(fields, dict)
            if action == fields.get("action"):
                missing = set(filled) - set(fields)
                assert not missing, f"the form has no field {missing}"
                target = str(form["action"])
                self.response = self.driver.post(target, data={**fields, **filled}, headers={"Origin": ORIGIN})
                return self.open(self.response.location) if self.response.status_code == 303 else target
        raise AssertionError(f"no form for {action}: {self.text}")
