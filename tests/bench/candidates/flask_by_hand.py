"""Flask with the protocol of the floor: what Flask itself adds. No store, story or log. Not an example to follow."""

import os
import secrets
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request, session

from tests.bench.candidates import floor

application = Flask(__name__)
application.secret_key = os.environ["SECRET_KEY"]
REDIRECT_URI = f"{floor.PUBLIC_URL}/callback"


@application.get("/login")
def login() -> Response:
    state, nonce, verifier = session["pending"] = [secrets.token_urlsafe(32) for _ in range(3)]
    return redirect(f"{floor.BASE}/as/authorize?{urlencode(floor.asked(state, nonce, verifier))}")


@application.get("/callback")
def callback() -> Response:
    state, nonce, verifier = session.pop("pending")
    assert secrets.compare_digest(request.args["state"], state)
    claims: dict[str, Any] = floor.redeemed(request.args["code"], nonce, verifier)
    session["user"] = claims["preferred_username"]
    return redirect("/session")


@application.get("/session")
def show() -> str:
    return f"<p>Signed on: {session['user']}</p>"
