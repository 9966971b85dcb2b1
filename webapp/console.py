"""Where things are in the PingOne console, by the names that Ping's documentation gives them.

The one table for findings, pages and documentation: when the console moves a field, it moves here. Read at
https://docs.pingidentity.com/pingone/applications/p1_edit_application_oidc.html,
https://docs.pingidentity.com/pingone/applications/p1_refresh_tokens.html (Refresh Token Format) and
https://docs.pingidentity.com/pingone/settings/p1_key_rotation_policy.html; nothing was tried in a live console.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One field of the console. `settings` are ours that must agree with it, `terraform` the provider's name of it."""

    tab: str
    field: str
    settings: tuple[str, ...] = ()
    terraform: str = ""

    @property
    def path(self) -> str:
        """The way there from the console's first page."""
        start = "" if self.tab.startswith("Settings") else "Applications > the application > "
        return f"{start}{self.tab} > {self.field}" if self.field else f"{start}{self.tab}"

    def __str__(self) -> str:
        ours = f" (our {'setting' if len(self.settings) == 1 else 'settings'} {', '.join(self.settings)})"
        return f"PingOne console: {self.path}{ours if self.settings else ''}"


ENVIRONMENT = Place(
    "Settings > Environment Properties", "Environment ID", ("PINGONE_ENVIRONMENT_ID", "PINGONE_REGION")
)
DOMAIN = Place("Settings > Domains", "", ("PINGONE_AUTH_BASE_URL",))
KEYS = Place("Settings > Certificates & Key Pairs", "")

OVERVIEW, CONFIGURATION = "Overview", "Configuration"
ENABLED = Place(OVERVIEW, "toggle at the top right", (), "enabled")
SIGNON_URL = Place(OVERVIEW, "Signon URL", (), "login_page_url")
INITIATE_LOGIN = Place(OVERVIEW, "Initiate Login URI", (), "oidc_options.initiate_login_uri")
KEY_ROTATION = Place(OVERVIEW, "the key rotation policy", (), "oidc_options.signing.key_rotation_policy_id")
CLIENT_ID = Place(OVERVIEW, "Client ID", ("PINGONE_CLIENT_ID",), "oidc_options.client_id")
CLIENT_SECRET = Place(OVERVIEW, "Client Secret", ("PINGONE_CLIENT_SECRET",))
RESPONSE_TYPE = Place(CONFIGURATION, "Response Type: Code", (), "oidc_options.response_types")
AUTHORIZATION_CODE = Place(CONFIGURATION, "Grant Type: Authorization Code", (), "oidc_options.grant_types")
REFRESH_TOKEN = Place(CONFIGURATION, "Grant Type: Refresh Token", (), "oidc_options.grant_types")
REFRESH_FORMAT = Place(
    CONFIGURATION, "Refresh Token Format: Opaque Token", (), "oidc_options.refresh_token_type"
)
PKCE = Place(CONFIGURATION, "PKCE Enforcement: S256_REQUIRED", (), "oidc_options.pkce_enforcement")
REDIRECT_URIS = Place(CONFIGURATION, "Redirect URIs", (), "oidc_options.redirect_uris")
SIGNOFF_URLS = Place(CONFIGURATION, "Signoff URLs", (), "oidc_options.post_logout_redirect_uris")
AUTH_METHOD = Place(
    CONFIGURATION,
    "Token Endpoint Authentication Method",
    ("PINGONE_TOKEN_AUTH_METHOD",),
    "oidc_options.token_endpoint_auth_method",
)
PAR = Place(
    CONFIGURATION, "Require Pushed Authorization Request", ("PINGONE_PAR",), "oidc_options.par_requirement"
)
SIGNED_REQUESTS = Place(CONFIGURATION, "Request Parameter Signature", (), "oidc_options.require_signed_request_object")
CORS = Place(CONFIGURATION, "CORS Settings", (), "oidc_options.cors_settings.behavior")
GROUP_NAMES = Place("Attribute Mappings", "Group Names, not required", ("GROUPS_CLAIM",))
SCOPES = Place("Resources", "Allowed Scopes", ("PINGONE_SCOPES",), "scopes")
POLICIES = Place("Policies", "")

STANDARD_SCOPES = frozenset({"openid", "profile", "email", "address", "phone", "offline_access"})


def resource_of(scope: str) -> str:
    """The resource that a scope belongs to: `OPENID_CONNECT`, `PINGONE_API` or `CUSTOM`, one of the tenant's own."""
    if scope in STANDARD_SCOPES:
        return "OPENID_CONNECT"
    return "PINGONE_API" if scope.startswith("p1:") else "CUSTOM"
