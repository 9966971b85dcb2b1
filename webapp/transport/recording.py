"""Showing every attempt to an observer."""

from collections.abc import Callable

from webapp.oidc.http import Answer
from webapp.trace.model import Exchange

from .call import Call, Clock, Head, Sender, Try
from .errors import NoAnswer

MAX_RECORDED_BYTES = 256 * 1024
"""What a recorder gets to see of a body."""
_NOTHING = Head(0, "", ())

Record = Callable[[Exchange], None]


def recording(send: Sender, record: Record, clock: Clock) -> Sender:
    """Return `send`, with an `Exchange` for each attempt: answered, timed out, or refused before a byte was sent."""

    def send_and_record(call: Call, attempt: Try) -> Answer:
        started_at, started = clock.now(), clock.monotonic()

        def tell(body: bytes, failure: str | None) -> None:
            # An answer that was abandoned half-way still has a status and headers to show.
            head = attempt.head or _NOTHING
            record(
                Exchange(
                    started_at=started_at,
                    duration=clock.monotonic() - started,
                    method=call.method,
                    url=call.url,
                    request_headers=call.fields,
                    request_body=call.body[:MAX_RECORDED_BYTES],
                    status=head.status or None,
                    reason=head.reason,
                    response_headers=head.fields,
                    response_body=body[:MAX_RECORDED_BYTES],
                    failure=failure,
                    new_connection=attempt.opened_connection,
                )
            )

        try:
            answer = send(call, attempt)
        except NoAnswer as error:
            tell(b"", f"{type(error).__name__}: {error}")
            raise
        tell(answer.body, None)
        return answer

    return send_and_record
