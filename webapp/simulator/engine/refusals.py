"""How an authorization request is refused: to the visitor, or to the application that asked."""

from __future__ import annotations

from .errors import PlatformError, invalid


class ShownToVisitor(PlatformError):
    """Client or redirect URI are not to be trusted, so the browser is never sent there: PingOne's own page tells."""


class RefusedRequest(Exception):
    """A refusal that the application learns: in its redirect URI, or as a platform error in pi.flow."""

    def __init__(self, error: str, description: str, target: str, *, code: str = "INVALID_VALUE") -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.target = target
        self.code = code
        self.redirect_uri = ""
        self.response_mode = "query"
        self.state: str | None = None
        #: DaVinci flows refuse in a form of their own.
        self.davinci = False

    def as_platform_error(self) -> PlatformError:
        """400 INVALID_DATA naming the parameter at fault."""
        if self.davinci and self.target == "acr_values":
            return PlatformError(400, "INVALID_REQUEST", self.description)
        return invalid(self.code, self.description, self.target)
