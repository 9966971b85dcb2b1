"""Faults on the wire, one function each: what a peer, a proxy or an attacker can do to an HTTP answer.

Every fault receives the answer that would have been right, so that only the wire is at fault.
"""

from dataclasses import replace

from tests.support.raw_http import Answer
from tests.support.raw_server import Fault, Wire

MEGABYTE = 1024 * 1024
SLOW = 3.0
"""Seconds after which a slow answer is complete. A client with a shorter total deadline never sees the end."""
CHUNKED = "Transfer-Encoding: chunked\r\n"


def whole(wire: Wire, answer: Answer) -> bool:
    """No fault."""
    wire.send(answer.head() + answer.body)
    return True


def late(seconds: float) -> Fault:
    """Answers rightly, after a while."""

    def fault(wire: Wire, answer: Answer) -> bool:
        return wire.pause(seconds) and whole(wire, answer)

    return fault


def drip_head(wire: Wire, answer: Answer) -> bool:
    """The head byte by byte: each read succeeds, and whoever has SLOW seconds of patience gets a right answer."""
    head = answer.head()
    wire.drip(head, pause=SLOW / len(head))
    wire.send(answer.body)
    return True


def drip_body(wire: Wire, answer: Answer) -> bool:
    """The head at once, the body byte by byte, over SLOW seconds."""
    wire.send(answer.head())
    wire.drip(answer.body, pause=SLOW / max(1, len(answer.body)))
    return True


def narrow(wire: Wire, answer: Answer) -> bool:
    """A right answer padded to 100 kB, over a link that needs SLOW seconds for it."""
    padded = replace(answer, body=answer.body + b" " * (100_000 - len(answer.body)))
    wire.send(padded.head())
    wire.drip(padded.body, pause=SLOW / 100, size=1000)
    return True


def reset_before(wire: Wire, answer: Answer) -> bool:
    """RST instead of an answer."""
    wire.reset()
    return False


def reset_after_head(wire: Wire, answer: Answer) -> bool:
    """RST between head and body."""
    wire.send(answer.head())
    wire.reset()
    return False


def reset_in_body(wire: Wire, answer: Answer) -> bool:
    """RST in the middle of the body."""
    wire.send(answer.head() + answer.body[: len(answer.body) // 2])
    wire.reset()
    return False


def closed_before(wire: Wire, answer: Answer) -> bool:
    """FIN instead of an answer: what a stale pooled connection looks like."""
    return False


def truncated(wire: Wire, answer: Answer) -> bool:
    """FIN before the announced length is reached."""
    wire.send(answer.head() + answer.body[:-3])
    return False


def sliced(wire: Wire, answer: Answer) -> bool:
    """Every byte in a packet of its own, quickly."""
    wire.drip(answer.head() + answer.body, pause=0)
    return True


def slow_close(wire: Wire, answer: Answer) -> bool:
    """A whole answer that announces the end of the connection, which then stays open."""
    wire.send(answer.with_headers(("Connection", "close")).head() + answer.body)
    wire.pause(5)
    return False


def length_too_long(wire: Wire, answer: Answer) -> bool:
    """Announces more than comes."""
    wire.send(answer.head(framing=f"Content-Length: {len(answer.body) + 50}\r\n") + answer.body)
    return False


def length_too_short(wire: Wire, answer: Answer) -> bool:
    """Announces less than comes: cut JSON, and rubbish before the next answer of this connection."""
    wire.send(answer.head(framing=f"Content-Length: {max(0, len(answer.body) - 20)}\r\n") + answer.body)
    return True


def length_twice(wire: Wire, answer: Answer) -> bool:
    """Two different lengths: the stuff that response splitting is made of."""
    size = len(answer.body)
    wire.send(answer.head(framing=f"Content-Length: {size}\r\nContent-Length: {size + 7}\r\n") + answer.body)
    return False


def length_negative(wire: Wire, answer: Answer) -> bool:
    """A length that is no length; the end of the connection ends the body."""
    wire.send(answer.head(framing="Content-Length: -1\r\n") + answer.body)
    return False


def chunk_size_bad(wire: Wire, answer: Answer) -> bool:
    """Chunked, with sizes that are not hexadecimal."""
    wire.send(answer.head(framing=CHUNKED) + b"zz\r\n" + answer.body + b"\r\n0\r\n\r\n")
    return False


def chunk_size_huge(wire: Wire, answer: Answer) -> bool:
    """Chunked, announcing a chunk of a gigabyte."""
    wire.send(answer.head(framing=CHUNKED) + b"40000000\r\n" + answer.body)
    return False


def chunk_line_endless(wire: Wire, answer: Answer) -> bool:
    """Chunked, with a size line that never ends."""
    wire.send(answer.head(framing=CHUNKED) + b"0" * (2 * MEGABYTE))
    return False


def endless(wire: Wire, answer: Answer) -> bool:
    """A body without end, as fast as the wire takes it."""
    wire.send(answer.head(framing=CHUNKED))
    block = b"10000\r\n" + b" " * 65536 + b"\r\n"
    while wire.sent(block):
        pass
    return False


def http_1_0(wire: Wire, answer: Answer) -> bool:
    """HTTP/1.0 without a length: the end of the connection ends the body."""
    wire.send(answer.head(framing="").replace(b"HTTP/1.1", b"HTTP/1.0") + answer.body)
    return False


def continued(wire: Wire, answer: Answer) -> bool:
    """Permission to go on that nobody asked for, then the answer."""
    wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    return whole(wire, answer)


def early_hints(wire: Wire, answer: Answer) -> bool:
    """An interim answer 103 before the real one; Python's `http.client` takes it for the answer."""
    wire.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n")
    return whole(wire, answer)


def trailers(wire: Wire, answer: Answer) -> bool:
    """Chunked, with trailers behind the last chunk."""
    size = f"{len(answer.body):x}\r\n".encode()
    end = b"\r\n0\r\nX-Checksum: 1\r\nSet-Cookie: ST=trailer\r\n\r\n"
    wire.send(answer.head(framing=CHUNKED) + size + answer.body + end)
    return True


def folded_header(wire: Wire, answer: Answer) -> bool:
    """A header continued on a second line, as nobody may since RFC 7230."""
    return whole(wire, answer.with_headers(("X-Folded", "one\r\n two")))


def header_huge(wire: Wire, answer: Answer) -> bool:
    """One header of 100 kB."""
    return whole(wire, answer.with_headers(("X-Huge", "h" * 100_000)))


def headers_many(wire: Wire, answer: Answer) -> bool:
    """A thousand headers."""
    return whole(wire, answer.with_headers(*((f"X-Number-{number}", "1") for number in range(1000))))


def cookies_many(wire: Wire, answer: Answer) -> bool:
    """A cookie of 90 kB in all, to be stored and sent back for ever by a client that keeps everything."""
    jar = (("Set-Cookie", f"c{number}=" + "x" * 1000 + "; Path=/") for number in range(90))
    return whole(wire, answer.with_headers(*jar))
