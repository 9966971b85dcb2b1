"""What visitors and integrators read about each error, by its code: a title, a sentence, a hint.

The errors themselves are the protocol's, and carry what the protocol knows; these words are this application's.
"""

from dataclasses import dataclass, replace

from ..oidc.errors import SignOnError


@dataclass(frozen=True)
class Words:
    """`sentence` is for the visitor, `hint` for the person who integrates or runs this application."""

    title: str
    sentence: str
    hint: str = ""
    move: str = ""
    """Whose move it is: a key of `MOVES`."""


MOVES = {
    "visitor": ("The visitor", "You can continue on your own."),
    "integrator": ("The operator", "The operator of this application has to change a setting or the code."),
    "administrator": ("The PingOne administrator", "A setting in the PingOne console decides this."),
    "pingone": ("PingOne", "Nothing to change here; wait until PingOne answers again."),
}
WORDS = {
    "token_not_accepted": Words(
        "The API did not accept the access token",
        "The API would not do what this page asked of it, and a new token did not help.",
        "The check below holds the API’s own words: error and error_description of WWW-Authenticate.",
        move="integrator",
    ),
    "access_refused": Words(
        "You may not open this page",
        "You are signed on, but this page asks for a right that you were not given.",
        "The check below says what the page asks for, and what the ID token and the session hold.",
        move="administrator",
    ),
    "session_ended": Words(
        "Your session has ended",
        "You are signed off here. Sign on again to go on.",
        "The session was signed off, expired, or PingOne refused to renew it (invalid_grant).",
        move="visitor",
    ),
    "refused": Words(
        "PingOne refused the sign-on",
        "PingOne ended this sign-on without signing anyone on.",
        "The error value below is PingOne’s; the help page lists what usually causes each.",
        move="administrator",
    ),
    "token_refused": Words(
        "PingOne refused a request about tokens",
        "PingOne let you in, but refused to issue tokens to this application.",
        "Compare the client secret, the token endpoint authentication method, the redirect URI and the PKCE setting.",
        move="integrator",
    ),
    "provider_error": Words(
        "PingOne gave an answer that cannot be used",
        "PingOne answered in a way this application cannot use.",
        "The answer was an error status, a redirect, not JSON, or not of the documented shape.",
        move="pingone",
    ),
    "provider_unreachable": Words(
        "PingOne cannot be reached",
        "PingOne did not answer in time. Trying again in a moment may help.",
        "Name resolution, TLS, a firewall or a time-out lies between this server and PingOne.",
        move="integrator",
    ),
    "flow_refused": Words(
        "PingOne did not accept what was entered",
        "PingOne did not accept what was entered. Nothing was lost; you can continue where you were.",
        "details[].code and details[].target of PingOne’s answer say what was wrong.",
        move="visitor",
    ),
    "flow_expired": Words(
        "This sign-on has expired at PingOne",
        "PingOne keeps an unfinished sign-on for 15 minutes. This one is over.",
        "The flow answers 404 NOT_FOUND after 15 minutes without a step.",
        move="visitor",
    ),
    "response_malformed": Words(
        "What arrived is malformed",
        "The response in this address is malformed, so it was not used.",
        "Parameters were missing, repeated, too long, or contradict each other.",
        move="integrator",
    ),
    "sign_on_unknown": Words(
        "This sign-on is not open any more",
        "The sign-on this page belongs to was finished before, or never began here.",
        "Each attempt is used once: a second visit to the same callback finds nothing, on purpose.",
        move="visitor",
    ),
    "sign_on_elsewhere": Words(
        "This sign-on began on another server",
        "Several servers answer for this site and do not share what they keep; nothing is wrong with your browser.",
        "Give every instance the same REDIS_URL and SECRET_KEY. Or the store was emptied or moved in the meantime.",
        move="integrator",
    ),
    "sign_on_expired": Words(
        "This sign-on took too long",
        "More than 15 minutes have passed since this sign-on began, so it was dropped.",
        "The attempt lives as long as PingOne’s flow: 15 minutes.",
        move="visitor",
    ),
    "sign_on_other_browser": Words(
        "This sign-on did not begin in this browser",
        "The browser that opened this page does not hold the cookie of the sign-on it belongs to.",
        "Another browser or profile, or blocked cookies. The attempt was not used up.",
        move="visitor",
    ),
    "state_mismatch": Words(
        "The answer belongs to another sign-on",
        "The returned state is not the one that this browser was sent with.",
        "RFC 9700, section 4.7: a response whose state differs is dropped, and its code is not redeemed.",
        move="visitor",
    ),
    "issuer_mismatch": Words(
        "The answer comes from another issuer",
        "The answer names an issuer that this application does not trust.",
        "RFC 9207: the iss parameter is compared before the code is redeemed.",
        move="integrator",
    ),
    "id_token_signature": Words(
        "The ID token’s signature is not PingOne’s",
        "PingOne’s answer could not be proven genuine, so it was dropped.",
        "Only RS256 with a key from the issuer’s own key set is accepted.",
        move="integrator",
    ),
    "id_token_claim": Words(
        "A claim of the ID token is not what it must be",
        "PingOne’s answer was genuine, but not meant for this sign-on.",
        "The failed check below says which claim, what was expected and what was there.",
        move="integrator",
    ),
    "subject_changed": Words(
        "The answer is about another person",
        "Two responses that must be about the same user are not, so neither was used.",
        "OpenID Connect Core 1.0, sections 5.3.2 and 12.2: sub must stay the same.",
        move="pingone",
    ),
    "metadata_invalid": Words(
        "PingOne’s metadata cannot be trusted",
        "What the provider publishes about itself contradicts this application’s settings.",
        "Issuer, endpoints and keys are pinned by configuration; a foreign document is not used and not kept.",
        move="integrator",
    ),
    "resume_foreign_location": Words(
        "The resume answer points somewhere else",
        "PingOne’s answer would have led away from this application, so it was not followed.",
        "The Location of the resume answer must be exactly the registered redirect URI.",
        move="administrator",
    ),
    "resume_no_cookie": Words(
        "This sign-on cannot be finished from here",
        "This browser has no open sign-on that this application can finish.",
        "Only the holder of PingOne’s ST cookie may call resume. In hosted mode that is the browser itself.",
        move="visitor",
    ),
    "request_forbidden": Words(
        "This request did not come from one of our pages",
        "A form was sent from another site, or by a browser that does not say from where.",
        "Sec-Fetch-Site must be same-origin, or Origin must be this application’s own.",
        move="visitor",
    ),
    "not_found": Words(
        "There is no such page",
        "There is nothing at this address, or it is not yours to see.",
        move="visitor",
    ),
    "method_not_allowed": Words(
        "This page does not accept that method",
        "The address exists, but accepts another HTTP method.",
        move="visitor",
    ),
    "too_many_requests": Words(
        "Too many sign-ons in a short time",
        "More sign-ons or passwords came from your network, or in this sign-on, than people type. Wait a moment.",
        "A sign-on that has begun stays open: go back to its form and send it again after that time.",
        move="visitor",
    ),
    "flow_policy_unsupported": Words(
        "This application has a DaVinci flow policy",
        "The sign-on at PingOne is set up in a way that this application cannot drive.",
        "PingOne console: Applications > the application > Policies: remove the DaVinci policy, add a PingOne one. "
        "Hosted mode works with either.",
        move="administrator",
    ),
    "step_unsupported": Words(
        "This step needs PingOne’s own page",
        "PingOne wants something that only its own sign-on page can do.",
        "Start the same sign-on in hosted mode.",
        move="visitor",
    ),
    "store_unavailable": Words(
        "Sign-ons cannot be kept at the moment",
        "The place where sessions are kept does not answer. Try again in a moment; nothing was changed.",
        "The log names the store. The application recovers by itself.",
        move="integrator",
    ),
    "settings_invalid": Words(
        "The settings are invalid",
        "The application was started with settings that cannot work.",
        move="integrator",
    ),
    "internal_error": Words(
        "Something went wrong here",
        "An unexpected error occurred in this application. Nobody was signed on.",
        "The log has the details under the reference below.",
        move="integrator",
    ),
}
OF_CLASS = {
    "QuestionRefused": (
        "PingOne would not answer what it was asked about your tokens.",
        "Userinfo wants an access token that lives; introspection and revocation want the application’s own secret.",
    ),
    "BadRequest": ("The request could not be read, so nothing was done.", ""),
}
"""Sentence and hint of errors that share their code, and so their title, with another that happens elsewhere."""


def words_of(error: SignOnError) -> Words:
    """Return what is said about an error."""
    words = WORDS[error.code]
    sentence, hint = OF_CLASS.get(type(error).__name__, (words.sentence, words.hint))
    return replace(words, sentence=sentence, hint=hint)
