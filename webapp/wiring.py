"""Settings become services. The one module that knows everybody; nothing is looked up behind its back."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from config import Settings

from .api.app import create_api
from .oidc.cache import Cached
from .oidc.client import Client
from .oidc.keys import KeySet, ProviderKeys, fetch_keys
from .oidc.pkce import Token
from .oidc.provider import Provider, discover
from .oidc.resource_server import ResourceServer
from .registered import parties_of
from .request_id import request_id
from .signon.api_calls import ApiCalls
from .signon.attempts import SealedAttempts
from .signon.parties import Parties
from .signon.recorded import Recorded
from .signon.session_use import SessionUse
from .signon.sign_offs import SignOffs
from .signon.sign_on import SignOn
from .signon.turns import Turns
from .signon.unkept import CachedUnlessFaulty
from .simulator import create_simulator
from .simulator.engine.fault_catalogue import CATALOGUE
from .simulator.engine.faults import DISCOVERY, KEYS
from .simulator.within import Board, Within
from .store.ended import Ended
from .store.protocol import Store
from .store.sealed import SealedStore
from .store.sessions import Sessions
from .store.sqlite import SqliteStore
from .store.throttle import Throttle
from .store.traces import Traces
from .transport.transport import Transport
from .transport.wsgi import nap

Clock = Callable[[], float]
ENVIRONMENTS = 500
"""How many strangers of a public demo may have a simulated environment of their own at the same time."""


@dataclass(frozen=True)
class Services:
    """Everything a view may use."""

    settings: Settings
    sign_on: SignOn
    session_use: SessionUse
    store: SealedStore
    traces: Traces
    throttle: Throttle
    transport: Transport
    now: Clock
    faults: Mapping[str, str]
    """Name and title of the faults that the built-in simulator offers; empty without it."""
    board: Board | None = None
    """Which of them the visitor of a request has chosen; None where no simulator is built in."""
    simulator: Any = None
    """The simulator's WSGI application when it is built in."""
    api: Any = None
    """The orders API's WSGI application where it is beside the built-in simulator."""
    orders: ApiCalls | None = None
    """Calls the orders API for a visitor; None where the settings name none."""
    watch: Any = None
    """Counts for Prometheus, a `metrics.watching.Watch`; None unless METRICS_PORT is set."""
    visitors: Within | None = None
    """Names the visitor to the simulator, where its visitors have environments of their own."""

    def close(self) -> None:
        """Let go of connections and files. A process that ends need not call it."""
        self.transport.close()
        self.store.close()


def build(
    settings: Settings,
    *,
    store: Store | None = None,
    now: Clock = time.time,
    token: Token = secrets.token_urlsafe,
    deadline: float = 8.0,
    simulator: Any = None,
) -> Services:
    """Build the services. Nothing is fetched here: an application starts while PingOne is down.

    `now` is seconds since 1970, UTC; `token(n)` makes a string of n random bytes; `deadline` bounds each outbound
    call in seconds; `store` and `simulator` replace what the settings would choose.
    """
    if settings.simulator and simulator is None:
        environments = ENVIRONMENTS if settings.simulator == "public" else 0
        simulator = create_simulator(
            settings.simulator_base, public_url=settings.public_url, now=now, sleep=nap, environments=environments
        )
    visitors = Within.of(simulator)
    board = Board.of(simulator) if settings.simulator else None
    mounted = {settings.simulator_base: visitors.calls if visitors else simulator} if settings.simulator else {}
    api = build_api(settings, now, mounted, deadline) if settings.simulator else None
    watch = _watch(settings)
    transport = Transport(
        ca_bundle=settings.ca_bundle,
        proxy=settings.outbound_proxy,
        wsgi={**mounted, settings.api_url: api} if api else mounted,
        allowed_origins=[settings.auth_base_url, *filter(None, [settings.api_url])],
        concurrency=_calls_at_once(settings),
        deadline=deadline,
        labels=_labels,
        **({"around": watch.calls} if watch else {}),
    )
    store = store or _store(settings, now)
    sealed = SealedStore(watch.store(store) if watch else store, settings.secret_key, settings.secret_key_fallbacks)
    traces = Traces(sealed)
    # Of those who wait for a silent PingOne's metadata only so many, so that threads are left for other pages.
    waiters = max(1, settings.web_threads // 4)
    cached = partial(CachedUnlessFaulty, faults=board)
    provider: Cached[Provider] = cached(
        lambda http: discover(http, settings.issuer), transport.http, now, scope=DISCOVERY, waiters=waiters
    )
    keys: Cached[KeySet] = cached(
        lambda http: fetch_keys(http, provider.get(http).jwks_uri),
        transport.http, now, scope=KEYS, ask_first=True, waiters=waiters,
    )  # fmt: skip
    parties = parties_of(settings, provider, ProviderKeys(keys))
    attempts = SealedAttempts(sealed)
    turns = Turns(traces, attempts, transport.http, now)
    recorded = Recorded(traces, transport.http, now)
    session_use = _session_use(settings, parties, sealed, recorded, now, token, deadline)
    return Services(
        settings=settings,
        sign_on=SignOn(parties, attempts, turns, now, token),
        session_use=session_use,
        store=sealed,
        traces=traces,
        throttle=Throttle(sealed),
        transport=transport,
        now=now,
        faults={fault.name: fault.title for fault in CATALOGUE} if board else {},
        board=board,
        simulator=simulator,
        api=api,
        orders=ApiCalls(session_use, settings.api_url) if settings.api_url else None,
        visitors=visitors,
        watch=watch,
    )


def build_api(
    settings: Settings, now: Clock = time.time, mounted: Mapping[str, Any] | None = None, deadline: float = 8.0
) -> Any:
    """Return the orders API as a WSGI application. It shares nothing with the application that calls it.

    `mounted`: what is answered in memory, as for `Transport`. Without API_RESOURCE_ID it verifies tokens by itself.
    """
    transport = Transport(
        ca_bundle=settings.ca_bundle,
        proxy=settings.outbound_proxy,
        wsgi=mounted,
        allowed_origins=[settings.auth_base_url],
        deadline=deadline,
    )
    provider: Cached[Provider] = Cached(lambda http: discover(http, settings.issuer), transport.http, now)
    keys: Cached[KeySet] = Cached(
        lambda http: fetch_keys(http, provider.get(http).jwks_uri), transport.http, now, ask_first=True
    )
    id, secret = settings.api_resource_id, settings.api_resource_secret
    own = Client(id, "client_secret_basic", secret) if id else None
    server = ResourceServer(settings.issuer, settings.api_audience, provider, ProviderKeys(keys), own)
    return create_api(server, transport.http, now, settings.step_up_acr)


def _calls_at_once(settings: Settings) -> int:
    """Fewer than the threads, so that a slow PingOne leaves some for the pages that do not need it."""
    return max(1, settings.web_threads * 3 // 4)


def _watch(settings: Settings) -> Any:
    if not settings.metrics_port:
        return None
    from .metrics.watching import Watch  # Its library is loaded by those who use it.

    return Watch(settings.web_threads, _calls_at_once(settings), settings.api_url)


def _labels() -> dict[str, str]:
    """Our id of the request beside PingOne's: a sign-on that is found in its logs is found in ours.

    https://developer.pingidentity.com/pingone-api/foundations/conventions/pingone-api-requests.html
    """
    identity = request_id.get()
    return {"X-Ping-External-Transaction-ID": identity} if identity else {}


def _session_use(
    settings: Settings,
    parties: Parties,
    store: SealedStore,
    recorded: Recorded,
    now: Clock,
    token: Token,
    deadline: float,
) -> SessionUse:
    lifetime = settings.session_minutes * 60
    ended = Ended(store, lifetime)
    told = settings.front_channel_sign_off or settings.back_channel_sign_off
    # In a demo for strangers one demo user is many people, who must not see each other.
    listed = settings.simulator != "public"
    sessions = Sessions(store, now, settings.session_idle_minutes * 60, lifetime, ended if told else None, listed)
    sign_offs = SignOffs(parties, sessions, ended, recorded, now, token)
    return SessionUse(parties, store, sessions, recorded, sign_offs, now, deadline)


def _store(settings: Settings, now: Clock) -> Store:
    if settings.redis_url:
        from .store.redis_store import RedisStore  # Its library is loaded by those who use it.

        return RedisStore(settings.redis_url)
    return SqliteStore(Path(settings.instance_path) / "state.sqlite", now)
