"""DO NOT COPY. A twin for the attacks: Authlib's Flask quickstart with Flask-Session, grown as such things grow.

https://docs.authlib.org/en/latest/client/flask.html with a `next` parameter, accounts by e-mail address, a profile,
a second provider at the same redirect URI, and sign-off as a link.
"""

from pathlib import Path
from urllib.parse import urlencode

from authlib.integrations.flask_client import OAuth
from cachelib.file import FileSystemCache
from flask import Flask, Response, redirect, request, session
from flask_session import Session

SCOPE = {"scope": "openid profile email", "token_endpoint_auth_method": "client_secret_post"}
PERSONS: dict[str, str] = {}
"""Accounts by e-mail address; the tests fill in whose address is whose."""


def create_app(url: str, issuers: dict[str, str], client_id: str, secret: str, folder: Path) -> Flask:
    app = Flask("quickstart")
    app.secret_key = "a secret that nobody knows"
    app.config.update(SESSION_TYPE="cachelib", SESSION_CACHELIB=FileSystemCache(str(folder), threshold=500))
    Session(app)
    oauth = OAuth(app)
    for name, issuer in issuers.items():
        metadata_url = f"{issuer}/.well-known/openid-configuration"
        oauth.register(
            name, client_id=client_id, client_secret=secret, server_metadata_url=metadata_url, client_kwargs=SCOPE
        )

    @app.get("/login")
    def login() -> Response:
        session["next"] = request.args.get("next", "/")
        session["idp"] = request.args.get("idp", "pingone")
        return getattr(oauth, session["idp"]).authorize_redirect(f"{url}/callback")

    @app.get("/callback")
    def callback() -> Response:
        token = getattr(oauth, session["idp"]).authorize_access_token()
        session["token"] = token
        session["user"] = token["userinfo"]["email"]
        return redirect(session.pop("next", "/"))

    @app.get("/profile")
    def profile() -> str:
        session["user"] = oauth.pingone.userinfo(token=session["token"])["email"]
        return f"Your profile, {session['user']}"

    @app.get("/")
    def home() -> str:
        return PERSONS.get(session.get("user", ""), "")

    @app.get("/logout")
    def logout() -> Response:
        hint = session.get("token", {}).get("id_token", "")
        session.clear()
        end = oauth.pingone.load_server_metadata()["end_session_endpoint"]
        return redirect(f"{end}?{urlencode({'id_token_hint': hint, 'post_logout_redirect_uri': url})}")

    return app
