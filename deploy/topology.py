"""`python -m deploy.topology`: on this computer, without containers, what an operator runs on several.

nginx with `deploy/nginx.conf` in front of two instances with two workers each, Redis, and the simulator over TLS in
PingOne's place, with a certificate made for the purpose. Everything listens on loopback. It needs nginx, redis-server
(or valkey-server) and openssl; Ctrl-C stops it, and what it wrote is in the folder that it names.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from threading import Event

from config import PROJECT, Settings
from deploy.processes import Process, ports, program
from webapp.simulator import CLIENT_ID, CUSTOM_CLIENT_ID, DEMO_USERS, ENVIRONMENT_ID, PASSWORD


class Topology:
    """`with Topology(folder) as running`: everything runs; `instances`, `redis` and `nginx` are its processes."""

    def __init__(self, folder: Path, https: int = 0, simulator: int = 0) -> None:
        self.folder = folder
        self.https, simulator, http, one, two, store = ports(6, https, simulator)
        self.public_url, self.certificate = f"https://localhost:{self.https}", folder / "certificate.pem"
        key = folder / "key.pem"
        certify(self.certificate, key)
        unset = {known: "" for known, *_ in rows()}
        clean = {name: value for name, value in os.environ.items() if name not in unset}
        tls = ["--tls", str(self.certificate), str(key), "--public-url", self.public_url]
        command = [sys.executable, "-m", "webapp.simulator", "--port", str(simulator), *tls]
        self.simulator = Process(command, simulator, folder / "simulator.log")
        self.simulator_url = f"https://127.0.0.1:{simulator}"
        self.redis = Process(
            [program("redis-server", "valkey-server"), "--port", str(store), "--bind", "127.0.0.1",
             "--dir", str(folder), "--save", "", "--appendonly", "yes",
             "--maxmemory", "64mb", "--maxmemory-policy", "noeviction"],
            store, folder / "redis.log",
        )  # fmt: skip
        settings = clean | {
            "PINGONE_ENVIRONMENT_ID": ENVIRONMENT_ID,
            "PINGONE_AUTH_BASE_URL": f"{self.simulator_url}/{ENVIRONMENT_ID}",
            "PINGONE_CLIENT_ID": CLIENT_ID,
            "PINGONE_CUSTOM_CLIENT_ID": CUSTOM_CLIENT_ID,
            "PINGONE_CA_BUNDLE": str(self.certificate),
            "PUBLIC_URL": self.public_url,
            "SECRET_KEY": "for-one-run-on-loopback-only-0123456789",
            "REDIS_URL": f"redis://127.0.0.1:{store}/0",
            "TRUSTED_PROXIES": "1",
            "SIMULATOR": "off",
            "WEB_CONCURRENCY": "2",
            "LOG_FORMAT": "json",
        }
        self.instances = [
            Process(
                [sys.executable, "-m", "webapp"], port, folder / f"instance-{number}.log",
                settings | {"PORT": str(port), "INSTANCE_PATH": str(folder / f"instance-{number}")},
            )
            for number, port in enumerate((one, two), 1)
        ]  # fmt: skip
        configuration = nginx(folder, self.https, http, one, two, self.certificate, key)
        self.nginx = Process([program("nginx"), "-c", str(configuration)], self.https, folder / "nginx.log")
        self._running = ExitStack()

    def __enter__(self) -> "Topology":
        with ExitStack() as stack:
            for process in self._everything():
                stack.callback(process.end)
                process.launch()
            for process in self._everything():
                process.wait()
            self._running = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._everything():
            if process.running:
                process.running.terminate()
        self._running.close()

    def _everything(self) -> tuple[Process, ...]:
        return self.redis, self.simulator, *self.instances, self.nginx


def rows() -> list[tuple[str, object, str, bool]]:
    """The settings, whose values in this computer's environment are of no concern here."""
    return Settings.from_env({"SECRET_KEY": "only-to-learn-the-names-of-the-settings-0123"}).rows()


def certify(certificate: Path, key: Path) -> None:
    """Make a certificate for localhost and 127.0.0.1 that is its own authority."""
    names = ("subjectAltName=DNS:localhost,IP:127.0.0.1", "keyUsage=digitalSignature,keyCertSign")
    command = [program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "30", "-subj", "/CN=localhost", *(part for name in names for part in ("-addext", name))]
    subprocess.run(  # noqa: S603
        [*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True
    )


def nginx(
    folder: Path, https: int, http: int, one: int, two: int, certificate: Path, key: Path, more: str = ""
) -> Path:
    """`deploy/nginx.conf` with our name, ports and files, within what Debian's nginx.conf has around it, and `more`."""
    text = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for known, ours in (
        (r" *listen \[::\]:.*\n", ""),
        (r"listen 443\b", f"listen 127.0.0.1:{https}"),
        (r"listen 80\b", f"listen 127.0.0.1:{http}"),
        (r"https://signon\.example\.com\$", f"https://localhost:{https}$"),
        (r"signon\.example\.com", "localhost"),
        (r"127\.0\.0\.1:8001", f"127.0.0.1:{one}"),
        (r"127\.0\.0\.1:8002", f"127.0.0.1:{two}"),
        (r"/etc/nginx/tls/fullchain\.pem", str(certificate)),
        (r"/etc/nginx/tls/privkey\.pem", str(key)),
        (r"/var/log/nginx/", f"{folder}/"),
    ):
        text, found = re.subn(known, lambda _, ours=ours: ours, text)
        if not found:
            raise ValueError(f"deploy/nginx.conf has nothing like {known}")
    (folder / "signon.conf").write_text(text, encoding="utf-8")
    main = folder / "nginx.conf"
    user = "" if os.getuid() else "user root;\n"  # The folder is nobody else's.
    main.write_text(
        f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log stderr;\nworker_processes 2;\nevents {{}}\n"
        f"http {{\n{temporary(folder)}access_log off;\ngzip on;\n{more}include {folder}/signon.conf;\n}}\n",
        encoding="utf-8",
    )
    return main


def temporary(folder: Path) -> str:
    """Lines that keep nginx's temporary files in a folder, where Debian has one that only root can write."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)


def main() -> None:
    """Start everything, say where it is, and end it on Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m deploy.topology", description=__doc__)
    parser.add_argument("--port", type=int, default=8443, help="where nginx listens (default 8443)")
    parser.add_argument("--simulator-port", type=int, default=9443, help="where the simulator listens (default 9443)")
    options = parser.parse_args()
    over = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    folder = Path(tempfile.mkdtemp(prefix="signon-"))
    try:
        with Topology(folder, options.port, options.simulator_port) as running:
            sys.stdout.write(
                f"Ready: {running.public_url}, as {DEMO_USERS[0][0]} with the password {PASSWORD}\n"
                f"The simulator: {running.simulator_url}\n"
                f"Trust {running.certificate}, or let the browser make an exception for both addresses.\n"
                f"Logs: {folder}. Ctrl-C stops it.\n"
            )
            sys.stdout.flush()
            over.wait()
    except (FileNotFoundError, RuntimeError, OSError) as failure:
        sys.exit(f"Cannot start: {failure}")


if __name__ == "__main__":
    main()
