"""A walk over every address that is read: what acts on a GET says so where its route is."""

from tests.sessions.conftest import Site
from webapp.views import marks

READS = {"get", "touch", "probe", "ping"}
VALUES = {"handle": "a-handle", "trace_id": "a-story", "id": "a-story", "code": "refused", "name": "none",
          "filename": "site.css"}  # fmt: skip


def test_a_get_that_acts_says_so(site: Site) -> None:
    """Whatever an unmarked address does for somebody who is signed on, it writes nothing and asks PingOne nothing."""
    app = site.app(FRONT_CHANNEL_SIGN_OFF="on", BACK_CHANNEL_SIGN_OFF="on")
    browser = site.signed_on(app=app)
    browser.get("/sign-on/prepare")  # Metadata, which any page may need first.
    acting, asked = set(), {}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        with app.app_context():
            if marks.acts_on_get.of(rule.endpoint) or marks.acts_in_a_frame.of(rule.endpoint):
                acting.add(rule.endpoint)
                continue
        site.store.calls.clear()
        site.provider.ledger.clear()
        with app.test_request_context(base_url=browser.public_url):
            path = app.url_for(rule.endpoint, **{name: VALUES[name] for name in rule.arguments})
        with browser.client.get(path, base_url=browser.public_url) as answer:
            answer.get_data()
        writes = [call for call in site.store.calls if call.split()[0] not in READS]
        if writes or site.provider.ledger.calls or answer.status_code >= 500:
            asked[path] = (answer.status_code, writes, site.provider.ledger.calls)
    assert {} == asked
    starts = {f"sign_on.{name}" for name in
              ("hosted", "redirectless", "custom", "page", "callback", "resume", "initiate")}  # fmt: skip
    assert {*starts, "pingone_sign_off.front_channel"} <= acting
