"""What is special about a route, said where the route is."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

View = TypeVar("View", bound=Callable[..., Any])


class Mark:
    """A decorator that notes its views; below the one that makes the route."""

    def __init__(self) -> None:
        self._views: set[Callable[..., Any]] = set()

    def __call__(self, view: View) -> View:
        self._views.add(view)
        return view

    def of(self, endpoint: str | None) -> bool:
        return endpoint is not None and current_app.view_functions.get(endpoint) in self._views

    @property
    def here(self) -> bool:
        """Whether the request that is being answered is for such a view."""
        return self.of(request.endpoint)


acts_on_get = Mark()
"""A visit starts or finishes something: only a browser that goes there may, not one that looks ahead or asks for HEAD,
nor another site's picture or frame."""
acts_in_a_frame = Mark()
"""The same, for what PingOne opens in a frame of its own page."""
sent_by_pingone = Mark()
"""What PingOne posts. The logout token is its own proof, and there is no browser whose origin could be looked at. An
answer by `form_post` changes nothing where it arrives: it is carried over to a GET, which has our cookies."""
probe = Mark()
"""Asked every few seconds by a machine, at whatever address: logged at DEBUG only, never sent elsewhere."""
