"""What counts as a flow resource, and what never becomes part of an address."""

import pytest

from webapp.oidc.errors import ProviderError
from webapp.pingone.endpoints import Endpoints
from webapp.pingone.flow import parse_flow

ID = "0a1b2c3d-1111-4222-8333-444455556666"
OTHER = "0a1b2c3d-1111-4222-8333-444455556667"
RIGHT = {"id": ID, "status": "USERNAME_PASSWORD_REQUIRED"}


def test_a_flow_is_read():
    """Its id may be written in either case, and it is not finished before it says so."""
    flow = parse_flow(
        RIGHT | {"_links": {"usernamePassword.check": {}}, "authorizeResponse": {"code": "c"}}, ID.upper()
    )
    assert (ID, False, {"usernamePassword.check"}, {"code": "c"}) == (
        flow.id,
        flow.finished,
        flow.actions,
        flow.authorize_response,
    )


@pytest.mark.parametrize("status", ["COMPLETED", "FAILED"])
def test_completed_and_failed_are_finished(status):
    """PingOne sends both to resume."""
    assert parse_flow(RIGHT | {"status": status}).finished


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("no status", {"status": None}),
        ("no status", {"status": ["COMPLETED"]}),
        ("no status", {"status": b"COMPLETED"}),
        ("no status", {"status": ""}),
        ("no status", {"status": "C\u00d6MPLETED"}),
        ("no status", {"status": "C" * 61}),
        ("no id", {"id": None}),
        ("no id", {"id": 17}),
        ("no id", {"id": [], "status": "FAILED"}),
        ("no id", {"id": f"{ID}/../x"}),
        ("no id", {"id": f"{ID}\n"}),
        ("another flow", {"id": OTHER}),
        ("another flow", {"id": OTHER, "status": "FAILED"}),
        ("authorizeResponse", {"authorizeResponse": ["code", "c"]}),
        ("authorizeResponse", {"authorizeResponse": "code=c"}),
        ("authorizeResponse", {"authorizeResponse": {"code": 17}}),
        ("authorizeResponse", {"authorizeResponse": {"code": "c", "state": None}}),
    ],
    ids=str,
)
def test_what_is_no_flow_is_refused(words, changes):
    """A member that is missing, of another type, or about another flow: said so, and nothing is made of the rest."""
    with pytest.raises(ProviderError, match=words):
        parse_flow(RIGHT | changes, ID)


def test_a_failed_flow_may_lack_its_id():
    """PingOne's internal time-out names none: it is the flow that was asked about."""
    assert ID == parse_flow({"status": "FAILED"}, ID).id


@pytest.mark.parametrize(
    "flow_id", ["", "x", f"{ID}/x", f"{ID}?a=b", f"{ID}\n", ID.replace("-", ""), "\u0660" + ID[1:]]
)
def test_only_a_uuid_becomes_part_of_an_address(flow_id):
    """Whatever else arrives as a flow id is somebody's attempt at another path of PingOne's."""
    endpoints = Endpoints("https://auth.pingone.example/env")
    for address in (endpoints.flow, endpoints.resume):
        assert address(ID).endswith(ID)
        with pytest.raises(ValueError, match="UUID"):
            address(flow_id)
