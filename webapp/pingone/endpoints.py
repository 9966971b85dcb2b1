"""Where PingOne's own endpoints are. Built from the configured base, never from a link in a response."""

import re
from dataclasses import dataclass

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def is_uuid(text: str) -> bool:
    """Environment ids and flow ids are UUIDs: nothing else is ever put into a URL."""
    return UUID.fullmatch(text) is not None


def environment_in(base: str) -> str:
    """Return the environment id at the end of a base; empty for a custom domain, which does not name it."""
    last = base.rpartition("/")[2]
    return last if is_uuid(last) else ""


@dataclass(frozen=True)
class Endpoints:
    """The URLs below one base, for example `https://auth.pingone.com/{environment id}` or a custom domain."""

    base: str

    @property
    def issuer(self) -> str:
        """The `iss` of every token of this environment."""
        return f"{self.base}/as"

    def flow(self, flow_id: str) -> str:
        """Where a flow is read and acted on. Raises `ValueError` for what is no UUID.

        https://developer.pingidentity.com/pingone-api/auth/flows.html
        """
        return f"{self.base}/flows/{_checked(flow_id)}"

    def resume(self, flow_id: str) -> str:
        """Where a finished flow becomes a code. Raises `ValueError` for what is no UUID.

        https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/resume.html
        """
        return f"{self.base}/as/resume?flowId={_checked(flow_id)}"


def _checked(flow_id: str) -> str:
    if not is_uuid(flow_id):
        raise ValueError("a flow id is a UUID")
    return flow_id
