"""The quickstart with kept connections and one trust store for the process: what can be had without leaving Authlib.

Authlib opens a `requests` session for each call and closes it; requests hands the trust store to each new connection.
"""

import os
import ssl
from typing import Any

from authlib.integrations.flask_client import FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import HTTPAdapter

from tests.bench.candidates.authlib_quickstart import application, oauth

CONTEXT = ssl.create_default_context(cafile=os.environ["PINGONE_CA_BUNDLE"])


class Kept(HTTPAdapter):
    """An adapter that outlives its sessions and never reads a trust store again."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, ssl_context=CONTEXT, **options)

    def cert_verify(self, *args: Any) -> None:
        """The context does it."""

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {name: value for name, value in tls.items() if name != "ca_certs"} | {"ssl_context": CONTEXT}

    def close(self) -> None:
        """Not with the session."""


KEPT = Kept(pool_maxsize=32)


class Pooled(OAuth2Session):  # type: ignore[misc]
    """Authlib's session on the kept adapter, without a look at the environment for each call."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.trust_env = False
        self.mount("https://", KEPT)


FlaskOAuth2App.client_cls = Pooled
__all__ = ["application", "oauth"]
