"""What a relying party must check: each rule, its source, where this code enforces it, and which attack it stops."""

from dataclasses import dataclass, field

CORE = "https://openid.net/specs/openid-connect-core-1_0.html"
RFC = "https://www.rfc-editor.org/rfc/"
DISCOVERY = "https://openid.net/specs/openid-connect-discovery-1_0.html"
PINGONE = "https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/resume.html"
ALWAYS = "At every sign-on"
PARSED = "webapp/oidc/provider.py:parse_metadata"
RESPONSE = "webapp/oidc/response.py:check_response"
FORM = "webapp/oidc/keys.py:verified_claims"
CLAIMS = "webapp/oidc/id_token.py:check_claims"
METADATA = ("authorize", "authorize_by_server", "par")
"""Steps that are not reached without metadata that passed."""


@dataclass(frozen=True)
class Rule:
    """One rule. `check`, and `also`, are the names of its checks in a story.

    `told_by` is part of the source that such a check names: `iss` of the answer and `iss` of the ID token are two
    checks. `fault` is the simulator's fault that breaks the rule. `reached` is for a rule whose check is recorded
    only when it fails: the step or check that is not reached without it. `attack` is what the rule stops: the name of
    a recorded pair, or, with spaces in it, an attack in words that no pair shows. `modules` are endings of the
    Foundation's modules that need the rule.
    """

    id: str
    title: str
    rule: str
    source_url: str
    enforced_in: str
    check: str
    fault: str = ""
    reached: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    told_by: str = ""
    when: str = ALWAYS
    attack: str = field(kw_only=True)
    modules: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its checks."""
        return (self.check, *self.also)


_BACK = "-rp-backchannel-rpinitlogout"
RULES = [
    Rule("issuer-of-metadata", "The metadata is the issuer’s own",
         "The issuer in the discovery document equals the configured one exactly.",
         f"{DISCOVERY}#ProviderConfigurationValidation", PARSED, "discovery issuer", "discovery_foreign_issuer",
         METADATA, when="Whenever metadata is fetched",
         attack="foreign-metadata", modules=("-discovery-openid-config", "-discovery-issuer-mismatch")),
    Rule("endpoints", "Every endpoint lives where the issuer lives",
         "Our own rule: an endpoint elsewhere, or without TLS, would receive codes, verifiers and tokens.",
         f"{DISCOVERY}#ProviderMetadata", PARSED, "token_endpoint", "discovery_foreign_endpoint", METADATA,
         also=("authorization_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint",
               "introspection_endpoint", "revocation_endpoint", "pushed_authorization_request_endpoint"),
         when="Whenever metadata is fetched",
         attack="foreign-token-endpoint", modules=("-discovery-jwks-uri-keys",)),
    Rule("S256", "The provider does PKCE with S256",
         "A client must make sure that the provider supports PKCE. Metadata that names methods names S256.",
         f"{RFC}rfc9700#section-4.7.1", PARSED, "S256 supported", "discovery_plain", METADATA,
         when="Whenever metadata names challenge methods",
         attack="stolen-code"),
    Rule("once", "No parameter of the answer is repeated",
         "Two codes or two states are refused: two readers might pick different ones.",
         f"{RFC}rfc6749#section-3.1", RESPONSE, "parameters", "code_twice",
         attack="Someone sends two values of one name: the check looks at the first, the next line uses the second."),
    Rule("response-type", "Only what was asked for comes back",
         "A token in the browser was never asked for: response_type is code.",
         f"{RFC}rfc6749#section-3.1.1", RESPONSE, "response_type",
         attack="Someone puts a token of theirs into the browser’s address, and it is believed.", modules=("",)),
    Rule("state", "The state matches the one this browser was sent with",
         "The answer belongs to a sign-on that began in this browser; the attempt is used up by it.",
         f"{RFC}rfc9700#section-4.7", RESPONSE, "state", "state_changed",
         attack="someone-elses-answer"),
    Rule("iss-of-answer", "The answer comes from the issuer that was asked",
         "iss is compared if it is present, and required if the metadata announces it.",
         f"{RFC}rfc9207#section-2.4", RESPONSE, "iss", "response_issuer_wrong", told_by="rfc9207",
         attack="mixed-up"),
    Rule("code-or-error", "A code or an error, never both",
         "Our own rule: a success carries a code, a failure an error, and a response with both is refused.",
         f"{RFC}rfc6749#section-4.1.2", RESPONSE, "code or error", "error_and_code",
         attack="Someone sends an answer that one part of the code reads as a refusal and another as a success."),
    Rule("code", "The code is printable and not endless", "Visible ASCII characters, 4,096 at the most.",
         f"{RFC}rfc6749#appendix-A.11", RESPONSE, "code",
         attack="Someone sends a line break or an endless value, which ends up in a header or a log."),
    Rule("resume-cookie", "Only the holder of ST calls resume",
         "Our server calls resume only for a flow it drove for this browser, with the cookie it was given.",
         PINGONE, "webapp/pingone/api.py:resume", "ST cookie", "cookie_missing", ("resume_json", "resume_redirect"),
         when="Where our server drives the flow",
         attack="Someone reads a flow id in an address and collects another person’s code with it."),
    Rule("resume-location", "The answer to resume leads to our redirect URI",
         "Our own rule: the Location must be the redirect URI exactly; it is read and never followed.",
         PINGONE, "webapp/pingone/api.py:parse_location", "Location", "resume_elsewhere", ("resume_redirect",),
         when="With a custom sign-on page",
         attack="A forged answer to resume sends the code to another site."),
    Rule("jws-form", "The ID token is a signed token in compact form",
         "Three parts, and no longer than a token can be.",
         f"{RFC}rfc7515#section-7.1", FORM, "JWS form", "", ("signature",),
         attack="Someone presents a nested token that two libraries unpack differently."),
    Rule("algorithm", "The ID token is signed with RS256",
         "The algorithm is fixed in the code; none, HS256 and any other in a token or in the metadata is refused.",
         f"{CORE}#IDTokenValidation", FORM, "alg", "alg_none", ("signature",),
         attack="unsigned-token",
         modules=("-idtoken-sig-rs256", "-idtoken-sig-none", f"{_BACK}-alg-none", f"{_BACK}-wrong-alg")),
    Rule("typ", "The token is of the kind that is expected",
         "Tokens of other kinds are signed with the same key: typ is JWT or absent.",
         f"{RFC}rfc8725#section-3.11", FORM, "typ", "", ("signature",),
         attack="Someone presents a logout token or an access token as an ID token."),
    Rule("crit", "No extension that is not understood", "crit and b64 change what is signed; neither is used here.",
         f"{RFC}rfc7515#section-4.1.11", FORM, "crit", "", ("signature",),
         attack="Someone presents a token whose extension changes what the signature covers."),
    Rule("kid", "The token names its key",
         "Where several keys are published; trying all of them would let any key sign for any other.",
         f"{CORE}#RotateSigKeys", FORM, "kid", "", ("signature",),
         attack="Someone presents a token without a key id, which is tried with every key until one fits.",
         modules=("-kid-absent-single-jwks", "-kid-absent-multiple-jwks")),
    Rule("signature", "The signature is made by one of the issuer’s keys",
         "With the cached keys, then once more with freshly fetched ones, because keys rotate.",
         f"{CORE}#IDTokenValidation", "webapp/oidc/keys.py:ProviderKeys.verified_claims", "signature",
         "signature_wrong",
         attack="forged-token",
         modules=("-invalid-sig-rs256", "-signing-key-rotation", "-signing-key-rotation-just-before-signing")),
    Rule("iss", "The ID token was issued by the configured issuer", "Compared exactly.",
         f"{CORE}#IDTokenValidation", CLAIMS, "iss", "issuer_wrong", told_by="openid-connect",
         attack="foreign-issuer", modules=("-invalid-iss", "-refresh-token-invalid-issuer")),
    Rule("aud", "The ID token is for this application alone",
         "With a second audience, another party could use the token too.",
         f"{CORE}#IDTokenValidation", CLAIMS, "aud", "audience_wrong",
         attack="another-audience", modules=("-invalid-aud",)),
    Rule("azp", "The authorized party is this application", "If present, azp equals the client id.",
         f"{CORE}#IDTokenValidation", CLAIMS, "azp", "azp_wrong",
         attack="Someone presents a token that was made at another application’s request."),
    Rule("exp", "The ID token has not expired", "Thirty seconds of difference between two clocks are tolerated.",
         f"{CORE}#IDTokenValidation", CLAIMS, "exp", "id_token_expired",
         attack="old-token"),
    Rule("nbf", "The ID token is valid already", "If present, nbf is a time, and not in the future.",
         f"{RFC}rfc7519#section-4.1.5", CLAIMS, "nbf", when="When the token carries nbf",
         attack="Someone presents a token before the time from which it is valid."),
    Rule("iat", "The ID token was issued recently",
         "Not in the future, and not more than an hour ago; the hour is ours, the specification leaves it open.",
         f"{CORE}#IDTokenValidation", CLAIMS, "iat", "issued_long_ago",
         attack="Someone presents a token that is weeks old and ends far ahead.", modules=("-missing-iat",)),
    Rule("sub", "The ID token has a subject, which says who the person is",
         "A string of 1 to 255 characters. A session is for this subject: no account is looked up by e-mail address.",
         f"{CORE}#IDToken", CLAIMS, "sub", "subject_missing",
         attack="same-email", modules=("-missing-sub", "-refresh-token-invalid-sub")),
    Rule("nonce", "The ID token was made for this sign-on", "The nonce equals the one that was sent.",
         f"{CORE}#NonceNotes", CLAIMS, "nonce", "nonce_wrong",
         attack="captured-token", modules=("-nonce-invalid",)),
    Rule("at_hash", "ID token and access token belong together", "If present, at_hash must match.",
         f"{CORE}#CodeFlowTokenValidation", CLAIMS, "at_hash", "at_hash_wrong", when="When the token carries at_hash",
         attack="swapped-access-token"),
    Rule("c_hash", "ID token and code belong together", "If present, c_hash must match.",
         f"{CORE}#CodeValidation", CLAIMS, "c_hash", when="When the token carries c_hash",
         attack="Someone puts a code beside the ID token of another sign-on."),
    Rule("auth_time", "The sign-on is as recent as requested",
         "Compared with max_age, or for prompt=login with the start of the sign-on.",
         f"{CORE}#IDTokenValidation", CLAIMS, "auth_time", "auth_time_nonsense",
         when="When max_age or prompt=login was sent",
         attack="Someone presents a sign-on of last week where a fresh one was asked for."),
    Rule("acr", "The sign-on policy is one of those requested", "acr is one of the values that were sent.",
         f"{CORE}#IDTokenValidation", CLAIMS, "acr", "acr_downgraded", when="When acr_values was sent",
         attack="Someone with the password alone gets in where a second factor was asked for."),
    Rule("userinfo-sub", "Userinfo is about the same person",
         "Its sub equals the ID token’s, or the answer is dropped. The session stays.",
         f"{CORE}#UserInfoResponse", "webapp/oidc/userinfo.py:fetch_userinfo", "userinfo sub", "userinfo_subject",
         when="After sign-on, whenever userinfo is asked",
         attack="other-userinfo", modules=("-userinfo-invalid-sub",)),
    Rule("group", "A guarded page is for a group",
         "The claim is a list of strings, one of which is the group’s name. A string that contains it is no list.",
         f"{RFC}rfc9068#section-2.2.3.1", "webapp/oidc/access.py:in_group", "group", "groups_text",
         when="When a guarded page is opened",
         attack="Someone opens what is for members, because the string former-members contains the name."),
    Rule("step-up-acr", "A sensitive page requires a sign-on policy",
         "acr is the required policy, and the sign-on asked for it: an acr that was not requested was never checked.",
         f"{RFC}rfc9470#section-5", "webapp/oidc/access.py:by_policy", "step-up acr",
         when="When a page requires a second factor",
         attack="Someone fulfils a weaker policy, and it passes for the second factor."),
    Rule("step-up-auth_time", "A sensitive page requires a recent sign-on",
         "auth_time is recent enough, and a fresh sign-on was requested: otherwise a refresh may change it.",
         f"{RFC}rfc9470#section-5", "webapp/oidc/access.py:recent", "step-up auth_time", "signed_on_long_ago",
         when="When a page requires a second factor",
         attack="Someone moves the money with a stolen session that is hours old."),
    Rule("approval", "An approval is given by the person who was asked",
         "sub of the approval’s ID token equals that of the session. An approval by another user is refused.",
         f"{CORE}#IDTokenValidation", "webapp/pingone/approval.py:same_person", "approved by", "another_person",
         when="When a transaction is approved",
         attack="Mallory approves with a factor of Mallory’s what Alice was asked."),
    Rule("api-token", "An API accepts only tokens that are issued for it",
         "Issuer, its own audience, exp, signature, no claim of an ID token; the API verifies each by itself.",
         f"{RFC}rfc9068#section-4", "webapp/oidc/resource_server.py:check_access_claims", "API",
         "access_audience_wrong",
         also=("access token iss", "access token aud", "access token exp", "access token nbf", "access token kind",
               "access token sub", "access token acr"),
         when="When an API is called for the visitor",
         attack="Someone presents a token to this API that was issued for another one."),
    Rule("scope", "A call requires a scope", "Every required scope was granted; scopes are compared as whole words.",
         f"{RFC}rfc6749#section-3.3", "webapp/oidc/access.py:has_scope", "scope", "scope_not_granted",
         when="When an API is called for the visitor",
         attack="Someone has a scope whose name begins like the required one, and it is taken for it."),
]  # fmt: skip
