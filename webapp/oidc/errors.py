"""Every way in which a sign-on can fail, one class each, with a stable `code` and the HTTP status of its page.

*They said* (`TheySaid`): the provider's answer was no, or there was none. *We found* (`WeFound`): an answer or a
request did not pass a check of ours. *Yours* (`OperatorFault`): the operator of this application has to act.
An error carries what the protocol knows and nothing of a web page: which words a visitor reads is the host's affair.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from .checks import Check


@dataclass(frozen=True)
class Said:
    """The provider's own words. We did not write them: show them escaped, and marked as the provider's."""

    error: str
    description: str = ""
    reference: str = ""
    """The id under which the provider logged its refusal, if it names one: worth quoting to its support."""


class SignOnError(Exception):
    """The common root.

    `detail` is for logs and integrators and never holds a secret. `check` is the one that failed, `checks` are all
    that were made with it. `said` are the provider's words, `retry_after` the seconds to wait before another attempt.
    """

    code: ClassVar[str]
    status: int = 502

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
        super().__init__(detail or self.code)
        self.detail = detail
        self.check = check
        self.checks = tuple(checks)
        self.said = said
        self.retry_after = retry_after
        if status is not None:
            self.status = status

    def copy(self) -> Self:
        """Return an exception that says the same, for one request of several that met the same failure."""
        other = type(self).__new__(type(self))
        other.args = self.args
        vars(other).update(vars(self))
        return other


class TheySaid(SignOnError):
    """The provider answered, and the answer was no; or it did not answer."""


class WeFound(SignOnError):
    """Something that reached us did not pass a check."""


class OperatorFault(SignOnError):
    """The operator of this application has to act."""


class Refused(TheySaid):
    """The authorization request was answered with an error, which `said` holds."""

    code = "refused"
    status = 400


class TokenRefused(TheySaid):
    """The token endpoint, or that for pushed requests, answered with an error, which `said` holds."""

    code = "token_refused"


class QuestionRefused(TokenRefused):
    """The same refusal, but of a question about a token that was issued: nobody is signing on."""


class ProviderError(TheySaid):
    """An answer that cannot be used: an error status, a redirect, not JSON, or not of the documented shape."""

    code = "provider_error"


class ProviderUnreachable(TheySaid):
    """No answer: name resolution, TLS, a firewall or a time-out is in the way."""

    code = "provider_unreachable"
    status = 503
    cause = ""
    """Which of them, as `oidc.cause` names it; '' where nothing was asked."""


class ResponseMalformed(WeFound):
    """Parameters are missing, repeated, too long, or contradict each other."""

    code = "response_malformed"
    status = 400


class SignOnUnknown(WeFound):
    """The attempt was used before, or never was. Nothing can be done but to begin again."""

    code = "sign_on_unknown"
    status = 400


class SignOnExpired(WeFound):
    """The attempt began longer ago than it is kept."""

    code = "sign_on_expired"
    status = 400


class SignOnOtherBrowser(WeFound):
    """The browser has no cookie for the attempt. Nothing was used up."""

    code = "sign_on_other_browser"
    status = 400


class StateMismatch(WeFound):
    """The answer belongs to another sign-on: its code is not redeemed (RFC 9700 section 4.7)."""

    code = "state_mismatch"
    status = 400


class IssuerMismatch(WeFound):
    """The answer names an issuer that was not asked (RFC 9207): its code is not redeemed."""

    code = "issuer_mismatch"
    status = 400


class IdTokenSignature(WeFound):
    """The ID token is not proven genuine: form, algorithm, type, key or signature."""

    code = "id_token_signature"


class IdTokenClaim(WeFound):
    """The ID token is genuine and not meant for this sign-on; `check` says which claim."""

    code = "id_token_claim"


class SubjectChanged(WeFound):
    """Two answers that must be about one person are not (OpenID Connect Core 5.3.2 and 12.2)."""

    code = "subject_changed"


class MetadataInvalid(WeFound):
    """What the provider publishes about itself, metadata or keys, is not the configured issuer's or of no use."""

    code = "metadata_invalid"


class SessionEnded(SignOnError):
    """There is nothing left to renew: the session was signed off, or the provider refused the refresh token."""

    code = "session_ended"
    status = 401
