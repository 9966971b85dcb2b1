"""Dates as HTTP headers write them."""

from email.utils import mktime_tz, parsedate_tz


def epoch_seconds(date: str) -> float | None:
    """Seconds since the epoch, UTC, of an HTTP date in any of its three old formats; None for anything else."""
    try:
        parts = parsedate_tz(date)
        return float(mktime_tz(parts)) if parts else None
    except (ValueError, OverflowError):
        return None
