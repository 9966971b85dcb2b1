"""Node, and the packages that the tests in this folder use: installed once, as locked, and bundled once."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
OLDEST = 20
CACHE = HERE.parent.parent / ".cache" / "clients"


def installed() -> Path:
    """The folder with ``node_modules``, made on first use.

    Without Node or without its registry the test is skipped; where ``CI`` is set that is a failure.
    """
    files = [HERE / name for name in ("package.json", "package-lock.json")]
    folder = CACHE / hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:16]
    if folder.exists():
        return folder
    if shutil.which("node") is None or shutil.which("npm") is None:
        _without("node and npm are not on this machine (apt-get install nodejs npm)")
    version = _run(["node", "--version"], HERE).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST:
        _without(f"node is {version}, and openid-client needs {OLDEST}")
    making = folder.with_suffix(f".{os.getpid()}")
    making.mkdir(parents=True)
    for each in files:
        shutil.copy(each, making)
    # Packages run nothing while they are installed.
    done = _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], making)
    if done.returncode:
        shutil.rmtree(making)
        _without(f"the packages could not be installed: {done.stderr[-400:]}")
    try:
        making.rename(folder)
    except OSError:
        # Another process of this test run was faster.
        shutil.rmtree(making)
    return folder


def bundle() -> bytes:
    """``browser.js`` with all that it imports, as one script for a page."""
    folder, source = installed(), HERE / "browser.js"
    shutil.copy(source, folder)
    built = _run([str(folder / "node_modules/.bin/esbuild"), source.name, "--bundle", "--format=iife",
                  "--log-level=error", "--define:process.env.NODE_ENV=\"production\""], folder)
    assert 0 == built.returncode, built.stderr
    return built.stdout.encode()


def run(script: str, asked: Any) -> Any:
    """What a script of this folder answers to a question, both as JSON."""
    folder = installed()
    shutil.copy(HERE / script, folder)
    done = _run(["node", script], folder, json.dumps(asked))
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


def _run(command: list[str], folder: Path, given: str = "") -> subprocess.CompletedProcess[str]:
    # Debian's npm and node read no proxy and no configuration that matters here.
    return subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True, timeout=240, check=False)


def _without(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"NOT TESTED: {reason}")
    pytest.skip(f"NOT TESTED: {reason}")
