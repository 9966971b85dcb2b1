"""The commands `doctor`, `simulator` and `secret`, and what Flask's own commands do with faulty settings."""

import subprocess
import sys
import time
from collections.abc import Callable

import click
import pytest
import requests
from click.testing import CliRunner
from flask import Flask
from flask.cli import FlaskGroup

from config import Settings, SettingsInvalid
from webapp import create_app
from webapp.store.memory import MemoryStore
from webapp.views import cli
from webapp.wiring import build

SETTINGS = {"SECRET_KEY": "0123456789abcdefghijklmnopqrstuv"}


def run(make: Callable[[], Flask], *arguments: str) -> tuple[int, str]:
    """Run `flask <arguments>` for the application that `make` returns: (exit code, everything printed)."""
    result = CliRunner().invoke(FlaskGroup(create_app=make), list(arguments))
    return result.exit_code, result.output


def sound(**environ: str) -> Callable[[], Flask]:
    settings = Settings.from_env({**SETTINGS, **environ})
    return lambda: create_app(settings, build(settings, store=MemoryStore(time.time)))


def faulty() -> Flask:
    return cli.without_settings(SettingsInvalid(["PORT is wrong", "LOG_LEVEL is wrong"]))


def test_secret_prints_a_key_that_the_settings_accept() -> None:
    """Each call prints another one."""
    (code, first), (_, second) = (run(sound(), "secret") for _ in range(2))
    assert 0 == code
    assert first != second
    assert first.strip() == Settings.from_env({"SECRET_KEY": first}).secret_key


def test_doctor_prints_every_finding_and_ends_with_nought_if_all_are_right() -> None:
    """A newcomer's settings, with the simulator, are right."""
    code, text = run(sound(), "doctor")
    assert 0 == code, text
    assert "WRONG" not in text
    assert "Nothing to change." in text


def test_doctor_names_the_field_to_change_and_ends_with_one() -> None:
    """A guessable secret is one finding among the others."""
    code, text = run(sound(SECRET_KEY="3141592653589793238462643383279502884197"), "doctor")
    assert 1 == code
    assert "  WRONG  The secret key looks guessable" in text
    assert "Change: Setting SECRET_KEY" in text


def test_doctor_tells_the_faults_of_settings_that_cannot_be_used() -> None:
    """It does not need an application to do so."""
    code, text = run(faulty, "doctor")
    assert 1 == code
    assert text.count("WRONG") == 2
    assert "PORT is wrong" in text


def test_secret_works_with_faulty_settings() -> None:
    """A missing SECRET_KEY must not keep anyone from making one."""
    code, text = run(faulty, "secret")
    assert (0, True) == (code, len(text.strip()) >= 32)


@pytest.mark.parametrize("command", ["run", "routes"])
def test_other_commands_stop_with_every_fault_and_no_trace(command: str) -> None:
    """Nothing is served without settings."""
    code, text = run(faulty, command)
    assert 1 == code
    assert "  - PORT is wrong\n  - LOG_LEVEL is wrong" in text
    assert "Traceback" not in text


def test_outside_of_the_command_line_the_faults_are_raised() -> None:
    """A server that imports the application sees the exception itself."""
    with pytest.raises(SettingsInvalid, match="PORT is wrong"):
        faulty()


def test_the_port_of_flask_run_is_the_port_of_the_public_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """`flask run --port 5001` sends browsers back to 5001."""
    monkeypatch.setenv("SECRET_KEY", SETTINGS["SECRET_KEY"])
    for name in ("PUBLIC_URL", "PORT", "SIMULATOR", "PINGONE_ENVIRONMENT_ID", "PINGONE_CLIENT_ID"):
        monkeypatch.setenv(name, "")
    with click.Context(click.Command("run"), info_name="run") as context:
        context.params = {"port": 5001, "host": "127.0.0.1"}
        assert "http://localhost:5001" == cli.settings().public_url
    assert "http://localhost:8000" == cli.settings().public_url


def test_the_simulator_alone_answers_over_http() -> None:
    """It says where it is, who may sign on, and accepts the redirect URIs that it was given."""
    program = "from webapp.views.cli import simulator; simulator()"
    command = [sys.executable, "-c", program, "--port", "0", "--redirect-uri", "https://rp.example/callback"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout
            base_url = process.stdout.readline().split()[-1]
            about = requests.get(f"{base_url}/about.json", timeout=5).json()
            discovery = f"{about['environment']['issuer']}/.well-known/openid-configuration"
            assert about["environment"]["issuer"] == requests.get(discovery, timeout=5).json()["issuer"]
            assert "https://rp.example/callback" in about["applications"][0]["redirectUris"]
        finally:
            process.terminate()
