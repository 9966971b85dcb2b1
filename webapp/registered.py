"""The application as PingOne knows it: its client, that of the custom sign-on page, and who may ask for approvals."""

from dataclasses import replace

from config import Settings

from .oidc.cache import Cached
from .oidc.client import Client
from .oidc.keys import ProviderKeys
from .oidc.provider import Provider
from .oidc.relying_party import RelyingParty
from .pingone.approval import may_ask
from .pingone.endpoints import environment_in
from .signon.parties import Parties
from .simulator import CLIENT_ID
from .simulator.engine.applications import LONG_SECRET

SIGNER = ("2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a02", "client_secret_post", LONG_SECRET)
"""`UseCasePostApp` of the simulator."""


def parties_of(settings: Settings, provider: Cached[Provider], keys: ProviderKeys) -> Parties:
    """Return the application as PingOne knows it. Raises `ValueError` for a key that cannot sign."""
    client, own = clients(settings)
    main = RelyingParty(
        settings.issuer,
        client,
        settings.redirect_uri,
        provider,
        keys,
        settings.post_logout_redirect_uri,
        settings.par,
        tuple(settings.userinfo_claims.replace(",", " ").split()),
    )
    custom = replace(main, client=own) if own is not client else main
    environment_id = settings.environment_id or environment_in(settings.auth_base_url)
    response_mode = "form_post" if settings.response_mode == "form_post" else ""
    if may_ask(client):
        approving: RelyingParty | None = main
    else:
        # The simulator's own client is a public one; another of its applications can sign.
        signer = Client(*SIGNER) if settings.simulator and client.client_id == CLIENT_ID else None
        approving = replace(main, client=signer) if signer else None
    return Parties(main, custom, environment_id.lower(), approving, response_mode)


def clients(settings: Settings) -> tuple[Client, Client]:
    """Return the application, and that of the custom sign-on page: the same where there is only one."""
    method = settings.token_auth_method
    key = settings.private_key if method == "private_key_jwt" else settings.client_secret
    client = Client(settings.client_id, method, key)
    if not settings.custom_client_id:
        return client, client
    # A private key proves both applications; a secret is each one's own.
    own = key if method == "private_key_jwt" else settings.custom_client_secret or key
    return client, Client(settings.custom_client_id, method, own)
