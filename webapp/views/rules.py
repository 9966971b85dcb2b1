"""What a relying party must check: each rule, where it comes from and where it stands in this code. A table."""

from dataclasses import dataclass
from typing import Any

from ..trace.cards import Card
from ..trace.render import present
from .context import services
from .stories import own_stories

CORE = "https://openid.net/specs/openid-connect-core-1_0.html"
RFC = "https://www.rfc-editor.org/rfc/"
DISCOVERY = "https://openid.net/specs/openid-connect-discovery-1_0.html"
PINGONE = "https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/resume.html"


@dataclass(frozen=True)
class Rule:
    """One rule. `check` and `source_url` are name and source of its check in a story.

    `fault` is the simulator's fault that breaks it. `reached` is for a rule whose check is told when it fails only:
    the step or check that is not reached without it.
    """

    id: str
    title: str
    rule: str
    source: str
    source_url: str
    enforced_in: str
    check: str
    fault: str = ""
    reached: tuple[str, ...] = ()


RULES = [
    Rule("issuer-of-metadata", "The metadata is the issuer’s own",
         "The issuer in the discovery document equals the configured one, and every endpoint lives at its origin.",
         "OpenID Connect Discovery 4.3", f"{DISCOVERY}#ProviderConfigurationValidation",
         "webapp/oidc/provider.py:parse_metadata", "discovery issuer", "discovery_foreign_issuer",
         ("authorize", "authorize_by_server", "par")),
    Rule("once", "Each parameter of the answer comes once",
         "Two codes or two states are refused: different readers would take different ones.",
         "RFC 6749 section 3.1", f"{RFC}rfc6749#section-3.1",
         "webapp/oidc/response.py:check_response", "parameters", "code_twice"),
    Rule("state", "The state is the one this browser left with",
         "The answer belongs to a sign-on that began in this browser; the attempt is used up before anything else.",
         "RFC 9700 section 4.7", f"{RFC}rfc9700#section-4.7",
         "webapp/oidc/response.py:check_response", "state", "state_changed"),
    Rule("iss-of-answer", "The answer comes from the issuer that was asked",
         "iss is compared when it is there, and must be there when the metadata announces it.",
         "RFC 9207 section 2.4", f"{RFC}rfc9207#section-2.4",
         "webapp/oidc/response.py:check_response", "iss", "response_issuer_wrong"),
    Rule("code-or-error", "A code or an error, never both",
         "An answer that is both is no answer.", "RFC 6749 section 4.1.2", f"{RFC}rfc6749#section-4.1.2",
         "webapp/oidc/response.py:check_response", "code or error", "error_and_code"),
    Rule("resume-cookie", "Only the holder of ST calls resume",
         "Our server calls resume only for a flow it drove for this browser, with the cookie it was given.",
         "PingOne, resume", PINGONE, "webapp/pingone/api.py:resume", "ST cookie", "cookie_missing",
         ("resume_json", "resume_redirect")),
    Rule("resume-location", "The answer to resume leads to our redirect URI",
         "The Location is compared as text and read; it is never followed.", "PingOne, resume", PINGONE,
         "webapp/pingone/api.py:parse_location", "Location", "resume_elsewhere",
         ("resume_redirect",)),
    Rule("algorithm", "The ID token is signed with RS256",
         "The algorithm is pinned here. none, HS256 and whatever else a token or the metadata suggests is refused.",
         "OpenID Connect Core 3.1.3.7", f"{CORE}#IDTokenValidation", "webapp/oidc/keys.py:verified_claims",
         "alg", "alg_none", ("signature",)),
    Rule("signature", "The signature is made by one of the issuer’s keys",
         "With the kept keys, and once more with fetched ones, because keys change.",
         "OpenID Connect Core 3.1.3.7", f"{CORE}#IDTokenValidation",
         "webapp/oidc/keys.py:ProviderKeys.verified_claims", "signature", "signature_wrong"),
    Rule("iss", "The ID token was issued by the configured issuer", "Compared to the letter.",
         "OpenID Connect Core 3.1.3.7", f"{CORE}#IDTokenValidation",
         "webapp/oidc/id_token.py:check_claims", "iss", "issuer_wrong"),
    Rule("aud", "The ID token is for this application alone", "A second audience is a second keeper of the token.",
         "OpenID Connect Core 3.1.3.7", f"{CORE}#IDTokenValidation",
         "webapp/oidc/id_token.py:check_claims", "aud", "audience_wrong"),
    Rule("azp", "Nobody else is the authorized party", "azp equals the client id when it is there.",
         "OpenID Connect Core 3.1.3.7", f"{CORE}#IDTokenValidation",
         "webapp/oidc/id_token.py:check_claims", "azp", "azp_wrong"),
    Rule("exp", "The ID token has not expired", "Thirty seconds are allowed for clocks that differ.",
         "OpenID Connect Core 3.1.3.7", f"{CORE}#IDTokenValidation",
         "webapp/oidc/id_token.py:check_claims", "exp", "id_token_expired"),
    Rule("iat", "The ID token was made just now", "Not in the future, and not more than an hour ago.",
         "OpenID Connect Core 3.1.3.7", f"{CORE}#IDTokenValidation",
         "webapp/oidc/id_token.py:check_claims", "iat", "issued_long_ago"),
    Rule("sub", "The ID token names somebody", "A text of 1 to 255 characters.",
         "OpenID Connect Core 2", f"{CORE}#IDToken", "webapp/oidc/id_token.py:check_claims", "sub", "subject_missing"),
    Rule("nonce", "The ID token was made for this sign-on", "The nonce equals the one that was sent.",
         "OpenID Connect Core 15.5.2", f"{CORE}#NonceNotes",
         "webapp/oidc/id_token.py:check_claims", "nonce", "nonce_wrong"),
    Rule("at_hash", "ID token and access token belong together", "at_hash fits when it is there.",
         "OpenID Connect Core 3.1.3.8", f"{CORE}#CodeFlowTokenValidation",
         "webapp/oidc/id_token.py:check_claims", "at_hash", "at_hash_wrong"),
    Rule("auth_time", "The sign-on is as fresh as was asked", "Checked when max_age or prompt=login was sent.",
         "OpenID Connect Core 3.1.2.1", f"{CORE}#AuthRequest",
         "webapp/oidc/id_token.py:check_claims", "auth_time", "auth_time_nonsense"),
    Rule("acr", "The sign-on policy is the one that was asked", "Checked when acr_values was sent.",
         "OpenID Connect Core 5.5.1.1", f"{CORE}#acrSemantics",
         "webapp/oidc/id_token.py:check_claims", "acr"),
    Rule("userinfo-sub", "Userinfo is about the same person", "Its sub equals the ID token’s, or it is not used.",
         "OpenID Connect Core 5.3.2", f"{CORE}#UserInfoResponse",
         "webapp/oidc/userinfo.py:fetch_userinfo", "userinfo sub", "userinfo_subject"),
]  # fmt: skip


def checked_rules() -> list[dict[str, Any]]:
    """Return each rule with its last result for this visitor and the simulator's fault that breaks it."""
    results = _last_results()
    settings = services().settings
    page = f"{settings.simulator_base}/faults" if settings.simulator else ""
    known = services().faults
    return [
        {
            **vars(rule),
            "last": results.get(rule.id),
            "fault": {"name": rule.fault, "title": known[rule.fault]} if rule.fault in known else None,
            "fault_url": f"{page}#{rule.fault}" if page else "",
        }
        for rule in RULES
    ]


def _last_results() -> dict[str, dict[str, Any]]:
    """Return the newest result of each rule in this visitor's stories."""
    results = {}
    for story in own_stories():
        for card in present(story).cards:
            for rule in RULES:
                result = _result(rule, card)
                if result is not None:
                    results[rule.id] = {**result, "at": card.started, "trace": story["id"], "anchor": card.anchor}
    return results


def _result(rule: Rule, card: Card) -> dict[str, Any] | None:
    """Return what a step of a story says about a rule, None when it says nothing."""
    for check in card.checks:  # A check that failed comes first.
        if (check["name"], check["source"]) == (rule.check, rule.source_url):
            return {"passed": check["passed"], "actual": check["actual"]}
    passed = {card.name, *(check["name"] for check in card.checks if check["passed"])}
    return None if passed.isdisjoint(rule.reached) else {"passed": True, "actual": ""}
