"""PingOne's platform error: the error format of flows. OAuth endpoints use another (`oidc/wire.py`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..oidc.http import Answer
from ..oidc.strict_json import parse_object
from ..oidc.wire import reference_in


@dataclass(frozen=True)
class Detail:
    """One entry of `details`: what was wrong (`code`) with which member (`target`).

    `unsatisfied`: the requirements of the password policy that were not met.
    """

    code: str
    target: str = ""
    message: str = ""
    seconds_until_unlock: int | None = None
    failures_remaining: int | None = None
    unsatisfied: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """A platform error. The strings are PingOne's and are shown escaped."""

    code: str
    message: str = ""
    details: tuple[Detail, ...] = ()
    reference: str = ""
    """The id under which PingOne logged it."""

    @property
    def first_code(self) -> str:
        """The most specific code there is."""
        return self.details[0].code if self.details else self.code


def parse_problem(answer: Answer) -> Problem:
    """Return what a non-2xx answer says; an answer without a readable body becomes its status."""
    try:
        members = parse_object(answer.body)
    except ValueError:
        return Problem(f"HTTP {answer.status}")
    return problem_of(members, f"HTTP {answer.status}")


def problem_of(members: Mapping[str, Any], otherwise: str) -> Problem:
    """Return the problem in a JSON object, whatever the types of its members. An OAuth error is read as one too."""
    details = members.get("details")
    return Problem(
        code=_text(members.get("code")) or _text(members.get("error")) or otherwise,
        message=_text(members.get("message")) or _text(members.get("error_description")),
        details=tuple(_detail(each) for each in details[:20] if isinstance(each, dict))
        if isinstance(details, list)
        else (),
        reference=reference_in(members),
    )


def _detail(members: Mapping[str, Any]) -> Detail:
    found = members.get("innerError")
    inner: Mapping[str, Any] = found if isinstance(found, dict) else {}
    unsatisfied = inner.get("unsatisfiedRequirements")
    return Detail(
        code=_text(members.get("code")),
        target=_text(members.get("target")),
        message=_text(members.get("message")),
        seconds_until_unlock=_whole(inner.get("secondsUntilUnlock")),
        failures_remaining=_whole(inner.get("failuresRemaining")),
        unsatisfied=tuple(_text(each) for each in unsatisfied[:20]) if isinstance(unsatisfied, list) else (),
    )


def _text(value: object) -> str:
    return value[:500] if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None
