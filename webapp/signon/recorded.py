"""The story of a session goes on: what is asked of PingOne after sign-on is recorded like the sign-on itself."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..oidc.checks import Check
from ..oidc.errors import SignOnError
from ..oidc.http import HttpClient
from ..store.protocol import StoreUnavailable
from ..store.traces import Traces
from ..trace.model import Exchange
from ..trace.story import Story
from .signed_in import SignedIn
from .turns import OpenHttp


@dataclass
class Pen:
    """Writes into a story from the moment on at which there is one."""

    story: Story | None = None

    def record(self, exchange: Exchange) -> None:
        """The recorder of an HTTP client."""
        if self.story:
            self.story.record(exchange)

    def checked(self, checks: Sequence[Check]) -> None:
        """What `told` wants."""
        if self.story:
            self.story.checked(checks)


@dataclass(frozen=True)
class Recorded:
    """Opens HTTP sessions that write into the story of a session."""

    traces: Traces
    open_http: OpenHttp
    now: Callable[[], float]

    @contextlib.contextmanager
    def story(self, held: SignedIn) -> Iterator[tuple[HttpClient, Story]]:
        """Yield an HTTP client that reports to the story of `held`, which is kept if anything was added to it.

        Who only waited must not write back what another request has added to since.
        """
        story = self._story(held)
        before = [*story.notes]
        try:
            yield self.open_http(story.record), story
        except SignOnError as error:
            story.checked(error.checks)
            raise
        finally:
            # A story that cannot be kept undoes nothing of what it records.
            with contextlib.suppress(StoreUnavailable):
                if story.notes != before:
                    self.traces.update(held.trace, story.to_record())

    def _story(self, held: SignedIn) -> Story:
        record = None
        with contextlib.suppress(StoreUnavailable):  # Nor does one that cannot be read stop anybody.
            record = self.traces.get(held.trace)
        story = Story.from_record(record) if record else Story.begin(held.trace, held.mode, self.now())
        for kind, value in (
            ("access_token", held.access_token),
            ("refresh_token", held.refresh_token),
            ("id_token", held.id_token),
            *held.pingone_cookies.items(),
        ):
            if value:
                story.secret(kind, value)
        return story
