"""`flask --app examples/api_app run --port 8000`, beside `flask --app webapp simulator --port 9000` or with a tenant.

What comes after sign-on: a page for a group, one that wants a second factor, and an API that is called and is one.
"""

import os
import time
from collections.abc import Callable
from functools import wraps

import requests
from flask import Flask, Response, jsonify, make_response, redirect, request
from werkzeug.wrappers import Response as Answer

from webapp import oidc

HERE = os.environ.get("PUBLIC_URL", "http://localhost:8000")
ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:9000/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/as")
CLIENT_ID = os.environ.get("CLIENT_ID", "d1b1a5cb-6c5f-4b3e-9a38-4a4b8a7a2f10")
SECRET, HTTPS = os.environ.get("CLIENT_SECRET", ""), HERE.startswith("https:")
AUDIENCE, READ = os.environ.get("API_AUDIENCE", "https://orders.example.com"), "orders:read"
SESSION, EARLY = "__Host-session" if HTTPS else "session", 60

app = Flask(__name__)
http, ask, now = requests.Session(), oidc.Ask(scope="openid profile"), time.time
client = oidc.Client(CLIENT_ID, "client_secret_basic" if SECRET else "none", SECRET)
party = oidc.RelyingParty.discovered(ISSUER, client, f"{HERE}/callback", http)
attempts, sessions = oidc.MemoryAttempts(now), oidc.MemorySessions()
api = oidc.ResourceServer(ISSUER, AUDIENCE, party.provider, party.keys)
Page = Callable[[oidc.SignedOn], Answer]


def to_sign_on(wanted: oidc.Wanted) -> Answer:
    url, attempt = party.begin(http, oidc.step_up(ask, wanted), now, note={"to": request.path})
    attempts.put(attempt)
    answer = redirect(url, 303)
    answer.set_cookie(**attempt.cookie(HTTPS))
    answer.set_cookie("asked", repr(wanted), httponly=True, samesite="Lax", secure=HTTPS, max_age=60)
    return answer


def wants(wanted: oidc.Wanted) -> Callable[[Page], Callable[[], Answer]]:
    def decorate(view: Page) -> Callable[[], Answer]:
        @wraps(view)
        def guarded() -> Answer:
            person = sessions.get(request.cookies.get(SESSION, ""))
            if person is None:
                return to_sign_on(wanted)
            lacking = [check for check in oidc.examined(person, wanted, now()) if not check.passed]
            # A group comes from an administrator; what was asked for a moment ago will not come the second time.
            if any(check.name == "group" for check in lacking) or request.cookies.get("asked") == repr(wanted):
                oidc.refuse(lacking)
            return to_sign_on(wanted) if lacking else view(person)

        return guarded

    return decorate


@app.errorhandler(oidc.SignOnError)
def refused(error: oidc.SignOnError) -> Response:
    return page(f"Refused: {error.code}: {error.check.name if error.check else error.detail}", error.status)


def page(text: str, status: int = 200) -> Response:
    return make_response(text, status, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"})


@app.get("/callback")
def callback() -> Answer:
    parameters = tuple(request.args.items(multi=True))
    attempt = oidc.take(attempts, parameters, oidc.browser_of(request.cookies), now())
    person = party.finish(http, attempt, parameters, now)
    id, answer = sessions.begin(person, request.cookies.get(SESSION, "")), redirect(attempt.note["to"], 303)
    answer.set_cookie(SESSION, id, httponly=True, samesite="Lax", secure=HTTPS)
    return answer


@app.get("/members")
@wants(oidc.Wanted(group="members"))
def members(person: oidc.SignedOn) -> Answer:
    return page("For members")


@app.get("/transfer")
@wants(oidc.Wanted(acr_values="Multi_Factor", max_age=300))
def transfer(person: oidc.SignedOn) -> Answer:
    return page("For whoever has just shown a second factor")


@app.get("/orders")
@wants(oidc.Wanted(scope=READ))
def orders(person: oidc.SignedOn) -> Answer:
    id, url = request.cookies[SESSION], f"{HERE}/api/orders"
    for last in (False, True):
        if last or (person.expires_at or 0) - now() < EARLY:
            person = party.refreshed(http, person, sessions.record(id), now, sessions.lock(id))
        shown = {"Authorization": f"Bearer {person.tokens.access_token}"}
        answer = oidc.RequestsHttp(http).exchange(oidc.Request("GET", url, shown))  # Keeps no cookie of the API's.
        if answer.status != 401:
            break
    return page(answer.body.decode(), answer.status)


@app.get("/api/orders")  # An API of its own in another process, as a rule: it knows no session.
def api_orders() -> Answer:
    claims = api.accepted(http, request.headers.get("Authorization"), oidc.Wanted(scope=READ), now)
    return jsonify(orders=["A kettle"], sub=claims["sub"])


@app.errorhandler(oidc.TokenNotAccepted)
def no(error: oidc.TokenNotAccepted) -> Response:
    return make_response(jsonify(error=error.error), error.status, {"WWW-Authenticate": error.challenge("orders")})
