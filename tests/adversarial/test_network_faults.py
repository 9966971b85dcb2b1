"""Table C, D01-D20: bad days on the wire, at every endpoint that a sign-on calls.

Slow faults end in a right answer after three seconds, and the application has less than half a one: whoever lacks a
total deadline signs the visitor on and fails the test. No clock is read.
"""

import resource
from dataclasses import dataclass

import pytest

from tests.support import provider_faults as http
from tests.support import provider_wire as wire
from tests.support.adversarial import Witness, assert_clean_sign_on, assert_consumed, secrets_of
from tests.support.provider import Provider
from tests.support.raw_server import Fault

DEADLINE = 0.4
MEGABYTES = 1024


@dataclass(frozen=True)
class Place:
    """An endpoint, a mode that calls it, and whether the call may be repeated."""

    endpoint: str
    mode: str
    repeatable: bool


PLACES = [
    Place("discovery", "hosted", True),
    Place("jwks", "hosted", True),
    Place("par", "hosted", False),
    Place("authorize", "redirectless", True),
    Place("check", "redirectless", False),
    Place("flow", "custom", True),
    Place("resume", "redirectless", True),
    Place("token", "hosted", False),
]

# What no answer may come out of.
BROKEN: dict[str, Fault] = {
    "D02-silence": wire.late(wire.SLOW),
    "D04-head-dripped": wire.drip_head,
    "D04-body-dripped": wire.drip_body,
    "D05-narrow-link": wire.narrow,
    "D06-reset-before": wire.reset_before,
    "D06-reset-after-head": wire.reset_after_head,
    "D06-reset-in-body": wire.reset_in_body,
    "D06-closed-before": wire.closed_before,
    "D07-truncated": wire.truncated,
    "D10-length-too-long": wire.length_too_long,
    "D10-length-too-short": wire.length_too_short,
    "D10-length-twice": wire.length_twice,
    "D10-chunk-size-bad": wire.chunk_size_bad,
    "D10-chunk-size-huge": wire.chunk_size_huge,
    "D10-chunk-line-endless": wire.chunk_line_endless,
    "D11-endless": wire.endless,
    "D11-gzip-bomb": http.gzip_bomb,
    "D11-encoded-twenty-times": http.encoded_often,
    "D11-gzip-broken": http.gzip_broken,
    "D13-500": http.status(500),
    "D13-502-html": http.html(502),
    "D13-503": http.status(503),
    "D13-504": http.status(504),
    "D14-429": http.status(429, ("Retry-After", "2")),
    "D15-captive-portal": http.html(200),
    "D20-not-http": http.raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "D20-status-line": http.raw(b"HTTP/9.9 abc\r\n\r\n"),
}
# Lawful, or nearly: either a sign-on comes out of it or a clean refusal.
ODD: dict[str, Fault] = {
    "D10-length-negative": wire.length_negative,
    "D20-early-hints": wire.early_hints,
    "D20-header-huge": wire.header_huge,
    "D20-headers-many": wire.headers_many,
    "D20-cookies-many": wire.cookies_many,
}
# Lawful: the sign-on must succeed.
LAWFUL: dict[str, Fault] = {
    "D03-late": wire.late(0.05),
    "D08-sliced": wire.sliced,
    "D09-slow-close": wire.slow_close,
    "D11-gzip": http.gzipped,
    "D19-http-1.0": wire.http_1_0,
    "D20-continue": wire.continued,
    "D20-trailers": wire.trailers,
    "D20-folded": wire.folded_header,
}


def _each(faults: dict[str, Fault], places: list[Place] = PLACES) -> pytest.MarkDecorator:
    params = [
        pytest.param(place, fault, id=f"{name}-{place.endpoint}") for name, fault in faults.items() for place in places
    ]
    return pytest.mark.parametrize(("place", "fault"), params)


@pytest.fixture
def quick(make_browser, request: pytest.FixtureRequest):
    """A browser in front of an application that gives PingOne DEADLINE seconds."""
    place = request.node.callspec.params["place"]
    return make_browser(deadline=DEADLINE, PINGONE_PAR="on" if place.endpoint == "par" else "off")


@_each(BROKEN)
def test_fault_is_survived(quick, provider: Provider, witness: Witness, place: Place, fault: Fault) -> None:
    """A fault ends in 502 or 503, signs nobody in, repeats nothing that must not be repeated, and heals."""
    provider.faults[place.endpoint] = fault
    page = quick.sign_on(place.mode)
    assert page.status in (502, 503), (page.status, page.trail, page.text[:2000])
    assert page.error_code in ("provider_error", "provider_unreachable")
    assert "no-store" in page.headers["Cache-Control"]
    assert not quick.signed_in
    assert [] == secrets_of(provider, page.text + witness.read())
    assert provider.ledger.count(place.endpoint) <= (2 if place.repeatable else 1), provider.ledger.endpoints
    assert provider.ledger.count("canary") == 0
    if place.endpoint != "token":
        assert provider.ledger.count("token") == (1 if place.endpoint == "jwks" else 0)
    assert_consumed(quick, page)
    assert_clean_sign_on(quick, place.mode)


@_each(ODD)
def test_oddity_is_survived(quick, provider: Provider, place: Place, fault: Fault) -> None:
    """An oddity ends in a sign-on or in a clean refusal, never in an internal error or a half session."""
    provider.faults[place.endpoint] = fault
    page = quick.sign_on(place.mode)
    assert page.status in (200, 400, 502, 503), (page.status, page.text[:2000])
    assert (page.status == 200) == quick.signed_in, (page.trail, page.text[:2000])
    assert_clean_sign_on(quick, place.mode)


@_each(LAWFUL)
def test_lawful_answer_is_understood(quick, provider: Provider, place: Place, fault: Fault) -> None:
    """What HTTP allows signs the visitor on."""
    provider.faults[place.endpoint] = fault
    page = quick.sign_on(place.mode)
    assert quick.signed_in, (page.status, page.trail, page.text[:2000])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.endpoint)
def test_d12_redirect_is_not_followed(quick, provider: Provider, place: Place, status: int) -> None:
    """No call follows a redirect: 307 would hand code, verifier and secret to whoever it names."""
    provider.faults[place.endpoint] = http.redirect(provider.canary, status)
    page = quick.sign_on(place.mode)
    assert 502 == page.status, page.text[:2000]
    assert page.error_code in ("provider_error", "resume_foreign_location")
    assert (0, False) == (provider.ledger.count("canary"), quick.signed_in)


@pytest.mark.parametrize("place", [place for place in PLACES if place.repeatable], ids=lambda place: place.endpoint)
@pytest.mark.parametrize("name", ["D06-reset-before", "D06-closed-before", "D13-503"])
def test_questions_are_asked_again_once(quick, provider: Provider, place: Place, name: str) -> None:
    """A GET that met a fault is repeated once, and the visitor notices nothing."""
    provider.faults[place.endpoint] = http.once(BROKEN[name])
    page = quick.sign_on(place.mode)
    assert quick.signed_in, (page.status, page.text[:2000])


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.endpoint)
def test_d01_connection_refused(quick, provider: Provider, place: Place) -> None:
    """PingOne goes away just before a call: 503, and everything is well once it is back."""
    before = {
        "jwks": "token",
        "check": "authorize",
        "resume": "check",
        "token": "",
        "par": "discovery",
        "authorize": "discovery",
        "flow": "authorize",
        "discovery": "",
    }[place.endpoint]
    if before:
        provider.vanish_after(before)
        page = quick.sign_on(place.mode)
    elif place.endpoint == "discovery":
        provider.server.down()
        page = quick.sign_on(place.mode)
    else:
        away = quick.get("/sign-on/hosted", follow=False)
        callback = quick._visit(away.headers["Location"], ()).headers["Location"]
        provider.server.down()
        page = quick.get(callback.removeprefix(quick.public_url))
    assert (503, "provider_unreachable") == (page.status, page.error_code), (page.trail, page.text[:2000])
    assert not quick.signed_in
    provider.return_()
    assert_clean_sign_on(quick, place.mode)


@pytest.mark.parametrize("place", [Place("token", "hosted", False), Place("check", "redirectless", False)], ids=str)
def test_d19_idle_connections_cut_by_the_peer(quick, provider: Provider, place: Place) -> None:
    """Pooled connections that PingOne has closed meanwhile cost nobody a sign-on."""
    quick.sign_on(place.mode)
    provider.server.cut()
    page = quick.sign_on(place.mode)
    assert (200, 2) == (page.status, provider.ledger.count("token")), page.text[:2000]


@pytest.mark.parametrize(
    ("said", "passed_on"),
    [("2", "2"), ("3600", "3600"), ("999999999", "3600"), ("-1", None), ("soon", None), ("\u0663", None)],
)
@pytest.mark.parametrize("place", [Place("token", "hosted", False)], ids=str)
def test_d14_retry_after_is_passed_on(quick, provider: Provider, place: Place, said: str, passed_on: str) -> None:
    """PingOne's rate limit becomes ours: 503 with the same patience, within bounds, and no hot loop."""
    header = said.encode().decode("latin-1")
    provider.faults["token"] = http.status(429, ("Retry-After", header))
    page = quick.sign_on("hosted")
    assert (503, passed_on) == (page.status, page.headers.get("Retry-After")), page.text[:1000]
    assert 1 == provider.ledger.count("token")


@pytest.mark.parametrize("place", [Place("jwks", "hosted", True)], ids=str)
def test_d11_bombs_cost_no_memory(quick, provider: Provider, place: Place) -> None:
    """Two hundred megabytes that arrive as two hundred kilobytes are never unpacked."""
    quick.sign_on("hosted")
    provider.faults["token"] = http.gzip_bomb
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    quick.sign_on("hosted")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * MEGABYTES


def test_d18_name_that_does_not_resolve(make_browser, provider: Provider) -> None:
    """A PingOne that DNS does not know is unreachable; pages of ours still show."""
    browser = make_browser(PINGONE_AUTH_BASE_URL="https://auth.pingone.invalid/env")
    page = browser.start("hosted")
    assert (503, "provider_unreachable") == (page.status, page.error_code)
    assert 200 == browser.get("/").status
