"""Every way in which a sign-on can fail, one class each.

*They said* (`TheySaid`): PingOne answered, and its answer was no. *We found* (`WeFound`): an answer or a
request did not stand up to a check of ours. *Yours* (`YoursToMend`): whoever runs this application has to act.
Each class has a stable `code`, a sentence for the visitor, a hint for the integrator and an HTTP status.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from .checks import Check


@dataclass(frozen=True)
class Said:
    """PingOne's own words. They are somebody else's text: show them escaped and marked as theirs."""

    error: str
    description: str = ""


class SignOnError(Exception):
    """The common root. `detail` is for logs and integrators and never holds a secret."""

    code: ClassVar[str]
    status: int = 502
    title: ClassVar[str]
    sentence: ClassVar[str]
    hint: ClassVar[str] = ""

    def __init__(
        self,
        detail: str = "",
        *,
        check: Check | None = None,
        checks: Sequence[Check] = (),
        said: Said | None = None,
        status: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail or self.sentence)
        self.detail = detail
        self.check = check
        self.checks = tuple(checks)
        self.said = said
        self.retry_after = retry_after
        if status is not None:
            self.status = status

    def copy(self) -> Self:
        """Return an exception that says the same and is nobody else's: several requests may have one failure."""
        other = type(self).__new__(type(self))
        other.args = self.args
        vars(other).update(vars(self))
        return other


class TheySaid(SignOnError):
    """PingOne answered, and the answer was no."""


class WeFound(SignOnError):
    """Something that reached us did not stand up to a check."""


class YoursToMend(SignOnError):
    """Whoever runs this application has to act."""


class Refused(TheySaid):
    code = "refused"
    status = 400
    title = "PingOne refused the sign-on"
    sentence = "PingOne ended this sign-on without letting anyone in."
    hint = "The error value below is PingOne's; the help page lists what usually causes each."


class TokenRefused(TheySaid):
    code = "token_refused"
    title = "PingOne refused to issue tokens"
    sentence = "The sign-on itself went well, but PingOne would not exchange its result for tokens."
    hint = "Compare the client secret, the token endpoint authentication method, the redirect URI and the PKCE setting."


class QuestionRefused(TokenRefused):
    """The same refusal, but of a question about a token that PingOne issued: nobody is signing on."""

    title = "PingOne refused the question"
    sentence = "PingOne would not answer what it was asked about your tokens."
    hint = "Userinfo takes an access token that lives; introspection and revocation take the application's own secret."


class ProviderError(TheySaid):
    code = "provider_error"
    title = "PingOne gave an answer that cannot be used"
    sentence = "PingOne answered in a way this application cannot use."
    hint = "The answer was an error status, a redirect, not JSON, or not of the documented shape."


class ProviderUnreachable(TheySaid):
    code = "provider_unreachable"
    status = 503
    title = "PingOne cannot be reached"
    sentence = "PingOne did not answer in time. Trying again in a moment may help."
    hint = "Name resolution, TLS, a firewall or a time-out lies between this server and PingOne."


class ResponseMalformed(WeFound):
    code = "response_malformed"
    status = 400
    title = "The answer to the sign-on is malformed"
    sentence = "The address that brought you here is not one PingOne makes, so it was not used."
    hint = "Parameters were missing, repeated, too long, or contradict each other."


class SignOnUnknown(WeFound):
    """The attempt was used before, or never was. Nothing can be done but to begin again."""

    code = "sign_on_unknown"
    status = 400
    title = "This sign-on is not open any more"
    sentence = "The sign-on this page belongs to was finished before, or never began here."
    hint = "Each attempt is used once: a second visit to the same callback finds nothing, on purpose."


class SignOnExpired(WeFound):
    """The attempt began longer ago than it is kept."""

    code = "sign_on_expired"
    status = 400
    title = "This sign-on took too long"
    sentence = "More than 15 minutes have passed since this sign-on began, so it was dropped."
    hint = "The attempt lives as long as PingOne's flow: 15 minutes."


class SignOnOtherBrowser(WeFound):
    """The browser has no cookie for the attempt. Nothing was used up."""

    code = "sign_on_other_browser"
    status = 400
    title = "This sign-on did not begin in this browser"
    sentence = "The browser that opened this page does not hold the cookie of the sign-on it belongs to."
    hint = "Another browser or profile, blocked cookies, or localhost against 127.0.0.1. Nothing was used up."


class SessionEnded(SignOnError):
    """There is nothing left to renew: signed off meanwhile, or the provider refused the refresh token."""

    code = "session_ended"
    status = 401
    title = "Your session has ended"
    sentence = "You are signed off here. Sign on again to go on."
    hint = "The session was signed off, expired, or PingOne refused to renew it (invalid_grant)."


class StateMismatch(WeFound):
    code = "state_mismatch"
    status = 400
    title = "The answer belongs to another sign-on"
    sentence = "The state that came back is not the one this browser was sent away with."
    hint = "RFC 9700 section 4.7: a response whose state differs is dropped, and its code is not redeemed."


class IssuerMismatch(WeFound):
    code = "issuer_mismatch"
    status = 400
    title = "The answer comes from another issuer"
    sentence = "The answer names an issuer that this application does not trust."
    hint = "RFC 9207: the iss parameter is compared before the code is redeemed."


class IdTokenSignature(WeFound):
    code = "id_token_signature"
    title = "The ID token's signature is not PingOne's"
    sentence = "PingOne's answer could not be proven genuine, so it was thrown away."
    hint = "Only RS256 with a key from the issuer's own key set is accepted."


class IdTokenClaim(WeFound):
    code = "id_token_claim"
    title = "The ID token says something it must not say"
    sentence = "PingOne's answer was genuine, but not meant for this sign-on."
    hint = "The failed check below says which claim, what was expected and what was there."


class SubjectChanged(WeFound):
    code = "subject_changed"
    title = "The answer is about another person"
    sentence = "Two answers that must be about the same person are not, so neither was used."
    hint = "OpenID Connect Core 5.3.2 and 12.2: sub must stay the same."


class MetadataInvalid(WeFound):
    code = "metadata_invalid"
    title = "PingOne's description of itself cannot be trusted"
    sentence = "What the provider publishes about itself contradicts this application's settings."
    hint = "Issuer, endpoints and keys are pinned by configuration; a foreign document is not used and not kept."
