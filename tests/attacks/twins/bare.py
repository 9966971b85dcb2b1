"""DO NOT COPY. A twin for the attacks: sign-on written by hand with `requests`, in an afternoon, and it works.

The token is decoded and not verified ("it came over https"), the session is Flask's own cookie.
"""

import base64
import json
from urllib.parse import urlencode

import requests
from flask import Flask, Response, redirect, request, session

PERSONS: dict[str, str] = {}
"""Accounts by sub; the tests fill in whose sub is whose."""


def decode(token: str) -> dict[str, str]:
    payload = token.split(".")[1]
    claims: dict[str, str] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def create_app(url: str, issuer: str, client_id: str, secret: str) -> Flask:
    app = Flask("bare")
    app.secret_key = "a secret that nobody knows"

    @app.get("/login")
    def login() -> Response:
        target = request.args.get("next", "/")
        session["next"] = target if target.startswith("/") else "/"
        query = {
            "client_id": client_id,
            "redirect_uri": f"{url}/callback",
            "response_type": "code",
            "scope": "openid email",
        }
        return redirect(f"{issuer}/authorize?{urlencode(query | {'state': 'xyz'})}")

    @app.get("/callback")
    def callback() -> Response | str:
        if "error" in request.args:
            return f"<h1>Sign-on failed</h1><p>{request.args.get('error_description', '')}</p>"
        form = {"grant_type": "authorization_code", "code": request.args["code"], "redirect_uri": f"{url}/callback"}
        tokens = requests.post(
            f"{issuer}/token", data=form | {"client_id": client_id, "client_secret": secret}, timeout=5
        ).json()
        session["user"] = decode(tokens["id_token"])["sub"]
        session["access_token"], session["refresh_token"] = tokens["access_token"], tokens["refresh_token"]
        return redirect(session.pop("next", "/"))

    @app.get("/profile")
    def profile() -> str:
        bearer = {"Authorization": f"Bearer {session['access_token']}"}
        found = requests.get(f"{issuer}/userinfo", headers=bearer, timeout=5).json()
        return f"Your profile, {found['email']}"

    @app.get("/")
    def home() -> str:
        return PERSONS.get(session.get("user", ""), "")

    @app.get("/logout")
    def logout() -> Response:
        session.clear()
        return redirect("/")

    return app
