"""Lines of the log: how they look, what they never hold, and where they go without anybody waiting for it."""

import json
import logging
import re
import select
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

LONGEST = 300  # characters of one value: a log line is no place for somebody's essay
TRACE_LINES = 20
"""Lines kept at each end of a traceback."""
WORD = re.compile(r"[!#-&(-<>-\[\]-~]{1,300}", re.ASCII)
"""Nearly every value: nothing to escape, to quote or to cut."""
ONE_PIECE = re.compile(r"[^\s\"'=]+")
PIECE = 4096
"""Bytes that a pipe which is ready takes without waiting (PIPE_BUF of Linux)."""


class Unhurried(logging.StreamHandler):  # type: ignore[type-arg]
    """A handler that never waits for its reader.

    Standard error is often a pipe. When its reader stops reading, a write waits for ever, and with it the
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
                if start and not self._takes():
                    self.lost += 1
                    return
                self.stream.write(line[start : start + PIECE // 4])
                self.stream.flush()
        except (OSError, TypeError, ValueError):
            self.handleError(record)

    def _takes(self) -> bool:
        try:
            ready = select.poll()
            ready.register(self.stream.fileno(), select.POLLOUT)
        except (AttributeError, OSError, ValueError):
            return True  # Not a file: kept in memory.
        return bool(ready.poll(0))


def escaped(text: str, longest: int = LONGEST) -> str:
    """`text` on one line: whatever does not print (line ends, terminal escapes, bidi marks) is spelled out."""
    cut = text if len(text) <= longest else f"{text[:longest]}…"
    if cut.isprintable() and "\\" not in cut:
        return cut  # As nearly every text of a log.
    return "".join(c if c.isprintable() and c != "\\" else c.encode("unicode_escape").decode() for c in cut)


class Text(logging.Formatter):
    """`2026-11-22 11:04:31.123Z info request method=GET path=/ status=200 ms=3.1 request=5f0c2d0e93c14f39`"""

    def format(self, record: logging.LogRecord) -> str:
        when = _when(record).isoformat(" ", "milliseconds").replace("+00:00", "Z")
        said = [f"{key}={self.value(value)}" for key, value in _fields(record).items()]
        # A traceback is indented, so that no line of it can pass for a line of its own.
        trace = "".join([f"\n    | {line}" for line in _trace(self, record)]) if record.exc_info else ""
        return " ".join([when, record.levelname.lower(), escaped(record.getMessage(), 2000), *said]) + trace

    @staticmethod
    def value(value: object) -> str:
        text = str(value)
        if WORD.fullmatch(text):
            return text
        text = escaped(text)
        return text if ONE_PIECE.fullmatch(text) else '"' + text.replace('"', "'") + '"'


class Json(logging.Formatter):
    """One JSON object a line: `time`, `level`, `event`, the fields, and `trace` for an exception."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": _when(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": escaped(record.getMessage(), 2000),
        }
        for key, value in _fields(record).items():
            line.setdefault(key, value if isinstance(value, bool | int | float) else escaped(str(value)))
        if trace := _trace(self, record):
            line["trace"] = trace
        return json.dumps(line, ensure_ascii=True)


class WithoutQueries(logging.Filter):
    """The servers' own lines: their request lines are dropped (ours replace them), queries are cut off elsewhere."""

    def __init__(self, addresses: bool = True) -> None:
        super().__init__()
        self._addresses = addresses

    def filter(self, record: logging.LogRecord) -> bool:
        text = re.sub(r"\x1b\[[0-9;]*m", "", record.getMessage()).replace("\n", " ")  # colours of a terminal
        if record.name == "werkzeug" and re.match(r"\S+ - - \[", text):
            return False
        # What could not be read as a request is somebody's text, and may be a cookie under a misspelt name.
        text = re.sub(r"^(Invalid request from ip=\S*):(\s.*)?$", r"\1", text)
        if not self._addresses:
            text = re.sub(r"\b(ip|address)=\S*", r"\1=…", text)
        record.msg, record.args = re.sub(r"\?\S*", "?…", text), None
        return True


def _when(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    fields = getattr(record, "fields", None)
    return fields if isinstance(fields, dict) else {}


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    """The lines of a traceback, its middle left out: a recursion is a thousand of them."""
    lines = formatter.formatException(record.exc_info).splitlines() if record.exc_info else []
    if len(lines) > 2 * TRACE_LINES:
        lines[TRACE_LINES:-TRACE_LINES] = [f"… {len(lines) - 2 * TRACE_LINES} lines …"]
    return [escaped(line) for line in lines]


def formatter(form: str) -> logging.Formatter:
    """For `LOG_FORMAT`."""
    return Json() if form == "json" else Text()
