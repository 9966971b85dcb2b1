"""`uvicorn examples.fastapi_app:app --port 8000`, beside `flask --app webapp simulator --port 9000` or with a tenant.
For a tenant set ISSUER, CLIENT_ID and, unless the client is public, CLIENT_SECRET. Visit http://localhost:8000."""

import os
import time
from asyncio import to_thread
from urllib.parse import parse_qsl

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Template

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


async def same_site(request: Request) -> None:
    if request.method == "POST" and request.headers.get("Origin") != HERE:
        raise HTTPException(403)


app = FastAPI(dependencies=[Depends(same_site)], openapi_url=None)
http, ask, now = oidc.RequestsHttp(), oidc.Ask(scope="openid profile"), time.time  # Synchronous: hence to_thread.
client = oidc.Client(CLIENT_ID, "client_secret_basic" if SECRET else "none", SECRET)
party = oidc.RelyingParty.discovered(ISSUER, client, f"{HERE}/callback", http, post_logout_redirect_uri=AFTER)
attempts, sessions = oidc.MemoryAttempts(now), oidc.MemorySessions()  # More than one process: see redis_store.py.


def begun(attempt: oidc.Attempt, url: str) -> Response:
    attempts.put(attempt)
    answer = RedirectResponse(url, 303)
    answer.set_cookie(**attempt.cookie(HTTPS))
    return answer


def signed_in(request: Request, person: oidc.SignedOn) -> Response:
    id, answer = sessions.begin(person, request.cookies.get(SESSION, "")), RedirectResponse("/", 303)
    answer.set_cookie(SESSION, id, httponly=True, samesite="lax", secure=HTTPS)
    return answer


def page(title: str, text: str = "", status: int = 200, **more: object) -> Response:
    return HTMLResponse(Template(PAGE, autoescape=True).render(title=title, text=text, **more), status, SAFE)


@app.exception_handler(oidc.SignOnError)
async def refused(request: Request, error: oidc.SignOnError) -> Response:
    return page(f"Not signed on: {error.code}", error.said.error if error.said else error.detail, error.status)


@app.get("/")
@app.get("/signed-off")
async def home(request: Request) -> Response:
    person = sessions.get(request.cookies.get(SESSION, ""))
    return page(f"Signed on: {person.claims.get('preferred_username')}" if person else "Who are you?", person=person)


@app.get("/sign-on/hosted")
async def hosted() -> Response:
    url, attempt = await to_thread(party.begin, http, ask, now)
    return begun(attempt, url)


@app.get("/callback")
async def callback(request: Request) -> Response:
    parameters = tuple(request.query_params.multi_items())
    attempt = oidc.take(attempts, parameters, oidc.browser_of(request.cookies), now())
    return signed_in(request, await to_thread(party.finish, http, attempt, parameters, now))


@app.get("/sign-on/form")
async def form() -> Response:
    _, attempt = await to_thread(pingone.begin_flow, http, party, ask, now)
    return begun(attempt, f"/step/{attempt.id}")


@app.api_route("/step/{id}", methods=["GET", "POST"])
async def step(id: str, request: Request) -> Response:
    browser, problem = oidc.browser_of(request.cookies), ""
    attempt = oidc.find(attempts, id, browser, now())
    if request.method == "POST":
        fields = dict(parse_qsl((await request.body()).decode()))
        try:
            _, attempt = await to_thread(pingone.act, http, attempt, fields.get("action", ""), fields)
            attempts.replace(attempt)
        except pingone.FlowRefused as again:
            problem = again.problem.first_code
    if (flow := pingone.flow_of(attempt)).finished:
        return signed_in(request, await to_thread(pingone.finish_flow, http, party, attempts, attempt, browser, now))
    action, devices = (*pingone.step_of(flow).actions, "")[0], pingone.devices_of(flow)
    members = pingone.fields_of(flow, action) if action else ()
    return page(flow.status, problem, 422 if problem else 200, action=action, fields=members, devices=devices)


@app.post("/refresh")
async def refresh(request: Request) -> Response:
    id = request.cookies.get(SESSION, "")
    if (seen := sessions.get(id)) is not None:
        await to_thread(party.refreshed, http, seen, sessions.record(id), now, sessions.lock(id))
    return RedirectResponse("/", 303)


@app.post("/sign-off")
async def sign_off(request: Request) -> Response:
    person = sessions.end(request.cookies.get(SESSION, ""))
    left = await to_thread(party.sign_off, http, person, "", now) if person else None
    return RedirectResponse(left.url if left and left.url else "/signed-off", 303)
