"""`deploy/nginx.conf` in a real nginx, before two instances that do what the test wants."""

import gzip
import re
import shutil
import socket
import ssl
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deploy.processes import Process, ports
from deploy.topology import certify, nginx
from tests.deploy.conftest import Asked, asker, require
from tests.support.raw_http import Answer, Request
from tests.support.raw_server import RawServer, Wire

PAGE = Answer(200, (("Content-Type", "text/html"),), b"<p>a page</p>" * 100)
STYLE = Answer(200, (("Content-Type", "text/css; charset=utf-8"),), b"p { color: red }" * 100)
USED_ONCE = [
    ("GET", "/callback?code=c&state=s"),
    ("GET", "/resume?flowId=f"),
    ("POST", "/callback"),
    ("POST", "/sign-on/step/handle"),
    ("POST", "/session/refresh"),
    ("POST", "/sign-off"),
]
"""Requests that nobody may send twice: they hold a code, a password or an order."""
CANARY = "canary-7f3a"


@dataclass
class Front:
    """nginx, and the two instances behind it. `seen` has the requests in the order in which they came."""

    ask: Asked
    https: int
    http: int
    folder: Path
    instances: list[RawServer]
    seen: list[Request] = field(default_factory=list)
    answer: Answer = PAGE

    def __call__(self, request: Request) -> Answer:
        self.seen.append(request)
        return STYLE if request.path.startswith("/static/") else self.answer


def dies(wire: Wire, _: Answer) -> bool:
    """What a killed worker does with a request that it has read."""
    wire.reset()
    return False


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Everything, started once."""
    require("openssl")
    command, folder = require("nginx"), tmp_path_factory.mktemp("nginx")
    https, http = ports(2)
    certify(folder / "certificate.pem", folder / "key.pem")
    front = Front(asker(https, folder / "certificate.pem"), https, http, folder, [])
    with ExitStack() as stack:
        for _ in range(2):
            front.instances.append(RawServer(lambda request: front(request)))
            stack.callback(front.instances[-1].stop)
        one, two = (instance.port for instance in front.instances)
        # A load balancer of the test's own in front, which says who asks.
        proxied = "set_real_ip_from 127.0.0.1;\nreal_ip_header X-Real;\n"
        files = (folder / "certificate.pem", folder / "key.pem")
        configuration = nginx(folder, https, http, one, two, *files, more=proxied)
        said = subprocess.run([command, "-t", "-c", str(configuration)], capture_output=True, text=True, timeout=30)
        # Since 1.25 nginx wants HTTP/2 said in another way, which Debian 12 and Ubuntu 24.04 do not understand.
        warned = re.findall(r'\[(?:warn|emerg)\](?!.*"listen ... http2").*', said.stderr)
        assert (0, []) == (said.returncode, warned), said.stderr
        process = Process([command, "-c", str(configuration)], https, folder / "log")
        stack.callback(process.end)
        process.start()
        yield front


@pytest.fixture
def front(running: Front) -> Front:
    """nginx before two instances that answer with a page."""
    for instance in running.instances:
        instance.up()
    running.seen, running.answer = [], PAGE
    return running


@pytest.mark.parametrize(("method", "path"), USED_ONCE)
def test_what_is_used_once_is_sent_once(front: Front, method: str, path: str) -> None:
    """An instance that dies over a request may have acted on it: the visitor is told, and no other instance asked."""
    front.answer = Answer(fault=dies)
    answer = front.ask(path, method, b"code=c&state=s" if method == "POST" else b"")
    assert (502, "5", 1) == (answer.status, answer.headers["Retry-After"], len(front.seen))
    assert b"sign on again" in answer.body


def test_a_page_is_asked_of_the_other_instance(front: Front) -> None:
    """Reading twice does no harm."""
    front.answer = Answer(fault=dies)
    assert (502, 2) == (front.ask("/session").status, len(front.seen))


@pytest.mark.parametrize(("method", "path"), [*USED_ONCE, ("GET", "/session")])
def test_an_instance_that_is_away_is_not_missed(front: Front, method: str, path: str) -> None:
    """A connection that is refused has carried nothing: the other instance gets the request, four times of four."""
    front.instances[0].down()
    assert [200] * 4 == [front.ask(path, method, b"a=b" if method == "POST" else b"").status for _ in range(4)]
    assert 4 == len(front.seen)


def test_an_instance_is_back_as_soon_as_it_listens(front: Front) -> None:
    """However often it failed before: stock settings leave it out for ten seconds."""
    front.instances[0].down()
    for _ in range(8):
        front.ask("/session")
    front.instances[0].up()
    before = [instance.connections for instance in front.instances]
    for _ in range(8):
        front.ask("/session")
    after = [instance.connections for instance in front.instances]
    assert [4, 4] == [now - then for now, then in zip(after, before, strict=True)]


def test_a_crowd_of_starts_is_told_to_wait(front: Front) -> None:
    """Two hundred in a row from one address, then 429 with Retry-After; pages and other addresses are not concerned."""
    starts = []
    while 429 not in {answer.status for answer in starts[-1:]} and len(starts) < 2_000:  # A slow machine needs more.
        starts.append(front.ask("/sign-on/hosted", X_Real="198.51.100.7"))
    assert {200: len(starts) - 1, 429: 1} == Counter(answer.status for answer in starts)
    assert 200 < len(starts)
    assert "2" == starts[-1].headers["Retry-After"]
    assert 200 == front.ask("/session", X_Real="198.51.100.7").status
    assert 200 == front.ask("/sign-on/hosted", X_Real="198.51.100.8").status


def test_a_network_of_ipv6_counts_as_one_visitor(front: Front) -> None:
    """Whoever has a /64 cannot start from a new address each time; the next /64 is somebody else."""
    answers = [front.ask("/sign-on/custom", X_Real=f"2001:db8:0:1::{number:x}") for number in range(1, 216)]
    assert 429 in {answer.status for answer in answers}
    assert 200 == front.ask("/sign-on/custom", X_Real="2001:db8:0:2::1").status


@pytest.mark.parametrize("path", ["/readyz", "/%72eadyz", "//readyz", "/a/../readyz", "/readyz?x=1", "/metrics"])
def test_what_is_for_the_operator_is_closed(front: Front, path: str) -> None:
    """However the path is spelled, the instance does not hear of it; `/healthz` stays open."""
    assert (404, []) == (front.ask(path).status, front.seen)
    assert 200 == front.ask("/healthz").status


def test_only_what_holds_no_secret_is_compressed(front: Front) -> None:
    """BREACH: the length of a compressed page tells what is in it. Styles are the same for everybody."""
    page = front.ask("/session", Accept_Encoding="gzip")
    style = front.ask("/static/style.css", Accept_Encoding="gzip")
    assert (None, PAGE.body) == (page.headers["Content-Encoding"], page.body)
    assert ("gzip", STYLE.body) == (style.headers["Content-Encoding"], gzip.decompress(style.body))


def test_what_a_visitor_claims_about_proxies_is_not_passed_on(front: Front) -> None:
    """The last of X-Forwarded-For is the address that nginx saw; scheme, host and request id are nginx's own."""
    claims = ["Forwarded", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Forwarded-Port", "Proxy"]
    forged = {name.replace("-", "_"): CANARY for name in [*claims, "X-Forwarded-Proto", "X-Request-Id"]}
    front.ask("/session", **forged, X_Forwarded_For="203.0.113.9")
    (request,) = front.seen
    assert "203.0.113.9, 127.0.0.1" == request.header("X-Forwarded-For")
    assert ("https", "localhost") == (request.header("X-Forwarded-Proto"), request.header("Host"))
    assert re.fullmatch("[0-9a-f]{32}", request.header("X-Request-Id"))
    assert [] == [name for name, value in request.headers if CANARY in value]


def test_no_file_holds_a_code(front: Front) -> None:
    """Neither log has a query, not when an instance fails and not when none answers."""
    front.ask(f"/callback?code={CANARY}", Referer=f"https://localhost/?{CANARY}")
    front.answer = Answer(fault=dies)
    front.ask(f"/callback?code={CANARY}")
    for instance in front.instances:
        instance.down()
    assert 502 == front.ask(f"/callback?code={CANARY}").status
    logs = [path for path in front.folder.rglob("*") if path.is_file()]
    assert "GET /callback" in (front.folder / "signon.log").read_text()
    assert [] == [str(path) for path in logs if CANARY in path.read_text()]


def test_no_form_and_no_page_is_written_to_a_file(front: Front) -> None:
    """Without its folders for temporary files nginx would fail to: with the largest form, and with a page that comes
    faster than its visitor reads."""
    for name in ("client_body", "proxy"):
        shutil.rmtree(front.folder / name)
    page = b"x" * 20_000_000
    front.answer = Answer(200, (), page)
    answer = front.ask("/session/tokens", "POST", b"password=" + b"&" * 65_000)
    assert (200, len(page), 65_009) == (answer.status, len(answer.body), len(front.seen[0].body))


def test_a_body_that_no_form_of_ours_has_is_refused(front: Front) -> None:
    """More than the application would accept."""
    assert (413, []) == (front.ask("/callback", "POST", b"x" * 70_000).status, front.seen)


def test_other_names_are_not_served(front: Front) -> None:
    """Behind a proxy the application believes the Host header, so nginx must not: neither in TLS nor afterwards."""
    assert (421, []) == (front.ask("/", Host="evil.example").status, front.seen)
    trust = ssl.create_default_context(cafile=front.folder / "certificate.pem")
    with (
        socket.create_connection(("127.0.0.1", front.https), timeout=10) as connection,
        pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"),
    ):
        trust.wrap_socket(connection, server_hostname="evil.example")


def test_http_leads_to_https_and_two_is_spoken(front: Front) -> None:
    """curl begins with plain http and ends with an answer over HTTP/2, its form included."""
    command = [require("curl"), "--silent", "--location", "--http2", "--noproxy", "*"]
    command += ["--cacert", str(front.folder / "certificate.pem"), "--output", "/dev/null"]
    command += ["--write-out", "%{http_version} %{num_redirects} %{url_effective}"]
    command += ["--data", "a=b", f"http://localhost:{front.http}/a?b=c"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert f"2 1 https://localhost:{front.https}/a?b=c" == said.stdout
    assert ("POST", b"a=b") == (front.seen[0].method, front.seen[0].body)
