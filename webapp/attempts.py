"""The life of an attempt around the protocol: its handle, its browser, its trace, and what is said when it is gone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace

from .oidc.checks import Check
from .oidc.errors import SignOnError, SignOnExpired, SignOnOtherBrowser, SignOnUnknown, StateMismatch
from .oidc.pkce import Token, new_verifier
from .oidc.request import Ask
from .oidc.response import Parameters, single
from .pingone.errors import FlowRefused
from .store.pending import LIFETIME, Browser, PendingSignOn, PendingSignOns
from .store.protocol import StoreUnavailable
from .store.traces import Traces
from .trace.story import Story

BINDING = "https://www.rfc-editor.org/rfc/rfc9700#section-4.7"


FOREIGN, CLICKED = "x", "c"


def new_handle(now: float, token: Token, clicked: bool) -> str:
    """Return the public name of an attempt: when it began (to 1/4096 s), how, and something random.

    The time says later whether an attempt that is gone had expired, and which of several is the oldest; the letter says
    which of them another site may push out of the browser's cookies: those that another site began.
    """
    return f"{int(now):08x}{int(now % 1 * 4096):03x}{CLICKED if clicked else FOREIGN}{token(3)}"


def began_here(handle: str) -> bool:
    """Whether the attempt of this handle began by a click in its browser."""
    return handle[11:12] != FOREIGN


class Attempts:
    """Begins attempts, finds them, uses them up and tells their story."""

    def __init__(self, pending: PendingSignOns, traces: Traces, now: Callable[[], float], token: Token) -> None:
        self.pending, self.traces, self.now, self.token = pending, traces, now, token

    def begin(self, mode: str, ask: Ask, return_to: str, clicked: bool = True) -> tuple[PendingSignOn, str]:
        """Return a new attempt with its own verifier, state and nonce, and the secret for its browser's cookie."""
        handle = new_handle(self.now(), self.token, clicked)
        attempt = PendingSignOn(
            handle=handle,
            mode=mode,
            trace=handle,
            begun_at=self.now(),
            return_to=return_to,
            clicked=clicked,
            state=f"{handle}.{self.token(32)}",
            nonce=self.token(32),
            verifier=new_verifier(self.token),
            ask=asdict(ask),
        )
        return attempt, self.token(32)

    def drive(self, begun: PendingSignOn) -> tuple[PendingSignOn, str]:
        """Return a record for a flow that our server drives on behalf of `begun`, without state or verifier of its own.

        With two tabs open PingOne does not say which attempt a flow belongs to; only the state in its answer does.
        """
        handle = new_handle(self.now(), self.token, begun.clicked)
        return replace(begun, handle=handle, state="", nonce="", verifier=""), self.token(32)

    def end(self, browser: Browser) -> None:
        """End every attempt of this browser, and forget their stories, as far as the store answers."""
        with suppress(StoreUnavailable):
            for handle in browser:
                self.pending.take(handle, browser)
                self.traces.forget(handle, browser.values())

    def take(self, params: Parameters, browser: Browser) -> PendingSignOn:
        """Use up the attempt that the state names, before anything else is looked at (RFC 9700 section 4.7)."""
        state = single(params, "state")
        if not state:
            check = Check("state", "present", "absent", False, BINDING)
            raise StateMismatch("the answer has no state", check=check, checks=(check,))
        handle = state.partition(".")[0]
        attempt = self.pending.take(handle, browser)
        if attempt is None or not attempt.state:
            raise self.lost(handle, browser)
        return attempt

    def lost(self, handle: str, browser: Browser) -> SignOnError:
        """Return the reason why there is no attempt with this handle for this browser."""
        if handle not in browser:
            return SignOnOtherBrowser("no cookie for this attempt")
        try:
            expired = self.now() - int(handle[:8], 16) >= LIFETIME
        except ValueError:
            expired = False
        return SignOnExpired("the attempt has expired") if expired else SignOnUnknown("the attempt was used before")

    def story(self, attempt: PendingSignOn) -> Story:
        """Return the attempt's story so far, told to keep the attempt's secrets to itself."""
        record = self.traces.get(attempt.trace)
        story = Story.from_record(record) if record else Story.begin(attempt.trace, attempt.mode, attempt.begun_at)
        return know(story, attempt)

    @contextmanager
    def telling(self, attempt: PendingSignOn, secret: str, story: Story | None = None) -> Iterator[Story]:
        """Keep the story whatever happens, and send a refusal on with the way to its trace and to a fresh start."""
        beginning = story is not None
        story = story or self.story(attempt)
        story.remember(secret)
        try:
            yield story
        except SignOnError as error:
            error.trace, error.mode, error.return_to = attempt.trace, attempt.mode, attempt.return_to
            error.secret = secret if beginning else ""
            error.prompt = str(attempt.ask.get("prompt", ""))
            story.checked(error.checks)
            if not isinstance(error, FlowRefused):
                story.end("refused", error.code, at=self.now())
            with suppress(StoreUnavailable):  # The reason of the refusal matters more than its story.
                self.traces.put(attempt.trace, secret, story.to_record(), beginning=beginning)
            raise
        with suppress(StoreUnavailable):  # Whoever holds tokens now must reach the session, or give them back.
            self.traces.put(attempt.trace, secret, story.to_record())


def know(story: Story, attempt: PendingSignOn) -> Story:
    """Tell the story which values of this attempt it must mask wherever they show up."""
    for kind, value in (
        ("code_verifier", attempt.verifier),
        ("state", attempt.state),
        ("nonce", attempt.nonce),
        *attempt.cookies.items(),
    ):
        if value:
            story.secret(kind, value)
    return story
