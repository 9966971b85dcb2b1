"""What an operator's files are tested with: the programs that own their formats, where they are installed."""

import http.client
import os
import re
import ssl
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.processes import ports, program
from deploy.topology import temporary


def require(*names: str, package: str = "") -> str:
    """The path of a program. Without it the test is skipped, or fails where CI is set."""
    try:
        return program(*names)
    except FileNotFoundError as missing:
        reason = f"NOT TESTED: {missing} (apt-get install {package or names[0]})"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def nginx_accepts(configuration: str, etc: Path, program: str) -> None:
    """Have `nginx -t` look at a file that was made for /etc/nginx/conf.d, with `etc` in place of /etc/nginx."""
    https, http = ports(2)
    text = re.sub(r" *listen \[::\].*\n|/var/log/nginx/", "", configuration).replace("/etc/nginx/", f"{etc}/")
    text = text.replace("listen 443", f"listen 127.0.0.1:{https}").replace("listen 80", f"listen 127.0.0.1:{http}")
    (etc / "looked-at.conf").write_text(text)
    main = f"pid {etc}/pid;\nevents {{}}\nhttp {{ {temporary(etc)}access_log off; include {etc}/looked-at.conf; }}\n"
    (etc / "main.conf").write_text(main)
    command = [program, "-p", str(etc), "-t", "-c", str(etc / "main.conf")]
    said = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert 0 == said.returncode, said.stderr


@dataclass(frozen=True)
class Answered:
    """An answer of nginx, or what came through it."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


Asked = Callable[..., Answered]


def asker(port: int, certificate: Path) -> Asked:
    """A function that asks nginx over TLS: `ask(path, method, body, source=..., Header="...")`."""
    trust = ssl.create_default_context(cafile=certificate)

    def ask(path: str, method: str = "GET", body: bytes = b"", source: str = "127.0.0.1", **headers: str) -> Answered:
        connection = http.client.HTTPSConnection(
            "localhost", port, timeout=30, context=trust, source_address=(source, 0)
        )
        try:
            connection.request(method, path, body or None, {k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            return Answered(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    return ask
