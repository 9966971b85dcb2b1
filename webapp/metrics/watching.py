"""Where the numbers come from: around each call, each store operation and each request."""

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from ..oidc.cause import cause_of
from ..oidc.http import Answer
from ..store.protocol import Store, StoreUnavailable
from ..transport.call import Call, Sender, Try
from ..transport.errors import NoAnswer
from .meters import ENDPOINTS, Meters

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OPERATIONS = [name for name in vars(Store) if not name.startswith("_") and name not in ("advice", "census", "close")]
_LAST = {"openid-configuration": "discovery", **{name: name for name in ENDPOINTS}}
"""The last part of an endpoint's path, where PingOne has it and most other providers."""


class Watch:
    """One process, watched."""

    def __init__(self, threads: int, calls_limit: int, api_url: str) -> None:
        """See `Meters`; calls to `api_url` are the orders API's."""
        self.meters = Meters(threads, calls_limit)
        self.census: Callable[[], dict[str, int]] = dict
        """Of the store, once there is one."""
        self._api = f"{api_url}/" if api_url else ""

    def calls(self, send: Sender) -> Sender:
        """Return the sender, whose calls are counted and timed."""
        meters = self.meters

        def watched(call: Call, attempt: Try) -> Answer:
            endpoint = "api" if self._api and call.url.startswith(self._api) else endpoint_of(call)
            meters.calls_now.inc()
            started = perf_counter()
            try:
                answer = send(call, attempt)
            except NoAnswer as failure:
                meters.unanswered(endpoint, cause_of(failure), perf_counter() - started)
                raise
            finally:
                meters.calls_now.dec()
            meters.answered(endpoint, answer.status, perf_counter() - started)
            return answer

        return watched

    def store(self, store: Store) -> Store:
        """Return the store, whose operations are timed, and counted when they fail."""
        self.census = store.census
        return cast(Store, _WatchedStore(store, self.meters))

    def threads(self, application: "WSGIApplication") -> "WSGIApplication":
        """Return the application, which reports how many threads it keeps busy."""
        busy = self.meters.threads_busy

        def watched(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            busy.inc()
            try:
                return application(environ, start_response)
            finally:
                busy.dec()

        return watched


def endpoint_of(call: Call) -> str:
    """Return which of `ENDPOINTS` is called: ids and queries are no part of the name."""
    *_, before, last = f"/{call.target.partition('?')[0]}".split("/")
    if before == "flows":
        return "flow"
    if last == "token" and b"grant_type=refresh_token" in call.body:
        return "refresh"
    return _LAST.get(last, "other")


class _WatchedStore:
    def __init__(self, store: Store, meters: Meters) -> None:
        self._store = store
        for name in OPERATIONS:
            setattr(self, name, _watched(name, getattr(store, name), meters))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def _watched(name: str, operation: Callable[..., Any], meters: Meters) -> Callable[..., Any]:
    seconds, errors = meters.store_seconds.labels(name), meters.store_errors.labels(name)

    def watched(*args: Any, **named: Any) -> Any:
        started = perf_counter()
        try:
            return operation(*args, **named)
        except StoreUnavailable:
            errors.inc()
            raise
        finally:
            seconds.observe(perf_counter() - started)

    return watched
