"""Canned HTTP answers for faults that replace an endpoint's answer altogether."""

from __future__ import annotations

from flask import Response


def answer(fault: str, endpoint: str) -> Response | None:
    return None
