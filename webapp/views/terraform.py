"""The applications of a tenant as Terraform: what the settings ask of PingOne, in the words of Ping's own provider.

Attribute names as in https://registry.terraform.io/providers/pingidentity/pingone/latest/docs/resources/application.
"""

import json

from flask import current_app

from config import Settings

from .. import console
from ..oidc.client import private_key


def terraform(settings: Settings) -> str:
    """Return the configuration: no secret is in it, and none of the built-in simulator's ids."""
    real, scopes = not settings.simulator, settings.scopes.split()
    # The simulator's own applications are public clients; a server that can keep a secret should have one.
    method = settings.token_auth_method if real else "client_secret_basic"
    granted: dict[str, list[str]] = {}
    for scope in scopes:
        if scope != "openid":  # every OpenID Connect application has it
            granted.setdefault(console.resource_of(scope), []).append(scope)
    return current_app.jinja_env.get_template("pingone.tf").render(
        environment_id=quoted(settings.environment_id) if real and settings.environment_id else "",
        method=quoted(method.upper()),
        secret=method.startswith("client_secret"),
        jwks=quoted(json.dumps({"keys": [public_jwk(settings.private_key)]})) if method == "private_key_jwt" else "",
        redirect_uri=quoted(settings.redirect_uri),
        sign_off_uri=quoted(settings.post_logout_redirect_uri),
        initiate_login_uri=quoted(settings.initiate_login_uri),
        login_page_url=quoted(settings.login_page_url),
        par=quoted("REQUIRED" if settings.par == "on" else "OPTIONAL"),
        granted={resource: ", ".join(map(quoted, names)) for resource, names in granted.items()},
    )


def quoted(value: str) -> str:
    """A string of Terraform's language, in which `${` and `%{` would begin a template."""
    return json.dumps(value).replace("${", "$${").replace("%{", "%%{")


def public_jwk(key: str) -> dict[str, object]:
    """The public half of the private key in the settings, for PingOne to check our signatures with."""
    parsed = private_key(key)
    kid = {"kid": parsed.kid} if parsed.kid else {}
    return {**parsed.as_dict(private=False), **kid, "use": "sig", "alg": "RS256"}
