"""httpx in place of requests: `Httpx(httpx.Client(trust_env=False))` goes wherever the protocol wants `http`."""

import httpx

from webapp.oidc.http import MOST_BYTES, Answer, Request


class Httpx:
    """An `Http` on an `httpx.Client`, whose own headers, cookies, auth and redirects stay out of it."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def exchange(self, request: Request) -> Answer:
        limits = {} if request.timeout is None else {"timeout": httpx.Timeout(request.timeout).as_dict()}
        # Not `client.build_request`: that one adds the client's headers and the cookies of the visitor before.
        sent = httpx.Request(
            request.method, request.url, headers=dict(request.headers), content=request.body, extensions=limits
        )
        body = bytearray()
        try:
            answer = self._client.send(sent, auth=None, follow_redirects=False, stream=True)
            try:
                for piece in answer.iter_bytes(65_536):
                    body += piece
                    if len(body) > MOST_BYTES:
                        raise OSError("the answer is too long")
            finally:
                answer.close()
        except httpx.HTTPError as fault:
            raise ConnectionError(type(fault).__name__) from fault
        finally:
            self._client.cookies.clear()
        return Answer(answer.status_code, tuple(answer.headers.multi_items()), bytes(body))
