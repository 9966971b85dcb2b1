"""Gunicorn's own lines in our form: one format for everything that a process writes."""

from typing import Any

from gunicorn.glogging import Logger

from .log_lines import Unhurried, WithoutQueries, formatter


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn ships no types
    form = "text"
    """`LOG_FORMAT`."""
    addresses = True
    """Whether `LOG_ADDRESSES` lets it name whom it refuses."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        if cfg.errorlog == "-":
            # The accepting loop writes here as well: it must not wait for somebody who reads no logs.
            handler = Unhurried()
            handler._gunicorn = True  # type: ignore[attr-defined]  # how gunicorn knows its own at the next setup
            self.error_log.handlers[:] = [handler]
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(formatter(self.form))
            handler.addFilter(WithoutQueries(self.addresses))
