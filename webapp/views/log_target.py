"""Where log lines go: written when they can be written at once, counted when not."""

import logging
import select

PIECE = 4096
"""Bytes that a pipe which is ready takes without waiting (PIPE_BUF of Linux)."""


class Unhurried(logging.StreamHandler):  # type: ignore[type-arg]
    """A handler that never waits for its reader.

    Standard error is often a pipe. When whoever reads it stops reading, a write waits for ever, and with it the
    request, and every other request behind the handler's lock. Lines are lost instead; the next one says how many.
    """

    lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        if not self._takes():
            self.lost += 1
            return
        if self.lost:
            record.msg, record.args = f"{record.getMessage()} ({self.lost} lines before this one were lost)", None
            self.lost = 0
        try:
            line = self.format(record) + self.terminator
            for start in range(0, len(line), PIECE // 4):  # A character is at most four bytes.
                if not self._takes():
                    self.lost += 1
                    return
                self.stream.write(line[start : start + PIECE // 4])
                self.flush()
        except (OSError, TypeError, ValueError):
            self.handleError(record)

    def _takes(self) -> bool:
        try:
            ready = select.poll()
            ready.register(self.stream.fileno(), select.POLLOUT)
        except (AttributeError, OSError, ValueError):
            return True  # Not a file: kept in memory.
        return bool(ready.poll(0))
