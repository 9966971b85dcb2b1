"""One plain HTTP client for all visitors: nothing of one reaches another, nothing of the client reaches PingOne."""

import pytest
import requests

from tests.copied.host import Host, noise


def test_a_fresh_browser_is_not_signed_on_as_the_one_before(host, simulator):
    """A's `ST` never goes out for B: PingOne asks B for a password."""
    first, second = {}, {}
    _, attempt = host.begin_flow(first)
    assert host.password(first, attempt.id).finished
    cookies = host.finish(first, attempt.id).provider_cookies
    simulator.heard.clear()
    flow, _ = host.begin_flow(second)
    assert "USERNAME_PASSWORD_REQUIRED" == flow.status
    assert cookies["ST"]
    assert [] == [each.path for each in simulator.heard if "Cookie" in each.headers]


def test_two_visitors_take_turns(host):
    """Step by step, on one client: each ends as who they are."""
    visitors = [("sharedTestUser", {}), ("agreementTestUser", {})]
    begun = [(name, visitor, host.begin_flow(visitor)[1]) for name, visitor in visitors]
    for name, visitor, attempt in begun:
        flow = host.password(visitor, attempt.id, name)
        if not flow.finished:
            assert host.act(visitor, attempt.id, "user.consent").finished
    found = [host.finish(visitor, attempt.id).claims["preferred_username"] for _, visitor, attempt in begun]
    assert [name for name, _ in visitors] == found


@pytest.fixture
def odd_session():
    """A session as somebody may have configured it for another purpose."""
    with requests.Session() as session:
        session.headers["X-Spy"] = noise()
        session.auth = ("somebody", "else")
        session.params = {"spy": "1"}
        session.cookies.set("ST", noise(), domain="127.0.0.1", path="/")
        yield session


def test_nothing_of_the_session_enters_or_leaves(theirs, simulator, odd_session, monkeypatch, tmp_path):
    """Cookie jar, default headers, auth, .netrc and proxies of the environment: none of it is PingOne's business."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login spy password spy\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://spy:spy@127.0.0.1:9")
    before = odd_session.cookies.get_dict()
    host, visitor = Host(theirs, simulator.base, odd_session), {}
    _, attempt = host.begin_flow(visitor)
    assert host.password(visitor, attempt.id).finished
    host.finish(visitor, attempt.id)
    for each in simulator.heard:
        assert not {"Authorization", "Proxy-Authorization", "X-Spy"} & set(each.headers), each
        assert before["ST"] not in each.headers.get("Cookie", "")
    assert before == odd_session.cookies.get_dict()


def test_flows_are_asked_for_json_and_take_what_comes(host, simulator):
    """Authorize, flows and resume: JSON if there is any."""
    visitor = {}
    _, attempt = host.begin_flow(visitor)
    host.password(visitor, attempt.id)
    host.finish(visitor, attempt.id)
    asked = {each.headers["Accept"] for each in simulator.heard if "/flows/" in each.path or "/as/resume" in each.path}
    asked |= {each.headers["Accept"] for each in simulator.heard if each.path.endswith("/as/authorize")}
    assert {"application/json, */*;q=0.5"} == asked


def test_a_redirect_is_not_followed_and_a_flood_is_not_read(theirs):
    """307 would repeat a form elsewhere; an endless body would fill the memory."""
    from tests.support.raw_http import Answer
    from tests.support.raw_server import RawServer

    def answer(request):
        if request.path == "/flood":
            return Answer(200, (), b"x" * (theirs.http.MOST_BYTES + 1))
        return Answer(307, (("Location", "/elsewhere"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), b"")

    seen = []
    server = RawServer(lambda request: (seen.append(request), answer(request))[1])
    try:
        client = theirs.http.http_of(requests.Session())
        received = client.exchange(theirs.http.Request("POST", f"{server.origin}/token", body=b"code=1"))
        assert (307, ["a=1", "b=2"]) == (
            received.status, [value for name, value in received.fields if name.lower() == "set-cookie"])  # fmt: skip
        with pytest.raises(OSError, match="too long"):
            client.exchange(theirs.http.Request("GET", f"{server.origin}/flood"))
        assert 2 == len(seen)
    finally:
        server.stop()


def test_what_is_no_client_is_said_to_be_none(theirs):
    """An httpx.Client without its adapter is a mistake that shows when it is made."""
    with pytest.raises(TypeError, match="Http"):
        theirs.http.http_of(object())
