"""Showing every attempt to whoever wants to see it."""

from collections.abc import Callable

import requests

from webapp.trace.model import Exchange

from .answer import Answer
from .sender import Attempt, Clock, Sender
from .sent import sent_body, sent_headers

MAX_RECORDED_BYTES = 256 * 1024
"""What a recorder gets to see of a body."""

Record = Callable[[Exchange], None]


def recording(send: Sender, record: Record, clock: Clock) -> Sender:
    """`send`, with an `Exchange` for each attempt: answered, timed out, or refused before a byte was sent.

    A response hook of requests would be shorter, and never see a failure.
    """

    def send_and_record(request: requests.PreparedRequest, attempt: Attempt) -> Answer:
        started_at, started = clock.now(), clock.monotonic()

        def exchange(head: requests.Response | None, failure: str | None) -> Exchange:
            return Exchange(
                started_at=started_at,
                duration=clock.monotonic() - started,
                method=request.method or "",
                url=request.url or "",
                request_headers=sent_headers(request),
                request_body=sent_body(request)[:MAX_RECORDED_BYTES],
                status=None if head is None else head.status_code,
                reason="" if head is None else head.reason,
                response_headers=head.header_pairs if isinstance(head, Answer) else (),
                response_body=b"" if head is None else head.content[:MAX_RECORDED_BYTES],
                failure=failure,
                new_connection=attempt.opened_connection,
            )

        try:
            answer = send(request, attempt)
        except requests.RequestException as error:
            # An answer that was abandoned half-way still has a status and headers to show.
            record(exchange(error.response, f"{type(error).__name__}: {error}"))
            raise
        record(exchange(answer, None))
        return answer

    return send_and_record
