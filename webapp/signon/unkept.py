"""Metadata and keys that one visitor of the simulator wants to see go wrong: fetched past the cache, and not kept."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from ..oidc.cache import Cached
from ..oidc.http import HttpClient

T = TypeVar("T")


class Faults(Protocol):
    """What the simulator in this process says of the visitor whose request is being answered."""

    def meets(self, scope: str) -> bool:
        """Whether the next request of this kind meets a fault that this visitor chose."""

    def own_metadata(self) -> AbstractContextManager[None]:
        """What is fetched within is this visitor's alone."""


class CachedUnlessFaulty(Cached[T]):
    """`Cached`, for an application with its simulator.

    With a warm cache a fault of discovery would show an hour later, to another visitor. Here the visitor who chose it
    fetches again, and all others go on with what is kept.
    """

    def __init__(
        self, fetch: Callable[[HttpClient], T], http: Callable[[], HttpClient], now: Callable[[], float], *,
        faults: Faults | None, scope: str, **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(fetch, http, now, **more)
        self._faults, self._scope = faults, scope

    def get(self, http: HttpClient | None = None) -> T:
        """See `Cached`."""
        if self._faults is None or not self._faults.meets(self._scope):
            return super().get(http)
        with self._faults.own_metadata():
            return self._fetch(http if http is not None else self._http())
