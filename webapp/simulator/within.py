"""A simulator within the process of an application: whose visitor is the application's server calling for?

A server's calls carry no browser's cookie. Flows, codes and tokens say by themselves to which visitor's environment
they belong, but the request that starts a flow from the server does not. Here the application's own requests are seen
on their way in, and the calls that are made while one of them is answered get its visitor's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from .endpoints.visitors import EXTENSION, OWN_METADATA, VISITOR, cookie_name

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from .engine.faults import Switchboard
    from .engine.worlds import Worlds


class _Visit:
    """The request that is being answered: its visitor's name and address, and the cookie if the name is a new one."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self.address = address
        self.cookie = ""
        self.own_metadata = False


_visit: ContextVar[_Visit | None] = ContextVar("visit", default=None)


class Within:
    """Two WSGI applications that belong together: ``calls`` for the server, ``pages`` for browsers.

    It is for application and simulator on one origin, where a browser shows its cookie to both.
    """

    def __init__(self, simulator: WSGIApplication, worlds: Worlds) -> None:
        self._simulator = simulator
        self._worlds = worlds
        self._cookie = cookie_name(worlds.everybodys.base_url)
        worlds.named = True

    @classmethod
    def of(cls, simulator: Any) -> Within | None:
        """For a simulator in which visitors have environments of their own; None for any other WSGI application."""
        worlds = getattr(simulator, "extensions", {}).get(EXTENSION)
        return cls(simulator, worlds) if worlds is not None and worlds.shared else None

    def calls(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The simulator, called by the application's server. A new name goes to the browser and not to the server."""
        visit = _visit.get()
        if visit is None:
            return self._simulator(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            kept = []
            for name, value in headers:
                if name.lower() == "set-cookie" and value.startswith(f"{self._cookie}="):
                    visit.cookie, visit.name = value, value.partition("=")[2].partition(";")[0]
                else:
                    kept.append((name, value))
            return start_response(status, kept, exc_info) if exc_info else start_response(status, kept)

        named = {VISITOR: visit.name, OWN_METADATA: visit.own_metadata, "REMOTE_ADDR": visit.address}
        return self._simulator({**environ, **named}, start)

    def pages(self, application: WSGIApplication) -> WSGIApplication:
        """The application, its visitors noticed."""

        def noticing(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            visit = _Visit(_value(environ.get("HTTP_COOKIE", ""), self._cookie), environ.get("REMOTE_ADDR", ""))
            if visit.name:
                # Whoever fills in the application's form is there, even before it calls the simulator again.
                self._worlds.find(visit.name)

            def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
                named = [*headers, ("Set-Cookie", visit.cookie)] if visit.cookie else headers
                return start_response(status, named, exc_info) if exc_info else start_response(status, named)

            before = _visit.set(visit)
            try:
                return application(environ, start)
            finally:
                _visit.reset(before)

        return noticing


class Board:
    """Which fault is chosen by the visitor whose request the application is answering."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds

    @classmethod
    def of(cls, simulator: Any) -> Board | None:
        """For a simulator in this process; None for any other WSGI application."""
        worlds = getattr(simulator, "extensions", {}).get(EXTENSION)
        return cls(worlds) if worlds is not None else None

    def chosen(self) -> tuple[str, str]:
        """The fault's name and its mode (``next``, ``until-cleared``); two empty strings when there is none."""
        faults = self._faults()
        fault = faults.chosen if faults else None
        return (fault.name, faults.mode) if faults and fault else ("", "")

    def meets(self, scope: str) -> bool:
        """Whether the next request of this kind, such as ``discovery``, meets a fault."""
        faults = self._faults()
        return faults is not None and faults.chosen is not None and faults.chosen.scope == scope

    @contextmanager
    def own_metadata(self) -> Iterator[None]:
        """Fetch discovery and keys as this visitor's alone: otherwise they are everybody's, and nobody's fault."""
        visit = _visit.get()
        if visit is not None:
            visit.own_metadata = True
        try:
            yield
        finally:
            if visit is not None:
                visit.own_metadata = False

    def _faults(self) -> Switchboard | None:
        if not self._worlds.shared:
            return self._worlds.everybodys.faults
        visit = _visit.get()
        environment = self._worlds.find(visit.name) if visit is not None and visit.name else None
        return environment.faults if environment else None


def _value(header: str, name: str) -> str:
    """A cookie out of the request's header; empty when it is not there."""
    for pair in header.split(";"):
        held, _, value = pair.strip().partition("=")
        if held == name:
            return value
    return ""
