"""`deploy/README.md`: the commands do what they say, on a machine whose folders are in one of the test's."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from config import PROJECT, Settings
from tests.deploy.conftest import nginx_accepts, require

README = (PROJECT / "deploy/README.md").read_text(encoding="utf-8")
NOTED = ("apt-get", "git", "systemctl", "certbot", "curl", "docker", "pip", "chown", "python3", "nginx")
"""What installs, starts or asks, or wants to be root: its calls are noted."""


def commands(text: str) -> str:
    """The commands of the console blocks, as one script."""
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return "".join(re.sub("^[#>] ", "", block, flags=re.MULTILINE) for block in blocks)


def run(script: str, machine: Path) -> list[str]:
    """Run it with the folders of this machine; return how the programs of `NOTED` were called."""
    for known, here in {
        "<the address of this repository>": "somewhere",
        "signon.example.com": "login.example.org",
        ".venv/bin/pip": "pip",
        ".venv/bin/flask --app webapp doctor": f"env > {machine}/doctor",
        ".venv/bin/flask": f"{sys.executable} -m flask",
        "/opt/": f"{machine}/opt/",
        "/etc/": f"{machine}/etc/",
        "/var/": f"{machine}/var/",
    }.items():
        script = script.replace(known, here)
    environ = {"PATH": f"{machine}/bin:/usr/bin:/bin", "INSTANCE_PATH": str(machine)}
    ended = subprocess.run(
        ["bash", "-euo", "pipefail"], input=script, cwd=machine, env=environ, capture_output=True, text=True, timeout=60
    )
    assert (0, "") == (ended.returncode, re.sub(r"^[.+*-]*$\n", "", ended.stderr, flags=re.MULTILINE)), ended.stderr
    return (machine / "called").read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder in place of `/`, with this checkout in place of a clone."""
    for folder in ("bin", "etc/nginx/conf.d", "etc/systemd/system", "opt"):
        (tmp_path / folder).mkdir(parents=True)
    for name in NOTED:
        (tmp_path / "bin" / name).write_text(f'#!/bin/sh\necho {name} "$@" >> {tmp_path}/called\n')
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / "opt/pingone-signon").symlink_to(PROJECT)
    return tmp_path


def test_ten_minutes_make_a_server(machine: Path) -> None:
    """Settings and secrets are where the unit looks for them, nginx accepts its file, both instances are started."""
    require("openssl")
    called = run(commands(README.split("## Or in containers")[0]), machine)
    assert [
        "systemctl daemon-reload",
        "systemctl enable --now pingone-signon@8001 pingone-signon@8002",
        "systemctl restart nginx",
        "systemctl restart pingone-signon@8001",
        "systemctl restart pingone-signon@8002",
    ] == [line for line in called if line.startswith("systemctl")]
    etc = machine / "etc/pingone-signon"
    assert {"secret_key": 0o600, "client_secret": 0o600, "settings": 0o600} == {
        path.name: path.stat().st_mode & 0o777 for path in etc.iterdir()
    }
    unit = (machine / "etc/systemd/system/pingone-signon@.service").read_text()
    assert all(f"/etc/pingone-signon/{path.name}\n" in unit for path in etc.iterdir())
    made = (machine / "etc/nginx/conf.d/signon.conf").read_text()
    assert "server_name login.example.org;" in made
    nginx_accepts(made, machine / "etc/nginx", require("nginx"))
    doctor = dict(line.split("=", 1) for line in (machine / "doctor").read_text().splitlines())
    settings = Settings.from_env(doctor)
    assert ("https://login.example.org", "") == (settings.public_url, settings.simulator)
    assert settings.secret_key == (etc / "secret_key").read_text().strip()


def test_the_containers_are_those_of_the_compose_file(machine: Path) -> None:
    """Every profile and service that the commands name is there, and the secrets are where it looks for them."""
    called = run(commands(README.split("## Or in containers")[1]), machine)
    compose = yaml.safe_load((PROJECT / "deploy/compose.yaml").read_text(encoding="utf-8"))
    profiles = {profile for service in compose["services"].values() for profile in service["profiles"]}
    named = [line.split() for line in [*called, *re.findall("`(docker compose [^`]*)`", README)] if "compose" in line]
    assert 4 == len(named)
    for words in named:
        assert words[words.index("--profile") + 1] in profiles
        assert words[-1] in {*compose["services"], "up", "--detach"}
    assert {path["file"] for path in compose["secrets"].values()} == {
        f"./secrets/{path.name}" for path in (machine / "secrets").iterdir()
    }
