"""The shape of an explanation, and the documents that explanations point to."""

from dataclasses import dataclass

PINGONE = "https://developer.pingidentity.com/pingone-api"
WORKFLOW = f"{PINGONE}/workflow-library/platform-sso-and-authorization/openid-connect-oidc/pkce-authorization-code-flow"

# One entry per document: what the link says, and where it leads.
AUTHORIZE = ("PingOne: authorize", f"{PINGONE}/auth/openid-connect-oauth-2/authorize-intro.html")
BROWSERLESS = (
    "PingOne: browserless flows",
    f"{PINGONE}/auth/auth-config-options/browserless-authentication-flow-options.html",
)
FLOWS = ("PingOne: flows", f"{PINGONE}/auth/flows.html")
FLOW_ACTIONS = ("PingOne: flow actions", f"{PINGONE}/auth/flows/flows-1.html")
RESUME = ("PingOne: call the resume endpoint", f"{WORKFLOW}/test-the-workflow/step-5-call-the-resume-endpoint.html")
JWKS = ("PingOne: read JWKS", f"{PINGONE}/auth/openid-connect-oauth-2/read-jwks.html")
SIGNOFF = ("PingOne: sign-off", f"{PINGONE}/auth/openid-connect-oauth-2/signoff.html")
CODE_REQUEST = ("RFC 6749, section 4.1.1", "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1")
CODE_RESPONSE = ("RFC 6749, section 4.1.2", "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2")
TOKEN_ENDPOINT = ("RFC 6749, section 3.2", "https://www.rfc-editor.org/rfc/rfc6749#section-3.2")
REFRESH = ("RFC 6749, section 6", "https://www.rfc-editor.org/rfc/rfc6749#section-6")
REVOKE = ("RFC 7009, section 2", "https://www.rfc-editor.org/rfc/rfc7009#section-2")
PKCE = ("RFC 7636, section 4", "https://www.rfc-editor.org/rfc/rfc7636#section-4")
INTROSPECT = ("RFC 7662, section 2", "https://www.rfc-editor.org/rfc/rfc7662#section-2")
PAR = ("RFC 9126, section 2", "https://www.rfc-editor.org/rfc/rfc9126#section-2")
FORM_ACTION = ("Content Security Policy 3: form-action", "https://www.w3.org/TR/CSP3/#directive-form-action")
GROUPS = ("RFC 9068, section 2.2.3.1", "https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3.1")
STEP_UP = ("RFC 9470, section 5", "https://www.rfc-editor.org/rfc/rfc9470#section-5")
SCOPES = ("RFC 6749, section 3.3", "https://www.rfc-editor.org/rfc/rfc6749#section-3.3")
APPROVAL = (
    "PingOne: authorize a transaction approval",
    f"{PINGONE}/auth/openid-connect-oauth-2/authorize-transaction-approval-.html",
)
BEARER = ("RFC 6750, section 2.1", "https://www.rfc-editor.org/rfc/rfc6750#section-2.1")
INJECTION = ("RFC 9700, section 4.7", "https://www.rfc-editor.org/rfc/rfc9700#section-4.7")
SESSION = ("OpenID Connect Core 1.0, section 2", "https://openid.net/specs/openid-connect-core-1_0.html#IDToken")
CORE_INITIATE = (
    "OpenID Connect Core 1.0, section 4",
    "https://openid.net/specs/openid-connect-core-1_0.html#ThirdPartyInitiatedLogin",
)
CORE_USERINFO = (
    "OpenID Connect Core 1.0, section 5.3",
    "https://openid.net/specs/openid-connect-core-1_0.html#UserInfo",
)
DISCOVERY = (
    "OpenID Connect Discovery 1.0, section 4",
    "https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig",
)
LOGOUT = (
    "OpenID Connect RP-Initiated Logout 1.0, section 3",
    "https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RedirectionAfterLogout",
)
BACK_CHANNEL = (
    "OpenID Connect Back-Channel Logout 1.0, section 2",
    "https://openid.net/specs/openid-connect-backchannel-1_0.html#Backchannel",
)


@dataclass(frozen=True)
class Explanation:
    """What a step is called, what happens in it (one sentence), why (one sentence), and the rule behind it."""

    title: str
    what: str
    why: str
    document: tuple[str, str]
    """What the link says, and its URL."""
