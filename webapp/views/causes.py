"""Why each refusal happens: the causes that `tests/views/test_causes.py` produces, one by one, and no others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..oidc.errors import ProviderUnreachable, SignOnError


@dataclass(frozen=True)
class Cause:
    """`shows` is a pattern that finds the cause in the evidence of a refusal; without one, any refusal may have it.

    `words` are plain text with `code` in backticks. `move` is whose move it is, where that is not as for the others.
    """

    name: str
    words: str
    shows: str = ""
    move: str = ""


def evidence(error: SignOnError) -> str:
    """Return what an error knows, a line for each: what was said, the check that failed, the detail."""
    said, check = error.said, error.check
    found: list[tuple[str, Any]] = [("class", type(error).__name__), ("detail", error.detail)]
    found += [("cause", error.cause)] if isinstance(error, ProviderUnreachable) else []
    found += [("said", said.error), ("words", said.description)] if said else []
    found += [("check", check.name), ("actual", check.actual)] if check else []
    return "\n".join(f"{name}: {' '.join(str(value).split())}" for name, value in found)


def causes_of(error: SignOnError) -> tuple[Sequence[Cause], Sequence[Cause]]:
    """Return the causes that a refusal names, and the others of its code."""
    known, shown = CAUSES.get(error.code, ()), evidence(error)
    named = [each for each in known if each.shows and re.search(each.shows, shown, re.MULTILINE)]
    return named, [each for each in known if each not in named]


CAUSES: dict[str, tuple[Cause, ...]] = {
    "refused": (
        Cause("declined", "`access_denied`: the user declined an agreement or a push.",
              r"said: access_denied\nwords: (?!PASSWORD_|ACCOUNT_)", "visitor"),
        Cause("locked", "`PASSWORD_LOCKED_OUT`: too many wrong passwords. The account unlocks by itself after the time "
              "that the password policy sets.", "PASSWORD_LOCKED_OUT"),
        Cause("unusable", "`ACCOUNT_NOT_USABLE`: the user is disabled, or may not authenticate.", "ACCOUNT_NOT_USABLE"),
        Cause("scope", "`invalid_scope`: none of the scopes was given to the application, or one request "
              "asked for scopes of two resources.", "said: invalid_scope|scopes for multiple resources", "integrator"),
        Cause("policy", "`acr_values` names no sign-on policy of the application.", "No sign-on policy", "integrator"),
        Cause("pkce", "PKCE: the application demands `S256`, which was not sent.", "code_challenge", "integrator"),
        Cause("redirect", "The redirect URI is not registered with the application, exactly as it was sent.",
              "Redirect URI mismatch"),
        Cause("response_type", "`unauthorized_client`: the application may not ask for a code: response type and "
              "grant are set in the console.", "said: unauthorized_client|may not use this response_type"),
        Cause("failed", "`server_error`: PingOne gave the flow up.", "said: server_error", "pingone"),
    ),
    "flow_refused": (
        Cause("values", "User name and password do not match, a passcode is wrong or too old, or a new password "
              "does not satisfy the policy. PingOne gives one answer for a wrong name and a wrong password."),
    ),
    "flow_expired": (
        Cause("forgotten", "The flow is unknown to PingOne: its 15 minutes are over, or it belongs to another "
              "environment.", "unknown to PingOne"),
    ),
    "token_refused": (
        Cause("client", "`invalid_client`: the client secret is wrong, or the application has another token "
              "endpoint authentication method than `PINGONE_TOKEN_AUTH_METHOD`.", "said: invalid_client"),
        Cause("verifier", "`invalid_grant`: the challenge and the verifier do not match.", "words: .*code_verifier"),
        Cause("code", "`invalid_grant`: the code was used already, is too old, or was made for another client.",
              r"said: invalid_grant\nwords: (?!.*(code_verifier|redirect_uri))"),
        Cause("redirect", "`invalid_grant`: the redirect URI is not the one of the authorization request.",
              "words: .*redirect_uri"),
        Cause("question", "After sign-on: PingOne would not answer a question about a token. Only an application "
              "with a secret may ask for introspection, and only some tokens can be revoked.",
              "class: QuestionRefused"),
        Cause("pushed", "The authorization request was pushed (`PINGONE_PAR`), and PingOne refused it.", "detail: PAR"),
    ),
    "provider_error": (
        Cause("limit", "The rate limit of the license is reached; all environments share it. Wait as long as "
              "PingOne says.", "detail: .*: 429"),
        Cause("fault", "A passing fault at PingOne: it answered with a server error. Try again in a minute.",
              "detail: .*: 5[0-9][0-9]"),
        Cause("page", "Something answers in PingOne’s place with a page or with other JSON: a proxy, a captive "
              "portal, or another address in `PINGONE_AUTH_BASE_URL`.",
              "not a JSON object|not one form to post", "integrator"),
        Cause("redirect", "The answer was a redirect. None is followed: it would repeat code, verifier and "
              "secret elsewhere.", "answered 30[1-8]", "integrator"),
        Cause("no_id_token", "There was no ID token: `openid` was not asked for, or not granted.",
              "no id_token", "integrator"),
        Cause("shape", "A member of the token answer is not what it must be.", "token_type"),
    ),
    "provider_unreachable": (
        Cause("slow", "PingOne was slower than the deadline of a call.", "^cause: time$", "pingone"),
        Cause("nobody", "Nothing listens at the address: region or `PINGONE_AUTH_BASE_URL` is wrong, PingOne is "
              "down, or a firewall is in the way.", "^cause: refused$"),
        Cause("name", "The host name does not exist: the region is wrong, or a letter of the base URL.",
              "^cause: name$"),
        Cause("tls", "The certificate is not trusted. If a proxy re-signs TLS, name its CA "
              "file in `PINGONE_CA_BUNDLE`; verification is never switched off.", "^cause: tls$"),
        Cause("dropped", "The connection broke before the answer was complete.", "^cause: dropped$"),
    ),
    "sign_on_unknown": (
        Cause("used", "The page was loaded twice: Back, reload, or a bookmark. The first visit used the attempt "
              "up.", "used before"),
        Cause("settings", "The application’s settings have changed since this sign-on began.", "settings have changed"),
    ),
    "sign_on_elsewhere": (
        Cause("store", "Several servers answer and do not share a store: each needs the same `REDIS_URL` and "
              "`SECRET_KEY`. Or the store was emptied or moved."),
    ),
    "sign_on_expired": (
        Cause("late", "More than 15 minutes passed before the answer came: the sign-on page was left open, or a "
              "second factor took long.", "has expired"),
    ),
    "sign_on_other_browser": (
        Cause("cookie", "This browser has no cookie of that sign-on: it began in another browser or a private "
              "window, cookies are blocked, more than five were begun side by side, or another person made the "
              "link.", "no cookie"),
        Cause("approval", "The session in which something was to be approved is over.", "to be approved is over"),
    ),
    "response_malformed": (
        Cause("twice", "A parameter came twice: something on the way repeats the query, or the registered "
              "redirect URI has a query of its own.", "times$"),
        Cause("both", "A code and an error came together.", "actual: code and error"),
        Cause("neither", "Neither a code nor an error came.", "actual: neither"),
        Cause("unasked", "A token came in the address. This application asks for a code and nothing else.",
              "check: response_type"),
        Cause("signon_url", "The sign-on page was opened with an error, or with a flow or environment that is "
              "not ours: compare Signon URL and Redirect URIs in the console.",
              "sign-on page|environmentId|flowId", "administrator"),
        Cause("posted", "The answer came in the query although `PINGONE_RESPONSE_MODE=form_post` asks for a POST.",
              "did not come that way"),
        Cause("long", "The address is longer than any that PingOne makes.", "too long"),
        Cause("portal", "A sign-on that began elsewhere names another issuer than ours.", "iss is not our issuer"),
        Cause("unreadable", "The request could not be read: it was too large, or not in a form that this page "
              "accepts.", "class: BadRequest"),
    ),
    "state_mismatch": (
        Cause("absent", "The answer had no state: the request was sent without one, something drops it on the "
              "way, or the callback’s address was opened by hand or entered as Signon URL.", "actual: absent"),
        Cause("differs", "The answer that our server fetched has another state than the request.", "actual: #"),
        Cause("way", "A browser brought the answer of a sign-on that our server drives.", "a way on which"),
    ),
    "issuer_mismatch": (
        Cause("differs", "The answer names another issuer: it was meant for another provider, or was made by one.",
              "actual: http"),
        Cause("absent", "The metadata announces `iss`, and the answer has none.", "actual: absent"),
    ),
    "resume_foreign_location": (
        Cause("elsewhere", "The answer to resume leads to another address than our redirect URI.", "check: Location"),
    ),
    "resume_no_cookie": (
        Cause("no_st", "PingOne completed the flow and set no `ST` cookie.", "check: ST cookie", "pingone"),
        Cause("by_hand", "`/resume?flowId=` was opened by hand, again, or in another browser than the one that "
              "began.", "not one that this browser began"),
        Cause("elsewhere", "The flow was finished elsewhere, by a browser that holds `ST`.", "finished elsewhere"),
        Cause("not_awaited", "A flow arrived at the sign-on page of a browser that awaits none.", "awaits none"),
    ),
    "id_token_signature": (
        Cause("algorithm", "The token is signed in another way than RS256, or not at all.", "check: alg"),
        Cause("key", "The token names a key that PingOne does not publish: it was rotated a moment ago, or the "
              "token is of another environment.", "actual: unknown kid"),
        Cause("changed", "The signature does not fit: something changed the token on its way.",
              "actual: bad signature"),
    ),
    "id_token_claim": (
        Cause("clock", "`exp`, `iat`, `nbf`: the clock of this server or of PingOne is wrong. Compare this "
              "server’s with the `Date` header of PingOne’s answer.", "check: (exp|iat|nbf)"),
        Cause("issuer", "`iss`: region, environment id or custom domain. The issuer must match exactly.", "check: iss"),
        Cause("audience", "`aud`, `azp`: the token is for another application, or for one more.", "check: (aud|azp)"),
        Cause("nonce", "`nonce`: the token was made for another sign-on, or the request carried no nonce.",
              "check: nonce"),
        Cause("at_hash", "`at_hash`: ID token and access token do not belong together.", "check: at_hash"),
        Cause("subject", "`sub`: the token does not name anybody.", "check: sub"),
        Cause("auth_time", "`auth_time`: a fresh sign-on was asked for, and the last one is longer ago.",
              "check: auth_time"),
        Cause("acr", "`acr`: another sign-on policy was fulfilled than `acr_values` asked for.",
              "check: acr", "administrator"),
    ),
    "subject_changed": (
        Cause("userinfo", "UserInfo is about another user than the ID token. The session stays.",
              "check: userinfo sub"),
        Cause("refresh", "The ID token of a refresh is about another user. The session has ended.",
              "sub differs after refresh"),
        Cause("approval", "A transaction was approved by another user than the one asked.", "another person"),
    ),
    "metadata_invalid": (
        Cause("issuer", "`issuer` differs from the configured one: region, environment id, a custom domain, or a "
              "slash at the end.", "check: discovery issuer"),
        Cause("endpoint", "An endpoint is missing, or is elsewhere than the issuer.", "_endpoint: |jwks_uri: "),
        Cause("s256", "`S256` is not among `code_challenge_methods_supported`.", "S256 supported"),
    ),
    "session_ended": (
        Cause("refused", "PingOne refused to renew the tokens (`invalid_grant`): the refresh token was used or "
              "has expired, or the session behind it has ended.", "refused the refresh token"),
        Cause("none", "There is no session in this browser: you signed off in another tab, or it reached its end.",
              "no session|signed off"),
        Cause("elsewhere", "You, or PingOne, ended this session from another browser.", "ended from elsewhere"),
    ),
    "access_refused": (
        Cause("missing", "The claim is missing altogether. Either you are in no group, or the application maps "
              "no group names to the claim that `GROUPS_CLAIM` names: both look the same from here.",
              r"check: group\nactual: absent"),
        Cause("type", "The claim has the wrong type: the attribute mapping must be a list. A string that "
              "contains a group’s name is not that group.", "actual: not a list"),
        Cause("group", "You are not in the group. If you were added after signing on, sign off and on again.",
              r"check: group\nactual: (?!absent|not a list)"),
        Cause("policy", "The sign-on fulfilled another policy than the page requires.", "check: step-up acr"),
        Cause("age", "The sign-on is older than the page requires.", "check: step-up auth_time"),
        Cause("scope", "PingOne did not grant the scope that the page requires, although it was asked for.",
              "check: scope"),
    ),
    "token_not_accepted": (
        Cause("token", "The API does not accept the token: it is for another API, from another issuer, expired, "
              "or an ID token. The check says which.", "check: API"),
    ),
    "request_forbidden": (
        Cause("form", "A form or script of another site sent it, or a client that says neither `Origin` nor "
              "`Sec-Fetch-Site`.", "Sec-Fetch-Site"),
        Cause("frame", "Another site opened a sign-on as a picture, frame or script.", "Sec-Fetch-Mode"),
    ),
    "flow_policy_unsupported": (
        Cause("davinci", "A DaVinci flow policy is assigned to the application, or `acr_values` names one."),
    ),
    "step_unsupported": (
        Cause("step", "A security key or passkey (`ASSERTION_REQUIRED`), an external identity provider "
              "(`EXTERNAL_AUTHENTICATION_REQUIRED`), or a status that this application does not know."),
    ),
    "too_many_requests": (
        Cause("fast", "Forms or starts came faster than people type, from one network address: a script, or very "
              "many people behind one address. Behind a reverse proxy, `TRUSTED_PROXIES` must be the number of "
              "proxies."),
    ),
    "store_unavailable": (
        Cause("down", "Redis is down, restarting, out of memory or refuses its password; or the disk with the "
              "instance folder is full or read-only. `/readyz` says which store."),
    ),
    "settings_invalid": (
        Cause("settings", "A setting is missing or makes no sense; the message at the start names each."),
    ),
    "not_found": (
        Cause("address", "The address was mistyped, or what it showed is over or belongs to another user."),
    ),
    "method_not_allowed": (
        Cause("link", "The address of a button was opened as a link, such as `/sign-off`, or the answer was "
              "posted while it is asked for in the query."),
    ),
    "internal_error": (Cause("ours", "A mistake in this application. Please report it with the reference."),),
}  # fmt: skip
