"""The browser of the attacks keeps cookies as real ones do: else an attack would end as the test has it."""

from collections.abc import Iterator

import pytest
from flask import Flask, Response, redirect, request

from tests.support.web import WebBrowser, served

ELSEWHERE = "https://mallory.example/"


def _site(url: str) -> Flask:
    app = Flask("site")

    @app.get("/set")
    def give() -> Response:
        response = Response()
        for name in ("Lax", "Strict", "None"):
            response.set_cookie(name, "1", samesite=name)
        response.set_cookie("unsaid", "1", max_age=60)
        return response

    @app.route("/see", methods=["GET", "POST"])
    def see() -> str:
        return " ".join(sorted(request.cookies)) + f" | {request.headers['Sec-Fetch-Site']}"

    @app.post("/on")
    def onwards() -> Response:
        return redirect("/see", 303)

    return app


@pytest.fixture
def visited() -> Iterator[tuple[WebBrowser, str]]:
    """A browser that has been given one cookie of each kind, and the site."""
    with served(_site) as url:
        browser = WebBrowser()
        browser.visit(f"{url}/set")
        yield browser, url


def test_which_cookies_come_along(visited: tuple[WebBrowser, str]) -> None:
    """All on the own site; Lax ones on a link from another site, but not on its forms or in its frames."""
    browser, url = visited
    seen = {
        "own": browser.submit(f"{url}/see").text,
        "link": browser.visit(f"{url}/see", ELSEWHERE).text,
        "form": browser.submit(f"{url}/see", {}, ELSEWHERE).text,
        "frame": browser.load(f"{url}/see", ELSEWHERE).text,
        "form, then GET": browser.submit(f"{url}/on", {}, ELSEWHERE).text,
    }
    assert {
        "own": "Lax None Strict unsaid | same-origin",
        "link": "Lax None unsaid | cross-site",
        "form": "None | cross-site",
        "frame": "None | cross-site",
        "form, then GET": "Lax None unsaid | cross-site",
    } == seen


def test_a_new_window_has_the_cookies_with_a_date(visited: tuple[WebBrowser, str]) -> None:
    """The others end with the browser."""
    browser, url = visited
    browser.restart()
    assert "unsaid | same-origin" == browser.submit(f"{url}/see").text
