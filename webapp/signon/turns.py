"""One turn of a sign-on: the attempt, its story so far, and an HTTP client that goes on telling it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from ..oidc.attempt import Attempt, Browser, Clock
from ..oidc.errors import SignOnError
from ..oidc.http import HttpClient
from ..pingone import page
from ..pingone.errors import FlowRefused
from ..store.protocol import StoreUnavailable
from ..store.traces import Traces, packed, unpacked
from ..trace.story import Story
from .attempts import SealedAttempts

OpenHttp = Callable[[Any], HttpClient]
"""Opens an HTTP client that reports each exchange to the given recorder (None: to nobody)."""


class SignOnRefused(Exception):
    """A sign-on of which the attempt is known was refused: `error` says why, the rest where it can be looked up."""

    def __init__(self, error: SignOnError, attempt: Attempt, opening: bool) -> None:
        super().__init__(error.code)
        self.error, self.attempt = error, attempt
        self.opening = opening
        """Refused before its browser had the attempt's cookie, without which nobody could see the story."""


@dataclass(frozen=True)
class TellingAttempts:
    """`oidc.Attempts` in which each attempt that is written carries the story so far: one record, one operation."""

    attempts: SealedAttempts
    story: Story

    def put(self, attempt: Attempt) -> None:
        """See `oidc.Attempts`."""
        self.attempts.put(self._telling(attempt))

    def get(self, id: str, secret: str) -> Attempt | None:
        """See `oidc.Attempts`."""
        return self.attempts.get(id, secret)

    def replace(self, attempt: Attempt, seen: Attempt | None = None) -> bool:
        """See `oidc.Attempts`."""
        return self.attempts.replace(self._telling(attempt), seen)

    def take(self, id: str, secret: str) -> Attempt | None:
        """See `oidc.Attempts`."""
        return self.attempts.take(id, secret)

    def _telling(self, attempt: Attempt) -> Attempt:
        return replace(attempt, note={**attempt.note, "story": packed(self.story.to_record())})


@dataclass
class Turn:
    """What one request does with one attempt."""

    attempt: Attempt
    story: Story
    http: HttpClient
    attempts: TellingAttempts

    def goes_on(self, attempt: Attempt) -> None:
        """The attempt has changed: what it holds now must not show up in the story."""
        self.attempt = attempt
        register_secrets(self.story, attempt)


@dataclass(frozen=True)
class Turns:
    """Opens turns, and keeps the stories of those that are refused."""

    traces: Traces
    attempts: SealedAttempts
    open_http: OpenHttp
    now: Clock

    @contextmanager
    def recorded(self, attempt: Attempt, opening: bool = False) -> Iterator[Turn]:
        """Yield a turn; a refusal goes on as `SignOnRefused`, and its story is kept.

        `FlowRefused` goes on as it is: the form is shown again, and nothing has ended.
        """
        story = self._story(attempt)
        story.remember(attempt.secret)
        attempts = TellingAttempts(self.attempts, story)
        try:
            yield Turn(attempt, story, self.open_http(story.record), attempts)
        except FlowRefused as error:
            story.checked(error.checks)
            attempts.replace(attempt)  # PingOne's 15 minutes begin again, ours too.
            raise
        except SignOnError as error:
            story.checked(error.checks)
            story.end("refused", error.code, at=self.now())
            with suppress(StoreUnavailable):  # The reason of the refusal matters more than its story.
                self.traces.refused(trace_of(attempt), attempt.secret, story.to_record(), beginning=opening)
                if not opening:
                    attempts.replace(attempt, attempt)  # It may be there still, and be tried again.
            raise SignOnRefused(error, attempt, opening) from error

    def open_stories(self, browser: Browser) -> dict[str, dict[str, Any]]:
        """Return the stories of this browser's unfinished sign-ons, by id. Each attempt is read once."""
        found: dict[str, dict[str, Any]] = {}
        for attempt in page.newest(self.attempts, browser):
            # In custom page mode two attempts have one story, and the one that began last goes on with it.
            found.setdefault(trace_of(attempt), unpacked(attempt.note.get("story")) or {})
        return {id: story for id, story in found.items() if story}

    def _story(self, attempt: Attempt) -> Story:
        record = unpacked(attempt.note.get("story"))
        fresh = Story.begin(trace_of(attempt), mode_of(attempt), attempt.begun_at)
        return register_secrets(Story.from_record(record) if record else fresh, attempt)


def register_secrets(story: Story, attempt: Attempt) -> Story:
    """Register the values of this attempt that its story must mask wherever they appear."""
    for kind, value in (
        ("code_verifier", attempt.verifier),
        ("state", attempt.state),
        ("nonce", attempt.nonce),
        *attempt.held.get("cookies", {}).items(),
    ):
        story.secret(kind, value)
    return story


def mode_of(attempt: Attempt) -> str:
    """Return `hosted`, `redirectless` or `custom`."""
    return str(attempt.note.get("mode", ""))


def trace_of(attempt: Attempt) -> str:
    """Return the id of the attempt's story."""
    return str(attempt.note.get("trace", ""))
