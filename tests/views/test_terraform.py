"""The tenant as Terraform: only what Ping's provider knows, what it requires, and what the settings ask for."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from config import Settings
from tests.support.overheard import Reader
from webapp import console, create_app, wiring
from webapp.store.memory import MemoryStore
from webapp.views.terraform import quoted, terraform

PROVIDER: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "terraform_pingone.json").read_text())
META = {"for_each"}
PEM = (
    rsa.generate_private_key(65537, 2048)
    .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    .decode()
)
TENANT = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
    "PINGONE_ENVIRONMENT_ID": "11111111-2222-4333-8444-555555555555",
    "PINGONE_CLIENT_ID": "11111111-2222-4333-8444-666666666666",
}
CASES = {
    "a simulator": {"SECRET_KEY": TENANT["SECRET_KEY"], "SIMULATOR": "on"},
    "a secret": {**TENANT, "PINGONE_CLIENT_SECRET": "top-secret"},
    "a key": {**TENANT, "PINGONE_TOKEN_AUTH_METHOD": "private_key_jwt", "PINGONE_PRIVATE_KEY": PEM},
    "PAR and scopes of every kind": {**TENANT, "PINGONE_PAR": "on", "PINGONE_SCOPES": "openid email p1:read:user a:b"},
}


def written(**environ: str) -> str:
    settings = Settings.from_env(environ)
    with create_app(settings, wiring.build(settings, store=MemoryStore())).app_context():
        return terraform(settings)


def assigned(text: str) -> Iterator[tuple[str, str, str]]:
    """(block, attribute with its path, value) of each resource and data block."""
    block, path = "", []
    for line in text.splitlines():
        if found := re.match(r'(resource|data) "(\w+)" "\w+" {$', line):
            block = f"{found[1]} {found[2]}"
        elif line == "}":
            block = ""
        elif block and line.strip() == "}":
            path.pop()
        elif block and (found := re.match(r"\s+(\w+)\s*= (.+)$", line)):
            yield block, ".".join([*path, found[1]]), found[2]
            if found[2] == "{":
                path.append(found[1])


@pytest.mark.parametrize("environ", CASES.values(), ids=CASES)
def test_every_attribute_and_value_is_the_providers(environ: dict[str, str]) -> None:
    """No unknown name, none that may only be read, no unknown option, and nothing missing that is required."""
    used: dict[str, set[str]] = {}
    for block, attribute, value in assigned(written(**environ)):
        known = PROVIDER["schema"][block]
        used.setdefault(block, set()).add(attribute)
        assert attribute in [*META, *known["required"], *known["optional"]]
        if options := known["options"].get(attribute):
            assert set(re.findall(r'"(\w+)"', value)) <= set(options)
    assert {"resource pingone_application", "resource pingone_application_resource_grant"} <= set(used)
    for block, names in used.items():
        assert {name for name in PROVIDER["schema"][block]["required"] if _reached(name, names)} <= names


def _reached(name: str, used: set[str]) -> bool:
    parent = name.rpartition(".")[0]
    return not parent or parent in used


def test_what_is_read_back_is_what_the_provider_tells() -> None:
    """The outputs for `.env`."""
    text = written(**CASES["a secret"])
    for kind, name, attribute in re.findall(r"(data\.)?(pingone_\w+)\.\w+(?:\[[^]]*\])?\.([\w.]+)", text):
        known = PROVIDER["schema"][f"{'data' if kind else 'resource'} {name}"]
        assert attribute in known["read-only"]


def test_the_settings_decide() -> None:
    """URLs, scopes by resource, PAR and the method; the simulator's ids mean nothing to a tenant."""
    text = written(**CASES["PAR and scopes of every kind"], PUBLIC_URL="https://app.example")
    values = {(block, name): value for block, name, value in assigned(text)}
    of_application = {name: value for (block, name), value in values.items() if block == "resource pingone_application"}
    assert '["https://app.example/callback"]' == of_application["oidc_options.redirect_uris"]
    assert '["https://app.example/signed-off"]' == of_application["oidc_options.post_logout_redirect_uris"]
    assert ('"REQUIRED"', '"NONE"') == tuple(
        of_application[f"oidc_options.{name}"] for name in ("par_requirement", "token_endpoint_auth_method")
    )
    assert ['"OPENID_CONNECT"', '"PINGONE_API"', '"CUSTOM"'] == [
        value for block, name, value in assigned(text) if block.startswith("data") and name == "resource_type"
    ]
    assert TENANT["PINGONE_ENVIRONMENT_ID"] in text
    simulated = written(**CASES["a simulator"])
    assert "CLIENT_SECRET_BASIC" in simulated and "default =" not in simulated


def test_no_secret_is_in_it() -> None:
    """Of a private key the public half is handed out, of a secret nothing."""
    assert "top-secret" not in written(**CASES["a secret"])
    text = written(**CASES["a key"])
    (jwks,) = [value for _, name, value in assigned(text) if name == "oidc_options.jwks"]
    (key,) = json.loads(json.loads(jwks))["keys"]
    assert {"kty", "n", "e", "use", "alg"} == key.keys()


def test_a_value_begins_no_template() -> None:
    """`${` in a setting stays two characters."""
    assert '"$${path} %%{if} \\"x\\""' == quoted('${path} %{if} "x"')


def test_the_table_of_the_console_names_the_providers_attributes() -> None:
    """One place for both ways to the same field."""
    named = {place.terraform for place in vars(console).values() if isinstance(place, console.Place)} - {"", "scopes"}
    known = PROVIDER["schema"]["resource pingone_application"]
    assert set() == named - {*known["required"], *known["optional"], *known["read-only"]}


def test_the_page_hands_it_out(reader: Reader) -> None:
    """Beside the fields to copy."""
    page = reader.get("/settings").text
    assert "pingone_application_resource_grant" in page and "http://localhost" in page
