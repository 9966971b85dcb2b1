"""The least that a host must do around the copied folders: cookies, attempts, sessions. A visitor is a dictionary."""

import secrets
import time
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

from tests.simulator.page import Forms
from webapp.simulator import CLIENT_ID, CUSTOM_CLIENT_ID, ENVIRONMENT_ID, PASSWORD

PUBLIC = "http://localhost:5000"
CLIENTS = (CLIENT_ID, CUSTOM_CLIENT_ID)


class Record:
    """One stored session, kept as JSON: what comes out was never the object that went in."""

    def __init__(self, theirs, signed_on):
        self.theirs, self.stored, self.saves = theirs, signed_on.to_json(), 0

    def load(self):
        return self.theirs.signed_on.SignedOn.from_json(self.stored) if self.stored else None

    def save(self, renewed):
        if self.stored is None:
            return False
        self.saves += 1
        self.stored = renewed.to_json()
        return True

    def end(self):
        self.stored = None


class Host:
    """Two clients of one environment, one HTTP client, one store of attempts."""

    def __init__(self, theirs, base, http, now=time.time, environment_id=ENVIRONMENT_ID, clients=CLIENTS):
        self.theirs, self.http, self.now = theirs, http, now
        self.attempts = theirs.memory.MemoryAttempts(now)
        issuer = f"{base}/{environment_id}/as"
        self.party, self.page_party = (
            theirs.relying_party.RelyingParty.discovered(
                issuer, theirs.client.Client(client_id), f"{PUBLIC}/callback", http, now,
                post_logout_redirect_uri=f"{PUBLIC}/signed-off",
            )
            for client_id in clients
        )  # fmt: skip

    def ask(self, **more):
        return self.theirs.request.Ask(scope="openid profile", **more)

    def kept(self, visitor, attempt):
        """As a cookie would: the visitor's browser now knows the attempt."""
        self.attempts.put(attempt)
        visitor[attempt.id] = attempt.secret
        return attempt

    def begin(self, visitor, **ask):
        """Hosted: the address to go to."""
        url, attempt = self.party.begin(self.http, self.ask(**ask), self.now)
        self.kept(visitor, attempt)
        return url

    def callback(self, visitor, url):
        """Hosted: the address that came back."""
        parameters = parse_qsl(urlsplit(url).query)
        attempt = self.theirs.attempt.take(self.attempts, parameters, visitor, self.now())
        return self.party.finish(self.http, attempt, parameters, self.now)

    def begin_flow(self, visitor, **ask):
        flow, attempt = self.theirs.flows.begin_flow(self.http, self.party, self.ask(**ask), self.now)
        return flow, self.kept(visitor, attempt)

    def begin_page(self, visitor):
        url, attempt = self.theirs.page.begin_page(self.http, self.page_party, self.ask(), self.now)
        self.kept(visitor, attempt)
        return url

    def adopt(self, visitor, flow_id):
        flow, attempt = self.theirs.page.adopt(self.http, self.attempts, visitor, flow_id, self.now)
        visitor[attempt.id] = attempt.secret
        return flow, attempt

    def act(self, visitor, id, action, **fields):
        attempt = self.theirs.attempt.find(self.attempts, id, visitor, self.now())
        flow, attempt = self.theirs.flows.act(self.http, attempt, action, fields)
        assert self.attempts.replace(attempt)
        return flow

    def finish(self, visitor, id, party=None):
        attempt = self.theirs.attempt.find(self.attempts, id, visitor, self.now())
        return self.theirs.flows.finish_flow(self.http, party or self.party, self.attempts, attempt, visitor, self.now)

    def password(self, visitor, id, username="sharedTestUser", password=PASSWORD):
        return self.act(visitor, id, "usernamePassword.check", username=username, password=password)

    def record(self, signed_on):
        return Record(self.theirs, signed_on)


def at_pingone(url, username="sharedTestUser", public=PUBLIC):
    """What a browser does at PingOne's own page; the address with which it comes back to us."""
    with requests.Session() as browser:
        browser.trust_env = False
        page = browser.get(url, allow_redirects=False)
        for _ in range(10):
            if page.status_code in (302, 303):
                target = urljoin(page.url, page.headers["Location"])
                if target.startswith(public):
                    return target
                page = browser.get(target, allow_redirects=False)
                continue
            form = next(each for each in Forms(page.text).forms if "password" in each["fields"])
            fields = form["fields"] | {"username": username, "password": PASSWORD}
            origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
            page = browser.post(
                urljoin(page.url, form["action"]), data=fields, headers={"Origin": origin}, allow_redirects=False
            )
    raise AssertionError(f"PingOne's page leads nowhere: {page.url}")


def noise():
    """Something that nobody has seen before."""
    return secrets.token_hex(8)
