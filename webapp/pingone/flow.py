"""The flow resource: the state of a sign-on, as PingOne reports it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..oidc.errors import OperatorFault, ProviderError
from .endpoints import is_uuid

DAVINCI = (
    "the application has a DaVinci flow policy. PingOne console: Applications > the application > Policies: remove it "
    "and add a PingOne policy; hosted mode works with either"
)


class FlowPolicyUnsupported(OperatorFault):
    """The application has a DaVinci flow policy: its steps are not those of the Flows API."""

    code = "flow_policy_unsupported"


KEPT = ("id", "status", "_links", "_embedded", "error", "expiresAt", "selectedDevice", "devices")


@dataclass(frozen=True)
class Flow:
    """One state of a flow: https://developer.pingidentity.com/pingone-api/auth/flows.html

    `actions` are the names of its links, `document` is PingOne's own JSON, the members in `KEPT` only, so without any
    code, `authorize_response` the parameters of a finished `pi.flow` sign-on. Strings are PingOne's: show them escaped.
    """

    id: str
    status: str
    actions: frozenset[str]
    document: Mapping[str, Any] = field(repr=False)
    authorize_response: Mapping[str, str] | None = field(default=None, repr=False)
    error: str = ""
    error_message: str = ""

    @property
    def finished(self) -> bool:
        """A failed flow is finished too: it is resumed as well, and resume then answers with an error."""
        return self.status in ("COMPLETED", "FAILED")

    @property
    def embedded(self) -> Mapping[str, Any]:
        """`_embedded`: what PingOne attaches to the flow, such as its user and devices."""
        return mapping(self.document.get("_embedded"))


def parse_flow(document: Mapping[str, Any], flow_id: str = "") -> Flow:
    """Return the flow; raise `ProviderError` when a member is missing or mistyped, or it is not `flow_id`.

    Raises `FlowPolicyUnsupported` for the answer of an application that has a DaVinci flow policy.
    """
    found, status = document.get("id"), document.get("status")
    if status is None and "interactionId" in document:
        raise FlowPolicyUnsupported(DAVINCI)
    if not isinstance(status, str) or not status.isascii() or not 0 < len(status) <= 60:
        raise ProviderError("the flow has no status")
    if found is None and status == "FAILED":
        found = flow_id  # PingOne's internal time-out answers with a failed flow that has no id.
    if not isinstance(found, str) or not (is_uuid(found) or status == "FAILED"):
        raise ProviderError("the flow has no id")
    if flow_id and found.lower() != flow_id.lower():
        raise ProviderError("the answer is about another flow")
    error = mapping(document.get("error"))
    return Flow(
        id=found,
        status=status,
        actions=frozenset(str(name) for name in mapping(document.get("_links"))),
        document={name: document[name] for name in KEPT if name in document},
        authorize_response=_authorize_response(document.get("authorizeResponse")),
        error=text(error.get("code")),
        error_message=text(error.get("message")),
    )


def _authorize_response(members: object) -> Mapping[str, str] | None:
    if members is None:
        return None
    if not isinstance(members, dict) or not all(isinstance(value, str) for value in members.values()):
        raise ProviderError("authorizeResponse is not an object of strings")
    return members


def mapping(value: object) -> Mapping[str, Any]:
    """Return the JSON object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """Return the first 500 characters of a string, an empty one for anything else."""
    return value[:500] if isinstance(value, str) else ""
