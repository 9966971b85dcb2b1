"""The application with PingOne as it will be from 2 March 2027, and as differing accounts of it say it is."""

from collections.abc import Iterator

import pytest

from tests.support.overheard import Reader


@pytest.fixture
def switched(reader: Reader) -> Iterator[Reader]:
    """Somebody whose PingOne can be switched; it is the usual one again afterwards."""
    someone = reader.another()
    yield someone
    switch(someone, era="today", accept="any", flow_id="kept", sign_off="one")


def switch(someone: Reader, **readings: str) -> None:
    own = someone.simulator_url.removesuffix("/simulator")
    assert 200 == someone.client.post("/simulator/switches", base_url=own, json=readings).status_code


@pytest.mark.parametrize("mode", ["hosted", "redirectless", "custom"])
@pytest.mark.parametrize(
    "readings",
    [
        {"era": "today"},
        {"era": "2027"},
        {"accept": "narrow_refused"},
        {"sign_off": "all"},
        {"flow_id": "changed"},
    ],
    ids=str,
)
def test_signs_on_refreshes_and_signs_off(switched: Reader, mode: str, readings: dict[str, str]) -> None:
    """In every mode, whichever of them it is."""
    switch(switched, **readings)
    switched.sign_on(mode)
    before = switched.session()
    assert (mode, True) == (before["mode"], before["has_refresh_token"])
    assert "This session" in switched.press("/session/refresh").text
    assert before["subject"] == switched.session()["subject"]
    switched.press("/sign-off")
    assert {"signed_in": False} == switched.session()


def test_a_session_goes_on_over_the_day(switched: Reader) -> None:
    """Signed on before, refreshed after."""
    switched.sign_on("hosted")
    switch(switched, era="2027")
    assert "This session" in switched.press("/session/refresh").text
    assert switched.session()["signed_in"]
