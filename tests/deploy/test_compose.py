"""`deploy/compose.yaml`: valid by the Compose Specification, and its parts work when they are started."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import redis
import yaml

from config import PROJECT, Settings
from deploy.processes import Process, ports
from deploy.topology import certify
from tests.deploy.conftest import nginx_accepts, require
from webapp import gunicorn

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "deploy/compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("demo", "signon-1", "signon-2")
INHERITED = dict(pair.split("=") for pair in ("HOST=0.0.0.0", "PORT=8000", "SIMULATOR=off"))  # of the image
ID = "b7c0a9d2-3c2e-4a53-9d0a-0f6a5f1f7d11"


def interpolated(value: str) -> str:
    """A value with its defaults, where the person who starts it has set nothing."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value).replace("$$", "$")


def test_it_is_what_the_specification_describes() -> None:
    """A key that is misspelled or in the wrong place is found here, and not by whoever starts it."""
    schema = json.loads((PROJECT / "tests/data/compose_spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(COMPOSE)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate({"services": {"demo": {"read_onyl": True}}})


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_closed_in(name: str) -> None:
    """Read-only, without rights, with bounds; a service without a profile would start with every other."""
    service = SERVICES[name]
    assert (True, ["ALL"], ["no-new-privileges:true"]) == (
        service["read_only"], service["cap_drop"], service["security_opt"],
    )  # fmt: skip
    assert {"pids_limit", "mem_limit", "restart"} <= service.keys()
    assert service["profiles"] in (["demo"], ["tenant"])


@pytest.mark.parametrize("name", OURS)
def test_nobody_is_cut_off_when_it_stops(name: str) -> None:
    """Docker waits longer than the server does."""
    assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) > gunicorn.graceful_timeout


@pytest.mark.parametrize("name", OURS)
def test_the_application_starts_with_its_settings(name: str, tmp_path: Path) -> None:
    """Every name is a setting, and together with a tenant's they are accepted; the demo needs no more."""
    environment = {key: interpolated(value) for key, value in SERVICES[name]["environment"].items()}
    known = {row[0] for row in Settings.from_env({"INSTANCE_PATH": str(tmp_path)}).rows()}
    assert set() == {key.removesuffix("_FILE") for key in environment} - known
    if name != "demo":
        for secret in SERVICES[name]["secrets"]:
            assert secret in COMPOSE["secrets"]
            (tmp_path / secret).write_text("0123456789-abcdefghijklmnopqrstuvwxyz-9876543210")
        environment |= {"PINGONE_ENVIRONMENT_ID": ID, "PINGONE_CLIENT_ID": ID}
    environment = {key: value.replace("/run/secrets", str(tmp_path)) for key, value in environment.items()}
    settings = Settings.from_env(INHERITED | environment | {"INSTANCE_PATH": str(tmp_path)})
    assert (name == "demo") == (settings.simulator == "public")
    assert name == "demo" or (settings.trusted_proxies, settings.redis_url) == (1, "redis://store:6379/0")


def test_nginx_accepts_what_its_command_makes(tmp_path: Path) -> None:
    """The name and both addresses are replaced, nothing of the example is left, and `nginx -t` finds it good."""
    command, require_nginx = SERVICES["proxy"]["command"], require("nginx")
    for folder in ("conf.d", "tls"):
        (tmp_path / folder).mkdir()
    shutil.copy(PROJECT / "deploy/nginx.conf", tmp_path / "signon.conf")
    certify(tmp_path / "tls/fullchain.pem", tmp_path / "tls/privkey.pem")
    script = interpolated(command[2]).replace("/etc/nginx/", f"{tmp_path}/").split("&& exec nginx")[0]
    subprocess.run(["sh", "-c", script], env={"SIGNON_HOST": "login.example.org"}, check=True, timeout=30)
    made = (tmp_path / "conf.d/signon.conf").read_text()
    addresses = [SERVICES[name]["networks"]["front"]["ipv4_address"] for name in ("signon-1", "signon-2")]
    assert addresses == re.findall(r"server ([\d.]+):8000 max_fails=0;", made)
    assert "server_name login.example.org;" in made
    assert not re.search(r"127\.0\.0\.1|signon\.example|/var/log", made)
    nginx_accepts(made, tmp_path, require_nginx)


def test_the_store_keeps_what_it_has(tmp_path: Path) -> None:
    """Started with the arguments of the service: nothing is evicted, and what was written is on the disk."""
    command, (port,) = [str(word) for word in SERVICES["store"]["command"][1:]], ports(1)
    own = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path)]
    process = Process([require("redis-server", "valkey-server"), *command, *own], port, tmp_path / "log")
    process.start()
    try:
        with redis.Redis(port=port) as client:
            found = client.config_get("maxmemory*", "appendonly")
    finally:
        process.end()
    assert ("noeviction", str(512 << 20), "yes") == (found["maxmemory-policy"], found["maxmemory"], found["appendonly"])
