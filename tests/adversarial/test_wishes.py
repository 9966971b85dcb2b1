"""What a visitor may say in the address of a start: allow-listed wishes go to PingOne, everything else stays here."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.support.provider import Provider
from tests.support.relying_party import Browser

OWN = {
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
}  # fmt: skip


def asked(browser: Browser, provider: Provider, mode: str, **wishes: str) -> dict[str, list[str]]:
    """The parameters of the authorization request, wherever it goes from."""
    away = browser.get(f"/sign-on/{mode}?{urlencode(wishes)}", follow=False)
    assert 303 == away.status, away.text[:500]
    if mode == "redirectless":
        return {name: [value] for name, value in provider.ledger.of("authorize")[-1].params.items()}
    return parse_qs(urlsplit(away.headers["Location"]).query, keep_blank_values=True)


@pytest.mark.parametrize("mode", ["hosted", "redirectless"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scope", "openid p1:read:user"),
        ("prompt", "login"),
        ("prompt", "none"),
        ("max_age", "0"),
        ("max_age", "3600"),
        ("login_hint", "Zoë O'Neill <zoe@example.com>"),
        ("acr_values", "Multi_Factor Single_Factor"),
    ],
)
def test_a_wish_that_makes_sense_is_passed_on(browser: Browser, provider: Provider, mode: str, name, value) -> None:
    """To the letter, once."""
    assert [value] == asked(browser, provider, mode, **{name: value})[name]


@pytest.mark.parametrize("mode", ["hosted", "redirectless"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scope", 'openid "quoted"'),
        ("scope", "openid  two-spaces"),
        ("scope", "openid back\\slash"),
        ("scope", "openid " + "a" * 300),
        ("scope", "openid \u00e9"),
        ("prompt", "consent"),
        ("prompt", "login none"),
        ("prompt", "LOGIN"),
        ("max_age", "-1"),
        ("max_age", "1e3"),
        ("max_age", "\u0663"),
        ("max_age", "\u00b2"),
        ("max_age", "9" * 10),
        ("max_age", "9" * 5000),
        ("login_hint", "a" * 201),
        ("login_hint", "a\nb"),
        ("login_hint", "a\x07b"),
        ("login_hint", "a\u202eb"),
        ("acr_values", "Multi_Factor\tSingle_Factor"),
        ("acr_values", "a" * 301),
    ],
    ids=lambda text: ascii(text)[:30],
)
def test_a_wish_that_makes_no_sense_counts_as_not_said(
    browser: Browser, provider: Provider, mode: str, name: str, value: str
) -> None:
    """The sign-on begins as if it had not been there."""
    expected = ["openid profile email"] if name == "scope" else []
    assert expected == asked(browser, provider, mode, **{name: value}).get(name, [])


def test_openid_is_always_asked_for(browser: Browser, provider: Provider) -> None:
    """Without it there is no ID token, so no sign-on."""
    assert ["openid email"] == asked(browser, provider, "hosted", scope="email")["scope"]


@pytest.mark.parametrize("mode", ["hosted", "redirectless"])
def test_a26_nothing_else_reaches_pingone(browser: Browser, provider: Provider, mode: str) -> None:
    """What decides about the request is never a visitor's choice."""
    foreign = dict.fromkeys(
        (
            "client_id", "redirect_uri", "response_type", "response_mode", "state", "nonce", "code_challenge",
            "code_challenge_method", "request", "request_uri", "claims", "resource", "display", "ui_locales",
            "id_token_hint", "registration", "dpop_jkt", "issuer", "", "Scope", "scope[]",
        ),
        "evil",
    )  # fmt: skip
    found = asked(browser, provider, mode, **foreign)
    assert OWN == set(found) - {"response_mode"}
    assert all("evil" not in value for values in found.values() for value in values)
    assert ["pi.flow"] * (mode == "redirectless") == found.get("response_mode", [])
