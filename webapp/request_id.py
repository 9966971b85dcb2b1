"""The id of the request that is being answered: in our log lines, in our answer, and in what is asked of PingOne."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""16 hexadecimal digits; '' where no request is answered, as when a thread renews the metadata."""
