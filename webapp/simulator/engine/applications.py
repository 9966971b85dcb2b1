"""The registered applications and the settings that change what PingOne does at run time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from joserfc.jwk import RSAKey

from .. import constants
from . import davinci, keys, pkce
from .policies import POLICIES, Policy

NONE = "NONE"
CLIENT_SECRET_BASIC = "CLIENT_SECRET_BASIC"
CLIENT_SECRET_POST = "CLIENT_SECRET_POST"
CLIENT_SECRET_JWT = "CLIENT_SECRET_JWT"
PRIVATE_KEY_JWT = "PRIVATE_KEY_JWT"

#: Every character that a client must form-urlencode before Basic encoding it (RFC 6749, section 2.3.1).
AWKWARD_SECRET = 'sim:secret+with/odd%chars&"quotes" ~and=more'
#: At least 32 bytes, because it is also the key of an HS256 signature.
LONG_SECRET = "simulator-secret-0123456789-abcdefghijklmnop"

#: Scopes of the PingOne API itself; tokens with only these are meant for PingOne.
PINGONE_SCOPES = ("openid", "profile", "email", "address", "phone", "p1:read:user")
#: Granted to an application, it must be asked for to get a refresh token; not granted, there always is one.
OFFLINE_SCOPE = "offline_access"
#: Scope of a custom resource: only its tokens can be revoked.
CUSTOM_SCOPE = "orders:read"
CUSTOM_AUDIENCE = "https://orders.example.com"
PINGONE_AUDIENCE = "https://api.pingone.com"


@dataclass(frozen=True)
class Application:
    """One application as the PingOne console would show it."""

    name: str
    client_id: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    token_auth_method: str = NONE
    client_secret: str = field(default="", repr=False)
    pkce_enforcement: str = pkce.S256_REQUIRED
    login_page_url: str = ""
    par_required: bool = False
    par_seconds: int = 60
    grant_types: tuple[str, ...] = ("AUTHORIZATION_CODE", "REFRESH_TOKEN")
    response_types: tuple[str, ...] = ("code",)
    scopes: tuple[str, ...] = (*PINGONE_SCOPES, CUSTOM_SCOPE)
    idp_signoff: bool = True
    policies: tuple[Policy, ...] = POLICIES
    enabled: bool = True
    #: None: no ``corsSettings``, PingOne's older behaviour. Empty: ALLOW_NO_ORIGINS. Else ALLOW_SPECIFIC_ORIGINS.
    cors_origins: tuple[str, ...] | None = None
    wildcard_redirect_uris: bool = False
    require_signed_request_object: bool = False
    support_unsigned_request_object: bool = False
    #: Seconds until the user must sign on again, however often the refresh tokens were exchanged; None: no bound.
    refresh_rolling_seconds: int | None = None
    #: The older settings that end in 2027: refresh tokens as JWTs, and the environment's default key.
    jwt_refresh_tokens: bool = False
    default_key: bool = False
    front_channel_logout_uri: str = ""
    #: ``opSessionCheckEnabled``: responses carry ``session_state`` for the page that watches the session.
    session_check: bool = False

    @cached_property
    def key(self) -> RSAKey:
        """The key pair of a ``private_key_jwt`` client, made when it is first looked at."""
        return keys.new_rsa_key()

    @property
    def has_key(self) -> bool:
        """Whether the application has registered a public key."""
        return self.token_auth_method == PRIVATE_KEY_JWT

    @property
    def davinci(self) -> bool:
        """Whether a DaVinci flow signs its users on."""
        return self.policies[0].davinci

    def allows_redirect(self, uri: str) -> bool:
        """Whether a code may be sent there.

        Compared character by character, as PingOne and RFC 9700, section 2.1 do: no prefixes, no path tricks. Where
        wildcards are allowed, ``*`` at the end of a registered path covers what follows it on that very origin.
        """
        if uri in self.redirect_uris:
            return True
        heads = [each[:-1] for each in self.redirect_uris if each.endswith("/*")]
        return self.wildcard_redirect_uris and "/../" not in uri and any(uri.startswith(head) for head in heads)

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins of the registered pages, for the content security policy and CORS."""
        urls = [*self.redirect_uris, *self.post_logout_redirect_uris, self.login_page_url]
        found = {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in urls if url.startswith("http")}
        return tuple(sorted(found))


def registered(
    public_url: str, redirect_uris: Sequence[str], browser_origins: Sequence[str] = ()
) -> dict[str, Application]:
    """Every application of the simulator by client id; ``redirect_uris`` are registered besides the usual ones.

    ``browser_origins``: where the client lives that runs in the browser and calls PingOne from there.
    """
    callbacks = tuple(dict.fromkeys((f"{public_url}/callback", *redirect_uris)))
    signed_off = tuple(dict.fromkeys((f"{public_url}/signed-off", *(_sibling(uri) for uri in redirect_uris))))

    def app(name: str, client_id: str, **settings: object) -> Application:
        settings = {"front_channel_logout_uri": f"{public_url}/front-channel-sign-off", **settings}
        return Application(name, client_id, callbacks, signed_off, **settings)  # type: ignore[arg-type]

    everyone = (
        app("UseCasePKCEApp", constants.CLIENT_ID),
        app("UseCasePKCEApp custom page", constants.CUSTOM_CLIENT_ID, login_page_url=f"{public_url}/sign-on/page"),
        app("UseCaseBasicApp", "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a01",
            token_auth_method=CLIENT_SECRET_BASIC, client_secret=AWKWARD_SECRET),
        app("UseCasePostApp", "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a02",
            token_auth_method=CLIENT_SECRET_POST, client_secret=LONG_SECRET),
        app("UseCaseSecretJwtApp", "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a03",
            token_auth_method=CLIENT_SECRET_JWT, client_secret=LONG_SECRET),
        app("UseCasePrivateKeyJwtApp", "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a04", token_auth_method=PRIVATE_KEY_JWT),
        app("UseCasePushedApp", "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a05", par_required=True),
        app("UseCaseOptionalPKCEApp", "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a06",
            token_auth_method=CLIENT_SECRET_BASIC, client_secret=LONG_SECRET, pkce_enforcement=pkce.OPTIONAL),
        app("UseCaseRequiredPKCEApp", "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a07", pkce_enforcement=pkce.REQUIRED),
        app("UseCaseOfflineApp", "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a08", cors_origins=(), idp_signoff=False,
            scopes=(*PINGONE_SCOPES, CUSTOM_SCOPE, OFFLINE_SCOPE), refresh_rolling_seconds=86_400),
        app("UseCaseSignedRequestApp", "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a09",
            token_auth_method=PRIVATE_KEY_JWT, require_signed_request_object=True),
        app("UseCaseUnsignedRequestApp", "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a10",
            token_auth_method=CLIENT_SECRET_BASIC, client_secret=LONG_SECRET, support_unsigned_request_object=True),
        app("UseCaseDisabledApp", "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a11", enabled=False),
        app("UseCaseLegacyApp", "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a12", jwt_refresh_tokens=True, default_key=True),
        app("UseCaseServiceApp", "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a13", grant_types=("CLIENT_CREDENTIALS",),
            token_auth_method=CLIENT_SECRET_BASIC, client_secret=LONG_SECRET, scopes=(CUSTOM_SCOPE,)),
        Application(
            "UseCaseBrowserApp", constants.BROWSER_CLIENT_ID, tuple(f"{each}/*" for each in browser_origins),
            tuple(f"{each}{path}" for each in browser_origins for path in ("", "/")),
            cors_origins=tuple(browser_origins), wildcard_redirect_uris=True, session_check=True,
        ),
        app("UseCaseDaVinciApp", "2b0d6d0a-0f0e-4f0f-9a55-0d5b1b8c7a14", policies=(davinci.FLOW_POLICY,)),
    )
    return {each.client_id: each for each in everyone}


def _sibling(redirect_uri: str) -> str:
    """``/signed-off`` on the origin of a redirect URI."""
    parts = urlsplit(redirect_uri)
    return f"{parts.scheme}://{parts.netloc}/signed-off"
