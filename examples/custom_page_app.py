"""`flask --app examples/custom_page_app run --port 8000`, beside `flask --app webapp simulator --port 9000`.

Two applications at PingOne: one with PingOne's page, one whose Signon URL is http://localhost:8000/sign-on/page. Both
answer at /callback: with a session at PingOne it skips the page, whichever application asks.
"""

import os
import time

import requests
from flask import Flask, Response, abort, make_response, redirect, render_template_string, request
from werkzeug.wrappers import Response as Answer

from webapp import oidc, pingone

HERE = os.environ.get("PUBLIC_URL", "http://localhost:8000")
ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:9000/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/as")
HOSTED_ID = os.environ.get("CLIENT_ID", "d1b1a5cb-6c5f-4b3e-9a38-4a4b8a7a2f10")
CUSTOM_ID = os.environ.get("CUSTOM_CLIENT_ID", "5f0c2d0e-93c1-4f39-8a77-2f2f7d0b6c11")
HTTPS = HERE.startswith("https:")
SESSION, SAFE = "__Host-session" if HTTPS else "session", {"Cache-Control": "no-store", "X-Frame-Options": "DENY"}
PAGE = """<!doctype html><title>Sign-on</title><h1>{{ title }}</h1><p>{{ text }}</p>
{% if action %}<form method="post">{% for name in fields %}<p><label>{{ name }}
{% if name == "device" %}<select name="device">{% for each in devices %}<option value="{{ each.id }}">{{ each.kind }}
{% endfor %}</select>{% else %}<input name="{{ name }}" type="{{ 'password' if 'password' in name else 'text' }}">
{% endif %}</label></p>{% endfor %}<button name="action" value="{{ action }}">Continue</button></form>{% endif %}
{% if person %}<form method="post" action="/refresh"><button>Refresh</button></form>
<form method="post" action="/sign-off"><button>Sign off</button></form>
{% else %}<p><a href="/sign-on/hosted">PingOne's page</a> <a href="/sign-on/form">our page</a></p>{% endif %}"""

app = Flask(__name__)
http, ask, now = requests.Session(), oidc.Ask(scope="openid profile"), time.time
ours = {"redirect_uri": f"{HERE}/callback", "http": http, "post_logout_redirect_uri": f"{HERE}/signed-off"}
hosted = oidc.RelyingParty.discovered(ISSUER, oidc.Client(HOSTED_ID, "none", ""), **ours)
custom = oidc.RelyingParty.discovered(ISSUER, oidc.Client(CUSTOM_ID, "none", ""), **ours)
attempts, sessions = oidc.MemoryAttempts(now), oidc.MemorySessions()


def party_of(begun: oidc.Attempt | oidc.SignedOn) -> oidc.RelyingParty:
    return custom if begun.client_id == CUSTOM_ID else hosted


def with_cookie(attempt: oidc.Attempt, url: str) -> Answer:
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


@app.get("/sign-on/<any(hosted, form):mode>")
def begin(mode: str) -> Answer:
    url, attempt = hosted.begin(http, ask, now) if mode == "hosted" else pingone.begin_page(http, custom, ask, now)
    attempts.put(attempt)
    return with_cookie(attempt, url)


@app.get("/sign-on/page")
def arrive() -> Answer:
    environment, flow_id = request.args.get("environmentId", ""), request.args.get("flowId", "")
    browser = oidc.browser_of(request.cookies)
    _, attempt = pingone.adopt(http, attempts, browser, flow_id, now, environment_id=environment)
    return with_cookie(attempt, f"/step/{attempt.id}")  # A second attempt, which `adopt` has put already.


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
        return signed_in(pingone.finish_flow(http, custom, attempts, attempt, browser, now))
    action, devices = (*pingone.step_of(flow).actions, "")[0], pingone.devices_of(flow)
    fields = pingone.fields_of(flow, action) if action else ()
    return page(flow.status, problem, 422 if problem else 200, action=action, fields=fields, devices=devices)


@app.get("/callback")
def callback() -> Answer:
    parameters = tuple(request.args.items(multi=True))
    attempt = oidc.take(attempts, parameters, oidc.browser_of(request.cookies), now())
    return signed_in(party_of(attempt).finish(http, attempt, parameters, now))


@app.post("/refresh")
def refresh() -> Answer:
    id = request.cookies.get(SESSION, "")
    if (seen := sessions.get(id)) is not None:
        party_of(seen).refreshed(http, seen, sessions.record(id), now, sessions.lock(id))
    return redirect("/", 303)


@app.post("/sign-off")
def sign_off() -> Answer:
    person = sessions.end(request.cookies.get(SESSION, ""))
    left = party_of(person).sign_off(http, person, "", now) if person else None
    return redirect(left.url if left and left.url else "/signed-off", 303)
