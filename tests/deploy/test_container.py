"""What of the image can be seen without building it; `test_image.py` builds it."""

import re
from collections.abc import Iterator

import pytest

from config import PROJECT, Settings, SettingsInvalid
from tests.deploy.test_image import CANARIES
from tests.support.raw_http import Answer
from tests.support.raw_server import RawServer, serving
from webapp import healthy

DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8")


def ignored(path: str) -> bool:
    """Whether .dockerignore leaves a file out: the last line that names it, or a folder of it, decides.
    Source: https://docs.docker.com/build/concepts/context/#dockerignore-files"""
    parts, out = path.split("/"), False
    for line in (PROJECT / ".dockerignore").read_text().splitlines():
        pattern = re.escape(line.lstrip("!")).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
        if line and not line.startswith("#"):
            folders = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
            out = not line.startswith("!") if any(re.fullmatch(pattern, folder) for folder in folders) else out
    return out


@pytest.mark.parametrize("path", CANARIES)
def test_a_secret_in_the_checkout_stays_there(path: str) -> None:
    """Wherever it lies, in the middle of the program too."""
    assert ignored(path)


def test_the_program_is_not_ignored() -> None:
    """Every module, page and style, and what pip and the version need."""
    needed = [*PROJECT.glob("config*.py"), *PROJECT.glob("webapp/**/*.py"), *PROJECT.glob("webapp/**/*.json")]
    needed += [path for folder in ("static", "templates") for path in PROJECT.glob(f"{folder}/**/*") if path.is_file()]
    needed += [PROJECT / name for name in ("requirements.lock", "pyproject.toml")]
    assert [] == [str(path) for path in needed if ignored(path.relative_to(PROJECT).as_posix())]


def test_every_step_can_be_repeated() -> None:
    """One base for both stages with the place of its digest marked, packages by hash, a user with a number."""
    assert ["${BASE} AS build", "${BASE}"] == re.findall("^FROM (.+)$", DOCKERFILE, re.MULTILINE)
    tag = re.search("^ARG BASE=(.+)$", DOCKERFILE, re.MULTILINE)
    assert tag
    assert f"# ARG BASE={tag[1].partition('@')[0]}@sha256:<digest>" in DOCKERFILE
    assert "--require-hashes" in DOCKERFILE
    assert re.search(r"^USER \d+:\d+$", DOCKERFILE, re.MULTILINE)


@pytest.mark.parametrize("words", ["auto", "2.5", "0"])
def test_a_number_of_processes_that_is_none_is_a_sentence(words: str) -> None:
    """Gunicorn's own start ended with a trace."""
    with pytest.raises(SettingsInvalid, match=f"WEB_CONCURRENCY must be a whole number from 1 to 256, not '{words}'"):
        Settings.from_env({"WEB_CONCURRENCY": words})


@pytest.fixture
def server() -> Iterator[RawServer]:
    """A server on 127.0.0.1 that is well."""
    with serving(lambda request: Answer(200 if request.path == "/healthz" else 404)) as server:
        yield server


@pytest.mark.parametrize("host", ["", "0.0.0.0", "127.0.0.1", "localhost", " 127.0.0.1 "])
def test_the_health_check_asks_the_server_itself(
    server: RawServer, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """Whatever it listens on, and whichever proxy the container uses."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("PORT", str(server.port))
    healthy.main()
    server.answer = lambda _: Answer(503)
    with pytest.raises(SystemExit, match=f"{server.port} answered 503"):
        healthy.main()
    server.down()
    with pytest.raises(SystemExit, match=f"{server.port} does not answer"):
        healthy.main()
