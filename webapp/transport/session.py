"""requests' session as the face of the transport."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict

from ..version import VERSION
from .answer import Answer
from .sent import sent_body

USER_AGENT = f"pingone-signon/{VERSION}"

Call = Callable[[requests.PreparedRequest, float | None], Answer]
"""Takes the request and a time in seconds that is shorter than the transport's own, or None."""


class TransportAdapter(BaseAdapter):
    """Mounts the transport on a session, ours or one that a library made.

    What callers say about `stream`, `verify`, `cert` and `proxies` does not matter: bodies are always read,
    certificates always checked, proxies never used.
    """

    def __init__(self, call: Call) -> None:
        super().__init__()
        self._call = call

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Answer:
        """The complete answer, or a `requests.RequestException`; a number as `timeout` may shorten the deadline."""
        sent_body(request)
        return self._call(request, timeout if isinstance(timeout, (int, float)) else None)

    def close(self) -> None:
        """Nothing: the connections belong to the transport, not to one of its sessions."""


class TransportSession(requests.Session):
    """A session that costs next to nothing to make and remembers nothing.

    `requests.Session()` builds two connection pools, and reads proxies, bundles and .netrc passwords from the
    environment for each request. So its constructor is not called; the attributes are those it would have set.
    """

    def __init__(self, adapter: BaseAdapter) -> None:
        self.headers = CaseInsensitiveDict(
            {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
        )
        self.auth = None
        self.proxies = {}
        self.hooks = {"response": []}
        self.params = {}
        self.stream = False
        self.verify = True
        self.cert = None
        self.max_redirects = 0
        self.trust_env = False
        self.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        self.adapters = OrderedDict({"https://": adapter, "http://": adapter})
