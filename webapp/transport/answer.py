"""A complete answer, safe to hand to any session."""

import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

from webapp.trace.model import Headers


class Answer(requests.Response):
    """A `requests.Response` whose body is read, that no session follows and whose cookies no session keeps.

    requests repeats a POST across hosts, code, verifier and client secret included, when it meets a 307 or 308. It asks
    `is_redirect` first, so the refusal stands here, where a forgotten `allow_redirects=False` or a session made by
    another library cannot undo it. `status_code` and the `Location` header are there for whoever expects a redirect.
    Cookies are collected from `raw`, which stays None; `header_pairs` has them for callers that mean to.
    """

    header_pairs: Headers = ()
    """The header fields one by one and in order, which `headers` cannot show: it joins repeated names."""

    @property
    def is_redirect(self) -> bool:
        return False


def build_answer(request: requests.PreparedRequest, status: int, reason: str, headers: Headers, body: bytes) -> Answer:
    """Everything that came back, as a response that is over: `content` is there and nothing is left to close."""
    answer = Answer()
    answer.request = request
    answer.url = request.url or ""
    answer.status_code = status
    answer.reason = reason
    answer.header_pairs = headers
    joined: CaseInsensitiveDict[str] = CaseInsensitiveDict()
    for name, value in headers:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    answer.headers = joined
    answer.encoding = get_encoding_from_headers(joined)
    # What `Response.content` looks at; requests has no public way to say "already read".
    answer._content = body
    answer._content_consumed = True  # type: ignore[attr-defined]  # the stubs leave it out
    return answer
