"""Addresses in pages."""

from flask import render_template_string

from config import Settings
from webapp import create_app, wiring
from webapp.store.memory import MemoryStore

ADDRESS = "{{ url_for('help.show', code=code) }}"


def test_addresses_follow_the_place_where_the_application_is_mounted() -> None:
    """The same page under another mount point names other addresses, and other values give other addresses."""
    services = wiring.build(Settings.from_env({"SECRET_KEY": "0123456789abcdefghijklmnopqrstuv"}), store=MemoryStore())
    app, found = create_app(services.settings, services), []
    for root, code in (("", "refused"), ("/inside", "refused"), ("", "flow_expired"), ("", "refused")):
        with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
            found.append(render_template_string(ADDRESS, code=code))
    services.close()
    assert ["/help/refused", "/inside/help/refused", "/help/flow_expired", "/help/refused"] == found


def test_a_relative_name_means_the_page_s_own_part() -> None:
    """The same words on a page of another part of the application name another address."""
    services = wiring.build(Settings.from_env({"SECRET_KEY": "0123456789abcdefghijklmnopqrstuv"}), store=MemoryStore())
    app, found = create_app(services.settings, services), []
    for page in ("/session", "/help/refused"):
        with app.test_request_context(page):
            found.append(render_template_string("{{ url_for('.show', code='x') }}"))
    services.close()
    assert ["/session?code=x", "/help/x"] == found
