"""What is counted, and under which names.

Each value that a label ever had costs memory, here and at Prometheus. So each comes from a list in this program or is a
code of its errors: none is what a visitor or PingOne sent.
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

MODES = ("hosted", "redirectless", "custom")
ENDPOINTS = ("discovery", "jwks", "par", "authorize", "token", "refresh", "userinfo", "introspect", "revoke", "signoff",
             "flow", "resume", "api", "other")  # fmt: skip
"""`refresh` is the token endpoint, asked to renew; `api` is the orders API, which is not PingOne's."""
NOT_MADE = ("circuit", "crowd", "not_sent")
CAUSES = ("name", "refused", "tls", "time", "dropped", "network", "malformed", "too_large", "status_429", "status_5xx",
          *NOT_MADE)  # fmt: skip
"""Those of `oidc.cause` and of the transport, and answers that are failures."""
NOTABLE = ("id_token_signature", "id_token_claim", "issuer_mismatch", "metadata_invalid", "subject_changed",
           "provider_unreachable", "provider_error", "store_unavailable", "internal_error")  # fmt: skip
"""Codes that somebody may want to hear of at their first appearance."""
ENDED_BY = {"signed_off": "owner", "ended_elsewhere": "other_session", "signed_off_by_pingone": "pingone"}
CALL_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""A call ends within 8."""
STORE_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.0)


class Meters:
    """Every number that a process counts by itself; `serving` adds up those of several processes."""

    def __init__(self, threads: int, calls_limit: int) -> None:
        """`threads` of this process answer requests; it makes at most `calls_limit` calls at the same time."""
        self.registry = CollectorRegistry()
        self.sign_ons = self._counter("sign_ons", "Sign-ons that ended: signed_on or an error code", "mode", "outcome")
        self.refusals = self._counter("refusals", "Requests outside a sign-on that were refused", "code")
        self.refreshes = self._counter("refreshes", "Calls that ask for new tokens", "outcome")
        self.sign_offs = self._counter("sign_offs", "Sessions that were ended on purpose", "by")
        self.throttled = self._counter("throttled", "Requests that came too fast")
        self.calls = self._counter("calls", "Calls that were made; status none: no answer", "endpoint", "status")
        self.failures = self._counter("call_failures", "Calls that failed or were not made", "endpoint", "cause")
        self.call_seconds = self._histogram("call_seconds", "Time of a call that was made", CALL_SECONDS, "endpoint")
        self.calls_now = self._gauge("calls_in_progress", "Calls that are made or wait for their turn")
        self.circuit = self._gauge("circuit_open", "Processes that leave PingOne alone, as it kept failing")
        self.store_seconds = self._histogram("store_seconds", "Time of a store operation", STORE_SECONDS, "operation")
        self.store_errors = self._counter("store_errors", "Store operations that failed", "operation")
        self.threads_busy = self._gauge("threads_busy", "Threads that answer a request")
        self._gauge("threads", "Threads that can answer requests").set(threads)
        self._gauge("calls_limit", "Calls that may be made at the same time").set(calls_limit)
        self._leaves_alone = False
        self._begin_at_zero()

    def outcome(self, event: str, said: Mapping[str, object]) -> None:
        """Count an event of the log: its name and its fields."""
        mode, code = str(said.get("mode", "")), str(said.get("code", ""))
        if event == "refused" and mode not in MODES:
            self.refusals.labels(code).inc()
        elif event in ("signed_on", "not_signed_on", "refused"):
            # Without a person, `prompt=none` ends with one of four errors, which are PingOne's but known.
            self.sign_ons.labels(mode, code or (event if event == "signed_on" else str(said.get("detail")))).inc()
        elif event in ENDED_BY:
            self.sign_offs.labels(ENDED_BY[event]).inc()
        elif event == "throttled":
            self.throttled.inc()

    def answered(self, endpoint: str, status: int, seconds: float) -> None:
        """Count a call with an answer, whatever it says."""
        self._made(endpoint, f"{status // 100}xx", seconds)
        if status == 429 or status >= 500:
            self.failures.labels(endpoint, "status_429" if status == 429 else "status_5xx").inc()
        if endpoint == "refresh":
            self.refreshes.labels("refreshed" if status == 200 else "failed" if status >= 500 else "refused").inc()
        if self._leaves_alone and endpoint != "api":
            self._leaves_alone = False
            self.circuit.set(0)

    def unanswered(self, endpoint: str, cause: str, seconds: float) -> None:
        """Count a call without an answer, or one that was not made."""
        cause = cause if cause in CAUSES else "network"
        self.failures.labels(endpoint, cause).inc()
        if cause not in NOT_MADE:
            self._made(endpoint, "none", seconds)
        if endpoint == "refresh":
            self.refreshes.labels("failed").inc()
        if cause == "circuit" and endpoint != "api":
            self._leaves_alone = True
            self.circuit.set(1)

    def _made(self, endpoint: str, status: str, seconds: float) -> None:
        self.calls.labels(endpoint, status).inc()
        self.call_seconds.labels(endpoint).observe(seconds)

    def _begin_at_zero(self) -> None:
        """What has not happened yet is 0 and not absent: Prometheus sees no increase where a number appears."""
        for outcome in ("signed_on", *NOTABLE):
            for mode in MODES:
                self.sign_ons.labels(mode, outcome)
        for code in NOTABLE:
            self.refusals.labels(code)
        for outcome in ("refreshed", "refused", "failed"):
            self.refreshes.labels(outcome)
        for by in ENDED_BY.values():
            self.sign_offs.labels(by)
        for endpoint in ENDPOINTS:
            for cause in CAUSES:
                self.failures.labels(endpoint, cause)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"pingone_signon_{name}", meaning, labels, registry=self.registry)

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(f"pingone_signon_{name}", meaning, registry=self.registry, multiprocess_mode="livesum")

    def _histogram(self, name: str, meaning: str, buckets: tuple[float, ...], label: str) -> Histogram:
        return Histogram(f"pingone_signon_{name}", meaning, (label,), registry=self.registry, buckets=buckets)
