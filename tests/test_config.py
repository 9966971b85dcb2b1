"""Settings: read from the environment and `.env`, checked all at once, never showing a secret."""

import subprocess
import sys
from pathlib import Path

import pytest
from joserfc.jwk import RSAKey

from config import Settings, SettingsInvalid
from config_provider import SIMULATOR_CLIENT_ID, SIMULATOR_CUSTOM_CLIENT_ID, SIMULATOR_ENVIRONMENT_ID
from webapp.simulator import constants

KEY = "k" * 16 + "0123456789abcdef"
OLD, NEW = "old-0123456789-abcdefghijklmnopq", "new-0123456789-abcdefghijklmnopq"
ENVIRONMENT = "11111111-2222-4333-8444-555555555555"
CLIENT = "66666666-7777-4888-9999-aaaaaaaaaaaa"
TENANT = {"PINGONE_ENVIRONMENT_ID": ENVIRONMENT, "PINGONE_CLIENT_ID": CLIENT}


def settings(**environ: str) -> Settings:
    return Settings.from_env({"SECRET_KEY": KEY, **environ})


def test_nothing_set_means_the_simulator_on_another_site_of_this_computer() -> None:
    """With no settings at all, the simulator answers at 127.0.0.1 while the application is visited at localhost."""
    found = settings()
    assert "on" == found.simulator
    assert found.public_url == "http://localhost:8000"
    assert found.simulator_base == "http://127.0.0.1:8000/simulator"
    assert found.issuer == f"http://127.0.0.1:8000/simulator/{SIMULATOR_ENVIRONMENT_ID}/as"
    assert (found.client_id, found.custom_client_id) == (SIMULATOR_CLIENT_ID, SIMULATOR_CUSTOM_CLIENT_ID)
    assert found.token_auth_method == "none"
    assert found.web_threads >= 32


def test_the_simulator_says_the_same_ids() -> None:
    """The ids that the settings repeat are the simulator's own."""
    assert constants.ENVIRONMENT_ID == SIMULATOR_ENVIRONMENT_ID
    assert constants.CLIENT_ID == SIMULATOR_CLIENT_ID
    assert constants.CUSTOM_CLIENT_ID == SIMULATOR_CUSTOM_CLIENT_ID


@pytest.mark.parametrize(
    ("word", "public_url", "expected"),
    [
        ("on", "http://127.0.0.1:9000", "http://localhost:9000/simulator"),
        ("on", "http://[::1]:9000", "http://localhost:9000/simulator"),
        ("on", "http://localhost", "http://127.0.0.1/simulator"),
        ("public", "http://localhost", "http://localhost/simulator"),
        ("public", "https://sign-on.example.com", "https://sign-on.example.com/simulator"),
    ],
)
def test_the_simulator_follows_the_public_url(word: str, public_url: str, expected: str) -> None:
    """The simulator is another site on this computer, and under the application's own origin in public."""
    assert settings(SIMULATOR=word, PUBLIC_URL=public_url).simulator_base == expected


@pytest.mark.parametrize("elsewhere", [{"HOST": "0.0.0.0"}, {"HOST": "::"}, {"PUBLIC_URL": "https://demo.example"}])
@pytest.mark.parametrize("word", ["auto", "on"])
def test_published_passwords_are_offered_to_strangers_on_request_only(elsewhere: dict[str, str], word: str) -> None:
    """A container that lost its settings refuses to start; a public demo says so."""
    with pytest.raises(SettingsInvalid):
        settings(SIMULATOR=word, **elsewhere)
    assert "public" == settings(SIMULATOR="public", **elsewhere).simulator


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.1.2.3"])
def test_on_loopback_the_simulator_starts_by_itself(host: str) -> None:
    """Without a setting, and with the address that Flask or a person names."""
    assert "on" == settings(HOST=host).simulator


@pytest.mark.parametrize(
    ("region", "domain"),
    [("NA", "com"), ("CA", "ca"), ("EU", "eu"), ("AP", "asia"), ("AU", "com.au"), ("SG", "sg"), ("eu", "eu")],
)
def test_a_region_and_an_environment_make_the_issuer(region: str, domain: str) -> None:
    """Each region has its own top-level domain."""
    found = settings(**TENANT, PINGONE_REGION=region)
    assert found.issuer == f"https://auth.pingone.{domain}/{ENVIRONMENT}/as"
    assert found.simulator == ""


def test_a_custom_domain_needs_no_environment_and_a_base_with_one_tells_it() -> None:
    """PINGONE_AUTH_BASE_URL replaces region and environment."""
    domain = settings(PINGONE_AUTH_BASE_URL="https://auth.example.com", PINGONE_CLIENT_ID="rp")
    assert (domain.issuer, domain.environment_id) == ("https://auth.example.com/as", "")
    provider = settings(PINGONE_AUTH_BASE_URL=f"http://127.0.0.1:9000/{ENVIRONMENT}", PINGONE_CLIENT_ID="rp")
    assert (provider.issuer, provider.environment_id) == (f"http://127.0.0.1:9000/{ENVIRONMENT}/as", ENVIRONMENT)


@pytest.mark.parametrize("issuer", ["https://suite.example/test/a/us/", "https://suite.example/test/a/us"])
def test_another_issuer_is_kept_to_the_letter(issuer: str) -> None:
    """A conformance suite's issuer has a path of its own and a last slash, which is compared like the rest."""
    found = settings(PINGONE_ISSUER=issuer, PINGONE_CLIENT_ID="us")
    assert (issuer, "https://suite.example/test/a/us", "") == (found.issuer, found.auth_base_url, found.environment_id)


def test_every_url_to_register_comes_from_the_public_url() -> None:
    """The URLs that the console needs are built from PUBLIC_URL, in the form that browsers give origins."""
    found = settings(**TENANT, PUBLIC_URL="https://Sign-On.Example.com:443")
    assert found.redirect_uri == "https://sign-on.example.com/callback"
    assert found.post_logout_redirect_uri == "https://sign-on.example.com/signed-off"
    assert found.login_page_url == "https://sign-on.example.com/sign-on/page"
    assert found.initiate_login_uri == "https://sign-on.example.com/sign-on/initiate"
    assert found.secure_cookies is True
    assert settings().secure_cookies is False


def test_secrets_are_neither_represented_nor_listed() -> None:
    """`repr` and `rows` tell that a secret is set, not what it is."""
    found = settings(
        **TENANT,
        PINGONE_CLIENT_SECRET="hunter2",
        REDIS_URL="redis://:hunter2@localhost/0",
        OUTBOUND_PROXY="http://alice:hunter2@proxy:3128",
        PINGONE_PRIVATE_KEY="hunter2",
    )
    rows = {name: value for name, value, _, _ in found.rows()}
    assert "hunter2" not in repr(found) + str(rows)
    assert KEY not in repr(found) + str(rows)
    assert {
        "PINGONE_CLIENT_SECRET": "set",
        "SECRET_KEY_FALLBACKS": "not set",
        "SESSION_MINUTES": "480",
        "SIMULATOR": "off",
    }.items() <= rows.items()


def test_numbers_are_listed_as_numbers() -> None:
    """One process is listed as 1, not as 'on'."""
    assert ("WEB_CONCURRENCY", "1", "server processes", False) in settings().rows()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """`.env` is read without interpolation, and a variable of the environment is stronger."""
    (tmp_path / ".env").write_text(
        f"PINGONE_ENVIRONMENT_ID={ENVIRONMENT}\nPINGONE_CLIENT_ID={CLIENT}\nPINGONE_REGION=EU\n"
        "PINGONE_CLIENT_SECRET='a${HOME}$b'\n"
    )
    found = Settings.from_env({"SECRET_KEY": KEY, "PINGONE_REGION": "CA"}, dotenv=tmp_path / ".env")
    assert (found.region, found.client_id, found.client_secret) == ("CA", CLIENT, "a${HOME}$b")
    assert (found.token_auth_method, found.custom_client_secret) == ("client_secret_basic", "a${HOME}$b")


def test_empty_counts_as_not_set() -> None:
    """`PINGONE_CLIENT_ID=` in a compose file does not half-configure the application."""
    assert settings(PINGONE_CLIENT_ID="", PUBLIC_URL="", PORT="").simulator == "on"


def test_the_tenant_of_the_contract_tests_does_not_switch_the_simulator_off() -> None:
    """PINGONE_TEST_* belong to the test-suite."""
    assert settings(PINGONE_TEST_ENVIRONMENT_ID=ENVIRONMENT).simulator == "on"


def test_the_command_line_wins_and_the_public_url_follows_the_port() -> None:
    """`--port` changes where browsers are sent, unless PUBLIC_URL says so."""
    found = Settings.from_env({"SECRET_KEY": KEY, "PORT": "8001"}, port=8002, host="::1")
    assert (found.port, found.host, found.public_url) == (8002, "::1", "http://localhost:8002")


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    """NAME_FILE is read without its last line end."""
    (tmp_path / "key").write_text(KEY + "\n")
    assert settings(SECRET_KEY="", SECRET_KEY_FILE=str(tmp_path / "key")).secret_key == KEY


def test_a_private_key_may_stand_on_one_line() -> None:
    """A PEM with backslash-n for line ends is given its line ends."""
    pem = RSAKey.generate_key(2048).as_pem(private=True).decode().strip()
    one_line = pem.replace("\n", "\\n")
    found = settings(**TENANT, PINGONE_TOKEN_AUTH_METHOD="private_key_jwt", PINGONE_PRIVATE_KEY=one_line)
    assert pem == found.private_key


@pytest.mark.parametrize("separated", [f"{KEY} {KEY}2", f"{KEY},{KEY}2", f"{KEY}, {KEY}2", f" {KEY}\t{KEY}2,".strip()])
def test_fallbacks_are_separated_by_spaces_or_commas(separated: str) -> None:
    """Both are what people write; one long key of two would sign everybody off."""
    assert (KEY, f"{KEY}2") == settings(SECRET_KEY_FALLBACKS=separated).secret_key_fallbacks


@pytest.mark.parametrize(("written", "said"), [("SECRET_KEY_FILE", "SECRET_KEY"), ("SECRET_KEY", "SECRET_KEY_FILE")])
def test_the_environment_wins_whichever_of_the_two_it_says(tmp_path: Path, written: str, said: str) -> None:
    """A secret in the environment replaces the file that .env names, and the other way round."""
    (tmp_path / "old").write_text(OLD)
    (tmp_path / "new").write_text(NEW)
    (tmp_path / ".env").write_text(f"{written}={tmp_path / 'old' if written.endswith('_FILE') else OLD}\n")
    environ = {said: str(tmp_path / "new") if said.endswith("_FILE") else NEW}
    assert NEW == Settings.from_env(environ, dotenv=tmp_path / ".env").secret_key


def test_an_empty_variable_says_nothing(tmp_path: Path) -> None:
    """A container that passes NAME on without a value leaves the NAME_FILE of `.env` in force."""
    (tmp_path / "key").write_text(NEW)
    (tmp_path / ".env").write_text(f"SECRET_KEY_FILE={tmp_path / 'key'}\n")
    assert NEW == Settings.from_env({"SECRET_KEY": ""}, dotenv=tmp_path / ".env").secret_key


def test_a_given_environment_is_all_there_is(tmp_path: Path) -> None:
    """Who passes an environment gets the settings of that one: a `.env` beside the code is not looked for."""
    for name in ("config.py", "config_provider.py", "config_reader.py"):
        (tmp_path / name).write_text((Path(__file__).resolve().parents[1] / name).read_text())
    (tmp_path / ".env").write_text("PORT=1234\n")
    given = f"from config import Settings; print(Settings.from_env({{'SECRET_KEY': '{KEY}'}}).port)"
    found = subprocess.run([sys.executable, "-c", given], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "8000" == found.stdout.strip()


def test_a_tenant_has_no_simulator() -> None:
    """Its base would be a place of PingOne's."""
    assert "" == settings(**TENANT).simulator_base
