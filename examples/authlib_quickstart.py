"""`flask --app examples/authlib_quickstart run --port 8000`: what most people would write. NOT for copying.

docs/quickstart.md lists what it lets through. Run it beside `flask --app webapp simulator --port 9000`.
"""

import os

from authlib.integrations.flask_client import OAuth
from flask import Flask, Response, redirect, session, url_for

app = Flask(__name__)
app.secret_key = os.environ.get("SECRET_KEY") or os.urandom(32)
issuer = os.environ.get("ISSUER", "http://127.0.0.1:9000/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/as")
oauth = OAuth(app)
oauth.register(
    "ping",
    client_id=os.environ.get("CLIENT_ID", "d1b1a5cb-6c5f-4b3e-9a38-4a4b8a7a2f10"),
    server_metadata_url=f"{issuer}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "token_endpoint_auth_method": "none"},
)


@app.get("/sign-on/hosted")
def hosted() -> Response:
    return oauth.ping.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback() -> Response:
    session["person"] = oauth.ping.authorize_access_token()["userinfo"]
    return redirect("/")


@app.get("/")
def home() -> str:
    return f"Signed on: {session['person']['preferred_username']}" if "person" in session else "Who are you?"


@app.route("/sign-off")
def sign_off() -> Response:
    session.clear()
    return redirect("/")
