"""A browser without a window over real HTTP, with a real one's rules for cookies, and a server for it to visit.

Cookies belong to hosts, not ports; one without SameSite counts as Lax; a Lax one comes along on top-level GETs from
other sites and on nothing else from there. `Sec-Fetch-Site`, `Sec-Fetch-Mode` and `Origin` are what browsers send.
A page whose only purpose is to post itself (`form_post`) does so.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from werkzeug.serving import WSGIRequestHandler, make_server

from webapp.server import listen

MOST_HOPS = 15


@dataclass(frozen=True)
class Page:
    """What a visit ended at; `trail` lists the addresses on the way, the last one its own."""

    status: int
    text: str
    headers: tuple[tuple[str, str], ...]
    trail: tuple[str, ...]

    def header(self, name: str) -> str:
        """The first header of that name; empty without one."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def error_code(self) -> str:
        """The error code of our refusal pages; empty elsewhere."""
        found = re.search(r'data-error-code="([a-z_]+)"', self.text)
        return found[1] if found else ""

    @property
    def failed_check(self) -> str:
        """The check that our refusal page names; empty elsewhere."""
        found = re.search(r'The check that failed.*?<li class="check failed">.*?<b>([^<]*)</b>', self.text, re.DOTALL)
        return found[1] if found else ""


@dataclass
class Cookie:
    """One cookie as the browser keeps it."""

    value: str
    same_site: str
    lasts: bool = False


@dataclass
class WebBrowser:
    """One visitor's browser. `blocked` are hosts it never reaches: addresses that a test only looks at."""

    cookies: dict[str, dict[str, Cookie]] = field(default_factory=dict)
    visited: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    """What the visits ended at. Two browsers may share one list."""
    blocked: tuple[str, ...] = (".example",)
    stop_at: str = ""
    """Addresses that begin so are not visited: somebody keeps the browser from getting there."""

    def visit(self, url: str, came_from: str = "", **headers: str) -> Page:
        """Navigate to an address: typed in, or by a link on `came_from`."""
        return self._go("GET", url, None, came_from, headers)

    def submit(self, url: str, fields: Mapping[str, str] | None = None, came_from: str = "", **headers: str) -> Page:
        """Send a form of the page at `came_from`; of the same site when that is left out."""
        return self._go("POST", url, dict(fields or {}), came_from or url, headers)

    def load(self, url: str, came_from: str) -> Page:
        """Load a frame of a page at `came_from`."""
        return self._once("GET", url, None, came_from, {"Sec-Fetch-Dest": "iframe"}, embedded=True)

    def plant(self, host: str, name: str, value: str) -> None:
        """Set a cookie as a neighbouring subdomain or a machine on the wire can."""
        self.cookies.setdefault(host, {})[name] = Cookie(value, "lax")

    def restart(self) -> None:
        """Close the browser and open it again: cookies without a date are gone."""
        for jar in self.cookies.values():
            for name in [name for name, cookie in jar.items() if not cookie.lasts]:
                del jar[name]

    def stolen(self) -> "WebBrowser":
        """Another browser with a copy of these cookies."""
        copies = {
            host: {name: Cookie(c.value, c.same_site) for name, c in jar.items()} for host, jar in self.cookies.items()
        }
        return WebBrowser(copies)

    def json(self, url: str) -> Any:
        """What an address of the same site answers to `Accept: application/json`."""
        return json.loads(self.visit(url, url, Accept="application/json").text)

    def _go(self, method: str, url: str, form: Mapping[str, str] | None, came_from: str, headers: Any) -> Page:
        trail: tuple[str, ...] = ()
        for _ in range(MOST_HOPS):
            if _host(url).endswith(self.blocked) or (self.stop_at and trail and url.startswith(self.stop_at)):
                self.visited.append(url)
                return Page(0, "", (), (*trail, url))
            page = self._once(method, url, form, came_from, headers)
            trail = (*trail, url)
            page = Page(page.status, page.text, page.headers, trail)
            if page.status in (301, 302, 303):
                method, form, url = "GET", None, urljoin(url, page.header("Location"))
            elif page.status in (307, 308):
                url = urljoin(url, page.header("Location"))
            elif posts_itself := _self_posting(page.text):
                came_from, (url, form), method = url, posts_itself, "POST"
            else:
                self.pages.append(page)
                return page
        raise AssertionError(f"a redirect loop: {trail}")

    def _once(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None,
        came_from: str,
        headers: Any,
        embedded: bool = False,
    ) -> Page:
        self.visited.append(url)
        parts = urlsplit(url)
        across = bool(came_from) and _host(came_from) != _host(url)
        site = "none" if not came_from else "cross-site" if across else "same-origin"
        sent = {"Host": parts.netloc, "Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Connection": "close"}
        if method == "POST":
            sent["Origin"] = "{0.scheme}://{0.netloc}".format(urlsplit(came_from or url))
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        jar = self.cookies.get(_host(url), {})
        lax = not across or (method == "GET" and not embedded)
        kept = [
            f"{n}={c.value}"
            for n, c in jar.items()
            if c.same_site == "none" or (lax and (c.same_site != "strict" or not across))
        ]
        if kept:
            sent["Cookie"] = "; ".join(kept)
        connection = HTTPConnection(_host(url), parts.port, timeout=10)
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "") or "/"
            connection.request(method, target, urlencode(form) if form is not None else None, sent | headers)
            answer = connection.getresponse()
            page = Page(answer.status, answer.read().decode("utf-8", "replace"), tuple(answer.getheaders()), (url,))
        finally:
            connection.close()
        self._keep(_host(url), page, across and embedded)
        return page

    def _keep(self, host: str, page: Page, third_party: bool) -> None:
        for name, line in page.headers:
            if name.lower() != "set-cookie" or third_party:
                continue
            for key, morsel in SimpleCookie(line).items():
                jar = self.cookies.setdefault(host, {})
                if morsel["max-age"] == "0" or "1970" in morsel["expires"]:
                    jar.pop(key, None)
                else:
                    jar[key] = Cookie(
                        morsel.coded_value,
                        (morsel["samesite"] or "lax").lower(),
                        bool(morsel["max-age"] or morsel["expires"]),
                    )


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _self_posting(html: str) -> tuple[str, dict[str, str]] | None:
    if "document.forms[0].submit()" not in html:
        return None
    tags = [
        {name: unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
        for tag in re.findall(r"<(?:form|input)\b[^>]*>", html)
    ]
    return tags[0]["action"], {each["name"]: each["value"] for each in tags[1:] if "name" in each}


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """The tests look at answers instead."""


@contextmanager
def served(make: Callable[[str], Any]) -> Iterator[str]:
    """Serve the WSGI application that `make(its URL)` returns on a loopback port, as `http://localhost:<port>`."""
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    url = f"http://localhost:{port}"
    server = make_server("127.0.0.1", port, make(url), threaded=True, request_handler=_Silent, fd=listening.fileno())
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="served")
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        listening.close()
