"""The certificates we trust, read once."""

import os
import ssl
from threading import Lock

from requests.utils import DEFAULT_CA_BUNDLE_PATH


class TrustStore:
    """One SSLContext for every connection of the process.

    requests and urllib3 build a context and parse the trust store, 18 ms of CPU, for each connection unless they are
    handed one. It is read when the first https connection needs it, so that a simulator-only process never pays; a
    bundle that somebody configured is read at once, because a wrong path must stop the start and not the first visitor.
    Certificate and host name are always checked; there is no way to ask for less.
    """

    def __init__(self, ca_bundle: str = "") -> None:
        """`ca_bundle`: a PEM file or a directory of hashed certificates, used instead of the public authorities.

        Raises OSError when it cannot be read.
        """
        self._source = ca_bundle or DEFAULT_CA_BUNDLE_PATH
        self._lock = Lock()
        self._context: ssl.SSLContext | None = None
        self.loads = 0
        if ca_bundle:
            self.context()

    def context(self) -> ssl.SSLContext:
        with self._lock:
            if self._context is None:
                self.loads += 1
                is_directory = os.path.isdir(self._source)
                self._context = ssl.create_default_context(
                    cafile=None if is_directory else self._source,
                    capath=self._source if is_directory else None,
                )
                # https://www.rfc-editor.org/rfc/rfc9325#section-3.1.1
                self._context.minimum_version = ssl.TLSVersion.TLSv1_2
            return self._context
