"""Browsers with engines other than Chromium's: Firefox by Marionette, WebKitGTK by its WebDriver.

Both speak the commands of W3C WebDriver (https://www.w3.org/TR/webdriver2/), one over a socket, the other over HTTP.
"""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.support.browser import PATIENCE

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key of an element's id in an answer (WebDriver, section 12.1)."""
ENTER = "\ue007"
"""The key that sends a form (WebDriver, section 17.4.2)."""
PREFERENCES = {
    "marionette.port": 0,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "remote.prefs.recommended": True,
    "signon.rememberSignons": False,
}


COMMANDS = {
    "open": ("WebDriver:Navigate", "POST", "url", ""),
    "back": ("WebDriver:Back", "POST", "back", ""),
    "url": ("WebDriver:GetCurrentURL", "GET", "url", ""),
    "find": ("WebDriver:FindElements", "POST", "elements", ""),
    "click": ("WebDriver:ElementClick", "POST", "element", "click"),
    "type": ("WebDriver:ElementSendKeys", "POST", "element", "value"),
    "text": ("WebDriver:GetElementText", "GET", "element", "text"),
}
"""Ours -> Marionette's name; method, and what comes before and after an element's id in WebDriver's path."""


ANSWER = 15.0
"""Seconds for one command. Waiting for a page takes many commands."""


class Gone(Exception):
    """The page changed while it was looked at: look again."""


class DriverHung(Exception):
    """The driver answers no more: WebKit's does so now and then when a page leaves while it is pressed."""


class Wire(Protocol):
    """How commands reach a browser. Raises `Gone` for an element or a page that is not there (any more)."""

    def send(self, command: str, **parameters: Any) -> Any:
        """Have the browser do something, and return its value."""


class Marionette:
    """Firefox's own protocol: `[0, id, command, parameters]` and `[1, id, error, value]`, each after its length."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE / 1000)
        self._number = 0
        self._read()  # Firefox introduces itself.
        self._call("WebDriver:NewSession", {})

    def send(self, command: str, **parameters: Any) -> Any:
        """Send one command and wait for its answer."""
        value = self._call(COMMANDS[command][0], parameters)
        return value["value"] if isinstance(value, dict) else value

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _call(self, name: str, parameters: dict[str, Any]) -> Any:
        self._number += 1
        frame = json.dumps([0, self._number, name, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(frame), frame))
        _, _, error, value = self._read()
        if error:
            raise Gone(error["error"])
        return value

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._bytes(1)
        frame = b""
        while len(frame) < int(length[:-1]):
            frame += self._bytes(65_536)
        return json.loads(frame)

    def _bytes(self, most: int) -> bytes:
        try:
            found = self._socket.recv(most)
        except TimeoutError:
            found = b""
        if not found:
            raise DriverHung("Marionette")
        return found


class WebDriver:
    """The standard's HTTP binding."""

    def __init__(self, port: int, capabilities: dict[str, Any]) -> None:
        self._root = f"http://127.0.0.1:{port}/session"
        session = self._call("POST", "", {"capabilities": {"alwaysMatch": capabilities}})
        self._root += f"/{session['sessionId']}"

    def send(self, command: str, **parameters: Any) -> Any:
        """Send one command and wait for its answer."""
        _, method, first, last = COMMANDS[command]
        path = "".join(f"/{each}" for each in (first, parameters.pop("id", ""), last) if each)
        return self._call(method, path, parameters if method == "POST" else None)

    def _call(self, method: str, path: str, parameters: dict[str, Any] | None) -> Any:
        body = None if parameters is None else json.dumps(parameters).encode()
        request = urllib.request.Request(self._root + path, body, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=ANSWER) as answer:
                return json.load(answer)["value"]
        except urllib.request.HTTPError as refused:
            raise Gone(refused.read().decode()) from None
        except TimeoutError:
            raise DriverHung(f"{method} {path}") from None


class Tab:
    """One tab, as a person uses it: waits for what should be there."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def open(self, url: str) -> None:
        """Go to an address."""
        self._wire.send("open", url=url)

    def back(self) -> None:
        """Press Back."""
        self._wire.send("back")

    @property
    def url(self) -> str:
        """The address that is shown."""
        return str(self._wire.send("url"))

    def click(self, css: str) -> None:
        """Press what is at `css`, the first if there are several."""
        self.until(lambda: self._on(css, lambda id: self._wire.send("click", id=id)), css)

    def follow(self, css: str, to: str) -> None:
        """Press a link until its page shows `to`: a page that is still being laid out misses a press."""
        end = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < end and not self._present(to):
            with suppress(Gone):
                self._on(css, lambda id: self._wire.send("click", id=id))
            again = time.monotonic() + 2
            while time.monotonic() < again and not self._present(to):
                time.sleep(0.02)
        self.shows(to)

    def type(self, css: str, text: str) -> None:
        """Type into a field."""
        self.until(lambda: self._on(css, lambda id: self._wire.send("type", id=id, text=text)), css)

    def text(self, css: str = "body") -> str:
        """The words of an element."""
        found: list[str] = []
        self.until(lambda: self._on(css, lambda id: found.append(self._wire.send("text", id=id))), css)
        return found[-1]

    def shows(self, css: str) -> None:
        """Wait until the page has such an element."""
        self.until(lambda: self._present(css), css)

    def _present(self, css: str) -> bool:
        try:
            return bool(self._wire.send("find", using="css selector", value=css))
        except Gone:
            return False

    def arrives(self, address: str, words: str) -> None:
        """Wait until a page with `words` in its heading is shown, and its address without its query is this one."""
        self.until(lambda: self._heading() == words, words)
        assert address == self.url.partition("?")[0]

    def _heading(self) -> str:
        found = self._wire.send("find", using="css selector", value="h1")
        return str(self._wire.send("text", id=found[0][ELEMENT])) if found else ""

    def _on(self, css: str, act: Callable[[str], object]) -> bool:
        found = self._wire.send("find", using="css selector", value=css)
        for each in found[:1]:
            act(each[ELEMENT])
        return bool(found)

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Wait until something is so. Pages come and go meanwhile."""
        end = time.monotonic() + PATIENCE / 1000
        why: object = ""
        while time.monotonic() < end:
            try:
                if true():
                    return
            except Gone as gone:
                why = gone
            time.sleep(0.02)
        raise AssertionError(f"waited for {what} {why}")


@contextmanager
def firefox(folder: Path, script: bool) -> Iterator[Tab]:
    """A Firefox without a window, with a profile of its own in `folder`."""
    program = _program("firefox-esr", "firefox")
    wanted = PREFERENCES | {"javascript.enabled": script}
    (folder / "user.js").write_text(
        "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in wanted.items())
    )
    command = [program, "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    with ExitStack() as stack:
        stack.enter_context(_running(command, environ=os.environ | {"HOME": str(folder)}))
        yield Tab(stack.enter_context(closing(Marionette(int(_appears(folder / "MarionetteActivePort"))))))


@contextmanager
def webkit(folder: Path, script: bool) -> Iterator[Tab]:
    """A WebKitGTK on a screen that nobody sees."""
    driver, screen, browser = _program("WebKitWebDriver"), _program("Xvfb"), _program(*MINI_BROWSERS)
    display = folder / "display"
    with ExitStack() as stack:
        number = stack.enter_context(display.open("w")).fileno()
        stack.enter_context(_running([screen, "-displayfd", str(number), "-screen", "0", "1280x1024x24"], (number,)))
        port = _free_port()
        environ = os.environ | {"DISPLAY": f":{_appears(display)}", "HOME": str(folder), "GDK_BACKEND": "x11"}
        stack.enter_context(_running([driver, f"--port={port}"], environ=environ | UNCONFINED))
        _listens(port)
        options = {"binary": browser, "args": ["--automation", f"--enable-javascript-markup={str(script).lower()}"]}
        yield Tab(WebDriver(port, {"pageLoadStrategy": "none", "webkitgtk:browserOptions": options}))


UNCONFINED = {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
"""Its own sandbox does not start within a container."""
MINI_BROWSERS = ("MiniBrowser", *(f"/usr/lib/x86_64-linux-gnu/webkit2gtk-4.{each}/MiniBrowser" for each in (1, 0)))


def _program(*names: str) -> str:
    found = next((program for name in names if (program := shutil.which(name))), "")
    if found:
        return found
    reason = f"NOT TESTED: there is no {names[0]} on this machine"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def _running(command: list[str], keep: tuple[int, ...] = (), environ: dict[str, str] | None = None) -> Iterator[None]:
    process = subprocess.Popen(
        command, env=environ, pass_fds=keep, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _appears(path: Path) -> str:
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end:
        if path.exists() and (text := path.read_text().strip()):
            return text
        time.sleep(0.02)
    raise AssertionError(f"{path.name} was not written")


def _listens(port: int) -> None:
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on {port}")
