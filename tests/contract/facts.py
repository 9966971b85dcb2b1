"""Every fact of PingOne's behaviour that can be seen at run time, and the mark by which a test names those it checks.

A fact is ``D`` when Ping documents it and ``C`` when it was seen in public code or a captured answer. What was only
concluded is no fact, so the simulator may do it in its own way. The number in front of an id groups what belongs
together; ``GROUPS`` names the groups and where to read about them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from tests.contract.facts_flows import FLOWS
from tests.contract.facts_metadata import METADATA
from tests.contract.facts_requests import REQUESTS
from tests.contract.facts_sessions import SESSIONS
from tests.contract.facts_tokens import TOKENS

_DEVELOPER = "https://developer.pingidentity.com/pingone-api"
GROUPS = {
    1: ("Issuer and endpoints", f"{_DEVELOPER}/foundations/conventions/pingone-api-requests.html"),
    2: ("Conventions and errors", f"{_DEVELOPER}/platform/rate-limiting.html"),
    3: ("Discovery", "https://openid.net/specs/openid-connect-discovery-1_0.html"),
    4: ("Keys", f"{_DEVELOPER}/auth/openid-connect-oauth-2/read-jwks.html"),
    5: ("Settings of an application", f"{_DEVELOPER}/platform/applications/applications-1.html"),
    6: ("Authorization", f"{_DEVELOPER}/auth/openid-connect-oauth-2/authorize-intro.html"),
    7: ("Pushed authorization requests", f"{_DEVELOPER}/auth/openid-connect-oauth-2/pushed-authorization-request.html"),
    8: ("Flows", f"{_DEVELOPER}/auth/flows.html"),
    9: ("Session token", f"{_DEVELOPER}/platform/sessions.html"),
    10: ("Resume", f"{_DEVELOPER}/auth/openid-connect-oauth-2/resume.html"),
    11: ("Single sign-on", f"{_DEVELOPER}/platform/sessions.html"),
    12: ("Token endpoint", f"{_DEVELOPER}/auth/openid-connect-oauth-2/token-intro.html"),
    13: ("Tokens", f"{_DEVELOPER}/foundations/authentication-concepts/access-tokens-and-id-tokens/token-claims.html"),
    14: ("UserInfo, introspection, revocation", f"{_DEVELOPER}/auth/openid-connect-oauth-2/token-revocation.html"),
    15: ("Sign-off", f"{_DEVELOPER}/auth/openid-connect-oauth-2/signoff.html"),
    16: ("Other ways to sign on", f"{_DEVELOPER}/foundations/auth-apis-overview/flows.html"),
}


@dataclass(frozen=True)
class Fact:
    """``says``: the behaviour in one line. ``unchecked``: why no test checks it; empty when one does."""

    id: str
    tag: str
    says: str
    unchecked: str = ""

    @property
    def group(self) -> int:
        return int(self.id.partition("-")[0].partition(".")[0])


def _read(rows: Iterable[tuple[str, ...]]) -> dict[str, Fact]:
    facts = [Fact(*row) for row in rows]
    assert len(facts) == len({each.id for each in facts}), "two facts have one id"
    return {each.id: each for each in facts}


FACTS = _read([*METADATA, *REQUESTS, *FLOWS, *SESSIONS, *TOKENS])


def fact(*ids: str) -> pytest.MarkDecorator:
    """Name the facts that a test checks: ``@fact("4-members", "4-use")``. ValueError for one that is unknown."""
    for each in ids:
        if each not in FACTS:
            raise ValueError(f"there is no fact {each}")
    return pytest.mark.fact(*ids)
