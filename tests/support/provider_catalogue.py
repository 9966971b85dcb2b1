"""The faults of the wire by name, sorted by what a client may make of them."""

from tests.support import provider_faults as http
from tests.support import provider_wire as wire
from tests.support.raw_server import Fault

# Right in the end, and too late.
SLOW: dict[str, Fault] = {
    "silence": wire.late(wire.SLOW),
    "head-dripped": wire.drip_head,
    "body-dripped": wire.drip_body,
    "narrow-link": wire.narrow,
}
# What no answer may come out of.
BROKEN: dict[str, Fault] = {
    "reset-before": wire.reset_before,
    "reset-after-head": wire.reset_after_head,
    "reset-in-body": wire.reset_in_body,
    "closed-before": wire.closed_before,
    "truncated": wire.truncated,
    "length-too-long": wire.length_too_long,
    "length-too-short": wire.length_too_short,
    "length-twice": wire.length_twice,
    "chunk-size-bad": wire.chunk_size_bad,
    "chunk-size-huge": wire.chunk_size_huge,
    "chunk-line-endless": wire.chunk_line_endless,
    "endless": wire.endless,
    "gzip-bomb": http.gzip_bomb,
    "encoded-twenty-times": http.encoded_often,
    "gzip-broken": http.gzip_broken,
    "500": http.status(500),
    "502-html": http.html(502),
    "503": http.status(503),
    "504": http.status(504),
    "429": http.status(429, ("Retry-After", "2")),
    "captive-portal": http.html(200),
    "not-http": http.raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "status-line": http.raw(b"HTTP/9.9 abc\r\n\r\n"),
}
# Lawful, or nearly: either a sign-on comes out of it or a clean refusal.
ODD: dict[str, Fault] = {
    "length-negative": wire.length_negative,
    "early-hints": wire.early_hints,
    "header-huge": wire.header_huge,
    "headers-many": wire.headers_many,
    "cookies-many": wire.cookies_many,
}
# Lawful: the sign-on must succeed.
LAWFUL: dict[str, Fault] = {
    "late": wire.late(0.05),
    "sliced": wire.sliced,
    "slow-close": wire.slow_close,
    "gzip": http.gzipped,
    "http-1.0": wire.http_1_0,
    "continue": wire.continued,
    "trailers": wire.trailers,
    "folded": wire.folded_header,
}
