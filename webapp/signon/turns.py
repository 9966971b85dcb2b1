"""One turn of a sign-on: the attempt, its story so far, and an HTTP client that goes on telling it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from ..oidc.attempt import Attempt, Browser, Clock
from ..oidc.errors import SignOnError
from ..oidc.http import HttpClient
from ..pingone.errors import FlowRefused
from ..store.protocol import StoreUnavailable
from ..store.traces import Traces
from ..trace.story import Story

OpenHttp = Callable[[Any], HttpClient]
"""Opens an HTTP client that reports each exchange to the given recorder (None: to nobody)."""


class SignOnRefused(Exception):
    """A sign-on of which the attempt is known was refused: `error` says why, the rest where it can be looked up."""

    def __init__(self, error: SignOnError, attempt: Attempt, opening: bool) -> None:
        super().__init__(error.code)
        self.error, self.attempt = error, attempt
        self.opening = opening
        """Refused before its browser had the attempt's cookie, without which nobody could see the story."""


@dataclass
class Turn:
    """What one request does with one attempt."""

    attempt: Attempt
    story: Story
    http: HttpClient

    def goes_on(self, attempt: Attempt) -> None:
        """The attempt has changed: what it holds now must not show up in the story."""
        self.attempt = attempt
        register_secrets(self.story, attempt)


@dataclass(frozen=True)
class Turns:
    """Opens turns and keeps their stories."""

    traces: Traces
    open_http: OpenHttp
    now: Clock

    @contextmanager
    def recorded(self, attempt: Attempt, opening: bool = False) -> Iterator[Turn]:
        """Yield a turn and keep its story whatever happens; a refusal goes on as `SignOnRefused`.

        `FlowRefused` goes on as it is: the form is shown again, and nothing has ended.
        """
        story = self._story(attempt, opening)
        story.remember(attempt.secret)
        try:
            yield Turn(attempt, story, self.open_http(story.record))
        except SignOnError as error:
            story.checked(error.checks)
            ended = not isinstance(error, FlowRefused)
            if ended:
                story.end("refused", error.code, at=self.now())
            self._keep(attempt, story, opening)  # The reason of the refusal matters more than its story.
            if ended:
                raise SignOnRefused(error, attempt, opening) from error
            raise
        self._keep(attempt, story)  # Whoever holds tokens now must reach the session, or give them back.

    def forget(self, browser: Browser) -> None:
        """Forget the stories of this browser's attempts."""
        for id in browser:
            self.traces.forget(id, browser.values())

    def _keep(self, attempt: Attempt, story: Story, beginning: bool = False) -> None:
        with suppress(StoreUnavailable):
            self.traces.put(trace_of(attempt), attempt.secret, story.to_record(), beginning=beginning)

    def _story(self, attempt: Attempt, opening: bool) -> Story:
        record = None if opening else self.traces.get(trace_of(attempt))
        fresh = Story.begin(trace_of(attempt), mode_of(attempt), attempt.begun_at)
        return register_secrets(Story.from_record(record) if record else fresh, attempt)


def register_secrets(story: Story, attempt: Attempt) -> Story:
    """Tell the story which values of this attempt it must mask wherever they show up."""
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
