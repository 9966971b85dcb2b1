"""The image: built, looked into, and run read-only as its ordinary user. Slow, so asked for with `IMAGE=1`.

It needs no container engine and no registry: Debian's `buildah` builds by the Dockerfile, on a base that `debootstrap`
makes, which is what the official image begins with. `IMAGE_BASE` may name the folder of one that was made before.
"""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import PROJECT
from deploy.processes import Process, ports
from tests.deploy.conftest import require
from tests.support.person import Person
from webapp.simulator import PASSWORD
from webapp.version import VERSION

CANARIES = (
    ".env", "webapp/.env", "webapp/views/.env.production", "static/key.pem", "templates/help/tls.key",
    "webapp/store/store.sqlite", "webapp/store.sqlite-wal", "instance/secret_key", "webapp/secret_key", "app.log",
    "tests/deploy/test_image.py", ".git/config", "static/.git/config", "webapp/instance/x.py",
    "deploy/secrets/secret_key",
)  # fmt: skip
"""What somebody's checkout may hold besides what is meant to be published."""


@dataclass(frozen=True)
class Image:
    """What was built: its configuration, and its files under `root`."""

    config: dict[str, object]
    root: Path


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """The image, built from a copy of this checkout that has secrets in many places."""
    if not os.environ.get("IMAGE"):
        pytest.skip("IMAGE=1 builds the image, which takes minutes")
    folder = tmp_path_factory.mktemp("image")
    storage = ("--storage-driver", "vfs", "--root", str(folder / "root"), "--runroot", str(folder / "run"))

    def buildah(*words: str) -> str:
        ended = subprocess.run(
            [require("buildah"), *storage, *words], cwd=context, capture_output=True, text=True, timeout=1500
        )
        assert 0 == ended.returncode, ended.stderr[-3000:]
        return ended.stdout.strip()

    context = folder / "context"
    shutil.copytree(PROJECT, context, ignore=shutil.ignore_patterns(".venv", ".git", "__pycache__", "instance"))
    for canary in CANARIES:
        (context / canary).parent.mkdir(parents=True, exist_ok=True)
        (context / canary).write_text("canary")
    begun = buildah("from", "scratch")
    buildah("add", "--quiet", begun, str(base_of(folder)), "/")
    buildah("config", "--env", "PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin", begun)
    buildah("commit", "--quiet", "--format", "docker", begun, "localhost/base")
    build = ("bud", "--isolation", "chroot", "--format", "docker", "--volume", "/etc/ssl/certs:/etc/ssl/certs:ro")
    buildah(*build, "--build-arg", "BASE=localhost/base", "--build-arg", f"VERSION={VERSION}", "--tag", "signon", ".")
    found = json.loads(buildah("inspect", "--type", "image", "signon"))["Docker"]["config"]
    container = buildah("from", "signon")
    yield Image(found, Path(buildah("mount", container)))
    buildah("umount", container)


def base_of(folder: Path) -> Path:
    """The files of a Debian with the Python of the Dockerfile's base."""
    if given := os.environ.get("IMAGE_BASE"):
        return Path(given)
    made = folder / "base"
    packages = "--include=python3,python3-venv,ca-certificates"
    subprocess.run(
        [require("debootstrap"), "--variant=minbase", packages, "trixie", str(made), "http://deb.debian.org/debian"],
        check=True, capture_output=True, timeout=1500,
    )  # fmt: skip
    (made / "usr/bin/python").symlink_to("python3")
    shutil.rmtree(made / "var/cache/apt")
    return made


def test_it_runs_as_a_number_and_says_what_it_is(image: Image) -> None:
    """Kubernetes looks at the user, registries at the labels; nothing in it is a setting of somebody's."""
    assert "10001:10001" == image.config["User"]
    assert ["python", "-m", "webapp"] == image.config["Cmd"]
    assert ["CMD", "python", "-m", "webapp.healthy"] == image.config["Healthcheck"]["Test"]  # type: ignore[index]
    labels = image.config["Labels"]
    assert {"pingone-signon", VERSION, "Apache-2.0"} <= set(labels.values())  # type: ignore[attr-defined]


def test_it_holds_no_secret_and_nothing_to_rewrite(image: Image) -> None:
    """Of the checkout there is the program alone, and of that its user owns the folder of its state alone."""
    application = image.root / "app"
    assert [] == [str(path) for path in application.rglob("*") if path.is_file() and path.read_bytes() == b"canary"]
    own = {str(path.relative_to(image.root)) for path in application.rglob("*") if path.stat().st_uid == 10001}
    assert {"app/instance"} == own
    assert {"README.md", "LICENSE", "webapp", "static", "templates"} <= {path.name for path in application.iterdir()}
    measured = subprocess.run(["du", "-sm", image.root], capture_output=True, text=True, timeout=60).stdout
    assert int(measured.split()[0]) < 300, "megabytes"


@contextmanager
def started(image: Image, folder: Path, **environ: str) -> Iterator[Process]:
    """The image's command, as its user, on files that cannot be written, with an instance folder of its own."""
    (port,) = ports(1)
    own = {"PORT": str(port), "HOST": "127.0.0.1", **environ}
    said = dict(pair.split("=", 1) for pair in image.config["Env"])  # type: ignore[attr-defined]
    instance = folder / "instance"
    instance.mkdir()
    os.chown(instance, 10001, 10001)
    root = image.root
    script = (
        f"mount --bind {root} {root} && mount -o remount,ro,bind {root} && mount -t tmpfs tmpfs {root}/dev && "
        f"mkdir -m 1777 {root}/dev/shm && mknod -m 666 {root}/dev/null c 1 3 && "
        f"mount --bind {instance} {root}/app/instance"
        f' && exec chroot --userspec=10001:10001 {root} sh -c \'cd /app && exec "$@"\' sh "$@"'
    )
    command = ["unshare", "--mount", "sh", "-c", script, "sh", *image.config["Cmd"]]  # type: ignore[misc]
    process = Process(command, port, folder / "log", said | own)
    process.start()
    try:
        yield process
    finally:
        process.end()


def test_somebody_signs_on_in_it(image: Image, tmp_path: Path) -> None:
    """Read-only, as its ordinary user, with the simulator for everybody and metrics; it ends within ten seconds."""
    (metrics,) = ports(1)
    own = {"SIMULATOR": "public", "PUBLIC_URL": "", "WEB_CONCURRENCY": "", "METRICS_PORT": str(metrics)}
    with started(image, tmp_path, **own) as process:
        someone = Person(f"http://localhost:{process.port}")
        shown = someone.sign_on("hosted", "sharedTestUser", PASSWORD)
        assert (200, "/session", True) == (shown.status, shown.path, someone.signed_in)
        assert 'mode="hosted"' in someone.get(f"http://127.0.0.1:{metrics}/metrics").text
        someone.close()
        assert 10001 == Path(f"/proc/{process.workers()[0]}").stat().st_uid
        assert process.running
        process.running.send_signal(signal.SIGTERM)
        assert 0 == process.running.wait(9)


def test_without_settings_it_says_what_is_missing(image: Image, tmp_path: Path) -> None:
    """One sentence, and no server with published passwords."""
    missing = "PINGONE_ENVIRONMENT_ID and PINGONE_CLIENT_ID must be set"
    with pytest.raises(RuntimeError, match=missing), started(image, tmp_path):
        pass
