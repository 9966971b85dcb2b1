"""The faults of the wire by name, sorted by what a client may make of them."""

from tests.support import provider_faults as http
from tests.support import provider_wire as wire
from tests.support.raw_server import Fault

# Right in the end, and too late.
SLOW: dict[str, Fault] = {
    "D02-silence": wire.late(wire.SLOW),
    "D04-head-dripped": wire.drip_head,
    "D04-body-dripped": wire.drip_body,
    "D05-narrow-link": wire.narrow,
}
# What no answer may come out of.
BROKEN: dict[str, Fault] = {
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
