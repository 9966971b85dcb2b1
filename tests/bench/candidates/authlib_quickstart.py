"""Authlib's Flask quickstart (https://docs.authlib.org/en/latest/client/flask.html), with PKCE switched on."""

import os

from authlib.integrations.flask_client import OAuth
from flask import Flask, Response, redirect, session, url_for

application = Flask(__name__)
application.secret_key = os.environ["SECRET_KEY"]
oauth = OAuth(application)
oauth.register(
    "ping",
    client_id="bench",
    server_metadata_url=os.environ["PINGONE_AUTH_BASE_URL"] + "/as/.well-known/openid-configuration",
    client_kwargs={
        "scope": "openid profile email",
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": "none",
    },
)


@application.get("/login")
def login() -> Response:
    return oauth.ping.authorize_redirect(url_for("callback", _external=True))


@application.get("/callback")
def callback() -> Response:
    session["user"] = oauth.ping.authorize_access_token()["userinfo"]
    return redirect("/session")


@application.get("/session")
def show() -> str:
    return f"<p>Signed on: {session['user']['preferred_username']}</p>"
