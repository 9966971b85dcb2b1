"""Fuzzing that follows the branches it reaches, for what reads bytes from outside. Not part of the suite.

`python -m tests.fuzz.coverage_guided json -max_total_time=60` needs `pip install atheris`; what follows the target's
name goes to libFuzzer. It ends with a crash and the input that made it, or not at all.
"""

import contextlib
import json
import sys
from collections.abc import Callable

import atheris

with atheris.instrument_imports(include=["webapp"]):
    from tests.fuzz.test_return_to import ORIGIN, resolved
    from tests.fuzz.test_tokens import CLAIMS, KEYS
    from webapp.oidc.errors import IdTokenSignature, ProviderError, ResponseMalformed, SignOnError
    from webapp.oidc.keys import NoKeyFits, verified_claims
    from webapp.oidc.provider import parse_metadata
    from webapp.oidc.response import ExpectedResponse, check_response
    from webapp.oidc.strict_json import parse_object
    from webapp.pingone.api import parse_location
    from webapp.pingone.cookies import header, received
    from webapp.pingone.errors import ResumeForeignLocation
    from webapp.pingone.flow import parse_flow
    from webapp.pingone.steps import devices_of, step_of
    from webapp.trace.redact import Redactor
    from webapp.views.asking import local_path

SECRET = "5up3r-s3cr3t-v4lue-0123456789"


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def json_(data: bytes) -> None:
    """An object that can be written again, or a ValueError."""
    with contextlib.suppress(ValueError):
        value = parse_object(data)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode("utf-8")


def token(data: bytes) -> None:
    """Nothing but the claims that were signed."""
    with contextlib.suppress(IdTokenSignature, NoKeyFits):
        assert verified_claims(_text(data), KEYS) == CLAIMS


def path(data: bytes) -> None:
    """What is accepted stays here."""
    accepted = local_path(_text(data))
    assert not accepted or (ORIGIN, accepted.partition("?")[0]) == resolved(accepted, ORIGIN)


def location(data: bytes) -> None:
    """Parameters, or one of two refusals; and parameters are accepted, or refused."""
    with contextlib.suppress(ResumeForeignLocation, ResponseMalformed):
        params = parse_location("http://localhost/callback?" + _text(data), "http://localhost/callback")
        with contextlib.suppress(SignOnError):
            check_response(params, ExpectedResponse("state", "issuer"))


def cookie(data: bytes) -> None:
    """One line of harmless characters."""
    pairs = tuple(("Set-Cookie", line) for line in data.decode("latin-1").split("\n"))
    line = header(received({}, pairs)).get("Cookie", "")
    assert line.isascii() and line.isprintable()


def flow(data: bytes) -> None:
    """A flow with a step, or a refusal."""
    with contextlib.suppress(ValueError, ProviderError):
        found = parse_flow(parse_object(data))
        assert step_of(found).kind
        devices_of(found)


def metadata(data: bytes) -> None:
    """A provider, or a refusal."""
    with contextlib.suppress(ValueError, SignOnError):
        parse_metadata(parse_object(data), "https://auth.example.com/as")


def redaction(data: bytes) -> None:
    """The secret does not come out again."""
    redactor = Redactor()
    redactor.secrets.learn("code_verifier", SECRET)
    at = len(data) // 2
    assert SECRET not in redactor.written([_text(data[:at]) + SECRET + _text(data[at:])])[0][0]


TARGETS: dict[str, Callable[[bytes], None]] = {
    "json": json_, "token": token, "path": path, "location": location,
    "cookie": cookie, "flow": flow, "metadata": metadata, "redaction": redaction,
}  # fmt: skip

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"python -m tests.fuzz.coverage_guided {'|'.join(TARGETS)} [options of libFuzzer]")
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
