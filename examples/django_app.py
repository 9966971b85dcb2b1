"""`python -m examples.django_app runserver 8000`, beside `flask --app webapp simulator --port 9000` or with a tenant.

For a tenant set ISSUER, CLIENT_ID and, unless the client is public, CLIENT_SECRET. Visit http://localhost:8000.
Django keeps the sessions and refuses foreign forms. Hosted mode only; a form of your own works as in flask_app.py.
"""

import os
import time
from urllib.parse import urlsplit

import django
import requests
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command, execute_from_command_line
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import path
from django.utils.deprecation import MiddlewareMixin
from django.views.decorators.http import require_POST

from webapp import oidc

HERE = os.environ.get("PUBLIC_URL", "http://localhost:8000")
ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:9000/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/as")
CLIENT_ID = os.environ.get("CLIENT_ID", "d1b1a5cb-6c5f-4b3e-9a38-4a4b8a7a2f10")
SECRET, HTTPS, AFTER = os.environ.get("CLIENT_SECRET", ""), HERE.startswith("https:"), f"{HERE}/signed-off"
PAGE = """<!doctype html><title>Sign-on</title><h1>{{ title }}</h1><p>{{ text }}</p>
{% if person %}<form method="post" action="/refresh">{% csrf_token %}<button>Refresh</button></form>
<form method="post" action="/sign-off">{% csrf_token %}<button>Sign off</button></form>
{% else %}<p><a href="/sign-on/hosted">PingOne's page</a></p>{% endif %}"""

MIDDLEWARE = ["contrib.sessions.middleware.SessionMiddleware", "middleware.csrf.CsrfViewMiddleware"]
settings.configure(
    SECRET_KEY=os.environ.get("SECRET_KEY") or os.urandom(32).hex(), ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=[urlsplit(HERE).hostname], INSTALLED_APPS=["django.contrib.sessions"], SESSION_COOKIE_AGE=8 * 3600,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ.get("DATABASE", "db.sqlite3")}},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    MIDDLEWARE=[*(f"django.{each}" for each in MIDDLEWARE), f"{__name__}.Refusals"], CSRF_TRUSTED_ORIGINS=[HERE],
    SESSION_COOKIE_NAME="__Host-session" if HTTPS else "session", SESSION_COOKIE_SECURE=HTTPS, CSRF_COOKIE_SECURE=HTTPS,
)  # fmt: skip
django.setup()
http, ask, now = requests.Session(), oidc.Ask(scope="openid profile"), time.time  # One session for all is safe.
client = oidc.Client(CLIENT_ID, "client_secret_basic" if SECRET else "none", SECRET)
party = oidc.RelyingParty.discovered(ISSUER, client, f"{HERE}/callback", http, post_logout_redirect_uri=AFTER)
attempts, locks = oidc.MemoryAttempts(now), oidc.MemorySessions()  # More than one process: see redis_store.py.


class Record:
    def __init__(self, request: HttpRequest) -> None:
        self.key = request.session.session_key  # Where the session is stored; the request has only a copy.

    def load(self) -> oidc.SignedOn | None:
        kept = SessionStore(self.key).get("person")
        return oidc.SignedOn.from_json(kept) if kept else None

    def save(self, renewed: oidc.SignedOn) -> bool:
        data = {**SessionStore(self.key).load(), "person": renewed.to_json()}
        return bool(SessionStore().model.objects.filter(pk=self.key).update(session_data=SessionStore().encode(data)))

    def end(self) -> None:
        SessionStore(self.key).delete()


class Refusals(MiddlewareMixin):
    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        refused = isinstance(error, oidc.SignOnError)
        return page(request, f"Not signed on: {error.code}", str(error), error.status) if refused else None


def page(request: HttpRequest, title: str, text: str = "", status: int = 200) -> HttpResponse:
    more = {"title": title, "text": text, "person": request.session.get("person")}
    html = engines["django"].from_string(PAGE).render(more, request)
    return HttpResponse(html, status=status, headers={"Cache-Control": "no-store", "X-Frame-Options": "DENY"})


def home(request: HttpRequest) -> HttpResponse:
    person = Record(request).load()
    return page(request, f"Signed on: {person.claims.get('preferred_username')}" if person else "Who are you?")


def hosted(request: HttpRequest) -> HttpResponse:
    url, attempt = party.begin(http, ask, now)
    attempts.put(attempt)
    answer = HttpResponseRedirect(url, status=303)
    answer.set_cookie(**attempt.cookie(HTTPS))
    return answer


def callback(request: HttpRequest) -> HttpResponse:
    parameters = tuple((name, value) for name, values in request.GET.lists() for value in values)
    attempt = oidc.take(attempts, parameters, oidc.browser_of(request.COOKIES), now())
    person = party.finish(http, attempt, parameters, now)
    request.session.flush()  # A new id: the one from before may be known to others.
    request.session["person"] = person.to_json()
    return HttpResponseRedirect("/", status=303)


@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    record = Record(request)
    if (seen := record.load()) is not None:
        party.refreshed(http, seen, record, now, locks.lock(record.key))
    return HttpResponseRedirect("/", status=303)


@require_POST
def sign_off(request: HttpRequest) -> HttpResponse:
    person = Record(request).load()
    request.session.flush()
    left = party.sign_off(http, person, "", now) if person else None
    return HttpResponseRedirect(left.url if left and left.url else "/signed-off", status=303)


views = {"": home, "signed-off": home, "callback": callback, "sign-on/hosted": hosted}
urlpatterns = [path(at, view) for at, view in {**views, "refresh": refresh, "sign-off": sign_off}.items()]

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    execute_from_command_line()
