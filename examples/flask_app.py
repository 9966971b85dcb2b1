"""`flask --app examples/flask_app run --port 8000`, beside `flask --app webapp simulator --port 9000` or with a tenant.

For a tenant set ISSUER, CLIENT_ID and, unless the client is public, CLIENT_SECRET. Visit http://localhost:8000.
"""

import os
import time

import requests
from flask import Flask, Response, abort, make_response, redirect, render_template_string, request
from werkzeug.wrappers import Response as Answer

from webapp import oidc, pingone

HERE = os.environ.get("PUBLIC_URL", "http://localhost:8000")
ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:9000/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/as")
CLIENT_ID = os.environ.get("CLIENT_ID", "d1b1a5cb-6c5f-4b3e-9a38-4a4b8a7a2f10")
SECRET, HTTPS, AFTER = os.environ.get("CLIENT_SECRET", ""), HERE.startswith("https:"), f"{HERE}/signed-off"
SESSION, SAFE = "__Host-session" if HTTPS else "session", {"Cache-Control": "no-store", "X-Frame-Options": "DENY"}
PAGE = """<!doctype html><title>Sign-on</title><h1>{{ title }}</h1><p>{{ text }}</p>
{% if action %}<form method="post">{% for name in fields %}<p><label>{{ name }}
{% if name == "device" %}<select name="device">{% for each in devices %}<option value="{{ each.id }}">{{ each.kind }}
{% endfor %}</select>{% else %}<input name="{{ name }}" type="{{ 'password' if 'password' in name else 'text' }}">
{% endif %}</label></p>{% endfor %}<button name="action" value="{{ action }}">Continue</button></form>{% endif %}
{% if person %}<form method="post" action="/refresh"><button>Refresh</button></form>
<form method="post" action="/sign-off"><button>Sign off</button></form>
{% else %}<p><a href="/sign-on/hosted">PingOne's page</a> <a href="/sign-on/form">our form</a></p>{% endif %}"""

app = Flask(__name__)
http, ask, now = requests.Session(), oidc.Ask(scope="openid profile"), time.time  # One session for all is safe.
client = oidc.Client(CLIENT_ID, "client_secret_basic" if SECRET else "none", SECRET)
party = oidc.RelyingParty.discovered(ISSUER, client, f"{HERE}/callback", http, post_logout_redirect_uri=AFTER)
attempts, sessions = oidc.MemoryAttempts(now), oidc.MemorySessions()  # More than one process: redis_store.py.


def begun(attempt: oidc.Attempt, url: str) -> Answer:
    attempts.put(attempt)
    answer = redirect(url, 303)
    answer.set_cookie(**attempt.cookie(HTTPS))
    return answer


def signed_in(person: oidc.SignedOn) -> Answer:
    id, answer = sessions.begin(person, request.cookies.get(SESSION, "")), redirect("/", 303)
    answer.set_cookie(SESSION, id, httponly=True, samesite="Lax", secure=HTTPS)
    return answer


def page(title: str, text: str = "", status: int = 200, **more: object) -> Response:
    return make_response(render_template_string(PAGE, title=title, text=text, **more), status, SAFE)


@app.before_request
def same_site() -> None:
    if request.method == "POST" and request.headers.get("Origin") != HERE:
        abort(403)


@app.errorhandler(oidc.SignOnError)
def refused(error: oidc.SignOnError) -> Response:
    return page(f"Not signed on: {error.code}", error.said.error if error.said else error.detail, error.status)


@app.get("/")
@app.get("/signed-off")
def home() -> Response:
    person = sessions.get(request.cookies.get(SESSION, ""))
    return page(f"Signed on: {person.claims.get('preferred_username')}" if person else "Who are you?", person=person)


@app.get("/sign-on/hosted")
def hosted() -> Answer:
    url, attempt = party.begin(http, ask, now)
    return begun(attempt, url)


@app.get("/callback")
def callback() -> Answer:
    parameters = tuple(request.args.items(multi=True))
    attempt = oidc.take(attempts, parameters, oidc.browser_of(request.cookies), now())
    return signed_in(party.finish(http, attempt, parameters, now))


@app.get("/sign-on/form")
def form() -> Answer:
    _, attempt = pingone.begin_flow(http, party, ask, now)
    return begun(attempt, f"/step/{attempt.id}")


@app.route("/step/<id>", methods=["GET", "POST"])
def step(id: str) -> Answer:
    browser, problem = oidc.browser_of(request.cookies), ""
    attempt = oidc.find(attempts, id, browser, now())
    if request.method == "POST":
        try:
            _, attempt = pingone.act(http, attempt, request.form["action"], request.form.to_dict())
            attempts.replace(attempt)
        except pingone.FlowRefused as again:
            problem = again.problem.first_code
    flow = pingone.flow_of(attempt)
    if flow.finished:
        return signed_in(pingone.finish_flow(http, party, attempts, attempt, browser, now))
    action, devices = (*pingone.step_of(flow).actions, "")[0], pingone.devices_of(flow)
    fields = pingone.fields_of(flow, action) if action else ()
    return page(flow.status, problem, 422 if problem else 200, action=action, fields=fields, devices=devices)


@app.post("/refresh")
def refresh() -> Answer:
    id = request.cookies.get(SESSION, "")
    if (seen := sessions.get(id)) is not None:
        party.refreshed(http, seen, sessions.record(id), now, sessions.lock(id))
    return redirect("/", 303)


@app.post("/sign-off")
def sign_off() -> Answer:
    person = sessions.end(request.cookies.get(SESSION, ""))
    left = party.sign_off(http, person, "", now) if person else None
    return redirect(left.url if left and left.url else "/signed-off", 303)
