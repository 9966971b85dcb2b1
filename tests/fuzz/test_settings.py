"""Settings: whatever stands in the environment is used or refused with sentences, and no secret is ever repeated."""

from dataclasses import fields
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from config import Settings, SettingsInvalid
from tests.fuzz.profile import PURE

NAMES = [known.metadata["variable"] for known in fields(Settings)]
UUID = "11111111-2222-4333-8444-555555555555"
# An environment holds no NUL; bytes that are not UTF-8 arrive as lone surrogates (PEP 383).
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=40)
VALUES = WORDS | st.sampled_from(
    [
        "on",
        "off",
        "auto",
        "1",
        "0",
        "65535",
        "99999999999",
        "EU",
        UUID,
        "openid",
        "https://www.example.com",
        "http://localhost:1",
        "http://[::1]:5",
        f"https://auth.pingone.eu/{UUID}",
        "redis://localhost",
        "private_key_jwt",
        "-----BEGIN X",
        "k" * 40,
        " x",
        "x\n",
        "\udcff\udcfe",
        "٣",
    ]
)
PINNED = ("INSTANCE_PATH",)


@PURE
@example({"SECRET_KEY": "\udcff"})
@given(st.dictionaries(st.sampled_from([name for name in NAMES if name not in PINNED]), VALUES, max_size=8))
def test_any_environment_is_used_or_refused(tmp_path: Path, environ: dict[str, str]) -> None:
    """No other exception; and what is accepted holds what the application relies on."""
    try:
        settings = Settings.from_env({**environ, "INSTANCE_PATH": str(tmp_path)})
    except SettingsInvalid:
        return
    assert len(settings.secret_key.encode()) >= 32
    assert not settings.public_url.endswith("/") and not settings.auth_base_url.endswith("/")
    assert settings.public_url.startswith("https://") or settings.public_url.startswith("http://")
    assert "openid" in settings.scopes.split() and 1 <= settings.port <= 65535


@PURE
@given(
    st.sampled_from(
        ["SECRET_KEY", "PINGONE_CLIENT_SECRET", "PINGONE_PRIVATE_KEY", "SECRET_KEY_FALLBACKS", "REDIS_URL"]
    ),
    st.from_regex(r"hunter-[a-z0-9!\$%&/()=?]{8,30}", fullmatch=True),
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3),
)
def test_no_secret_is_repeated(tmp_path: Path, name: str, secret: str, more: dict[str, str]) -> None:
    """Neither in a fault, nor in what the settings show of themselves."""
    environ = {**more, name: secret, "INSTANCE_PATH": str(tmp_path)}
    try:
        settings = Settings.from_env(environ)
        shown = repr(settings) + repr(settings.rows())
    except SettingsInvalid as refusal:
        shown = str(refusal)
    assert secret not in shown
