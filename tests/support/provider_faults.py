"""Faults in what an answer says: another status, another body, another place, another coding.

Every fault receives the answer that would have been right, so that only one thing at a time is wrong.
"""

import gzip
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from tests.support.provider_wire import whole
from tests.support.raw_http import Answer
from tests.support.raw_server import Fault, Wire


def gzip_bomb(wire: Wire, answer: Answer) -> bool:
    """Two hundred kilobytes that decode to two hundred megabytes."""
    bomb = replace(answer, body=_bomb()).with_headers(("Content-Encoding", "gzip"))
    wire.send(bomb.head() + bomb.body)
    return False


def encoded_often(wire: Wire, answer: Answer) -> bool:
    """Twenty layers of compression around a right answer."""
    body = answer.body
    for _ in range(20):
        body = gzip.compress(body)
    wrapped = replace(answer, body=body).with_headers(("Content-Encoding", ", ".join(["gzip"] * 20)))
    wire.send(wrapped.head() + wrapped.body)
    return False


def gzipped(wire: Wire, answer: Answer) -> bool:
    """An ordinary compressed answer, which is no fault at all."""
    packed = replace(answer, body=gzip.compress(answer.body)).with_headers(("Content-Encoding", "gzip"))
    return whole(wire, packed)


def gzip_broken(wire: Wire, answer: Answer) -> bool:
    """Says gzip and is not."""
    return whole(wire, answer.with_headers(("Content-Encoding", "gzip")))


def redirect(location: str, status: int = 307) -> Fault:
    """Sends the client, and the form it posted, elsewhere."""

    def fault(wire: Wire, answer: Answer) -> bool:
        return whole(wire, Answer(status, (("Location", location),)))

    return fault


def status(code: int, *headers: tuple[str, str], body: bytes = b'{"message":"out of order"}') -> Fault:
    """Another status with a JSON body that is not what was asked for."""

    def fault(wire: Wire, answer: Answer) -> bool:
        return whole(wire, Answer(code, (("Content-Type", "application/json"), *headers), body))

    return fault


def right_body_status(code: int) -> Fault:
    """The right body under another status."""

    def fault(wire: Wire, answer: Answer) -> bool:
        return whole(wire, replace(answer, status=code))

    return fault


def html(code: int = 200) -> Fault:
    """A captive portal or a firewall's page."""

    def fault(wire: Wire, answer: Answer) -> bool:
        page = b"<!doctype html><title>Sign in to the hotel network</title><p>planted-upstream-page"
        return whole(wire, Answer(code, (("Content-Type", "text/html"),), page))

    return fault


def body(data: bytes, content_type: str = "application/json") -> Fault:
    """Any bytes under status 200."""

    def fault(wire: Wire, answer: Answer) -> bool:
        return whole(wire, Answer(200, (("Content-Type", content_type),), data))

    return fault


def raw(data: bytes) -> Fault:
    """Any bytes at all instead of an HTTP answer."""

    def fault(wire: Wire, answer: Answer) -> bool:
        wire.send(data)
        return False

    return fault


def in_turn(*faults: Fault) -> Fault:
    """The first call meets the first fault, and so on; the last one stays."""
    left = list(faults)

    def fault(wire: Wire, answer: Answer) -> bool:
        return (left.pop(0) if len(left) > 1 else left[0])(wire, answer)

    return fault


def once(fault: Fault) -> Fault:
    """A fault that heals."""
    return in_turn(fault, whole)


def then(fault: Fault, action: Callable[[Wire], None]) -> Fault:
    """Something happens at the provider just before it answers."""

    def changed(wire: Wire, answer: Answer) -> bool:
        action(wire)
        return fault(wire, answer)

    return changed


@cache
def _bomb() -> bytes:
    """200 MB of spaces in gzip: one flushed block of deflate, repeated, which is quicker than compressing them all."""
    megabyte = b" " * (1024 * 1024)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(megabyte) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(200):
        checksum = zlib.crc32(megabyte, checksum)
    end = packer.flush() + struct.pack("<II", checksum, 200 * len(megabyte))
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block * 200 + end
