"""Bringing an authorization response to the application in the response mode it asked for."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, jsonify

from ..engine import fault_effects
from ..engine.environment import Environment
from ..engine.flow import Flow
from ..engine.flow_json import render
from ..engine.sign_on import response as response_of
from .answers import found, origin_of, page, with_query


def deliver(environment: Environment, redirect_uri: str, mode: str, pairs: list[tuple[str, str]]) -> Response:
    """Query and fragment are redirects; form_post is a page whose form posts itself where there is script."""
    if mode == "form_post":
        return page(environment, "form_post.html", origins=[origin_of(redirect_uri)], action=redirect_uri, pairs=pairs)
    if mode == "fragment":
        return found(f"{redirect_uri}#{urlencode(pairs)}")
    return found(with_query(redirect_uri, pairs))


def finish(environment: Environment, flow: Flow) -> Response:
    """The one answer of a flow that is over: JSON for pi.flow, else the way to the redirect URI."""
    if flow.request.response_mode == "pi.flow":
        if flow.error is not None:
            flow.resumed = True
            return jsonify(render(environment, flow))
        return jsonify(render(environment, flow, dict(_pairs(environment, flow))))
    pairs = _pairs(environment, flow)
    return deliver(environment, flow.request.redirect_uri, flow.request.response_mode, pairs)


def _pairs(environment: Environment, flow: Flow) -> list[tuple[str, str]]:
    return fault_effects.response_pairs(flow.fault, environment.issuer, response_of(environment, flow))
