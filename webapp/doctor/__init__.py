"""The doctor: what is wrong between this application, its settings and PingOne, in one run.

Each finding says what was looked at, what was found, and the field to change, in the PingOne console or among our
settings. Looking changes nothing that lasts: the client is tried with a code that was never issued, and sign-ons that
nobody goes on with end by themselves after 15 minutes.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from config import Settings

from ..oidc.http import HttpClient
from ..registered import clients
from .application import look_at_application
from .asking import Asking
from .ends_2027 import look_at_tokens
from .finding import Finding
from .groups import look_at_groups
from .here import look_here
from .offers import look_at_sign_off
from .reach import look_there

__all__ = ["Finding", "examine"]


def examine(
    settings: Settings,
    http: HttpClient,
    examine_store: Callable[[], list[str] | None],
    now: Callable[[], float],
    tokens: Mapping[str, str] | None = None,
    claims: Mapping[str, Any] | None = None,
) -> list[Finding]:
    """Look at everything and return every finding; raises nothing for what it finds.

    `http` may reach PingOne only; `examine_store` raises `StoreUnavailable` if the store cannot be used, and returns
    what to know about one that works; `now` is seconds since 1970, UTC; `tokens` are those of somebody who is signed
    on: `id_token`, `access_token` and `refresh_token`; `claims` are those of the same person's ID token.
    """
    findings = [*look_here(settings, examine_store)]
    for found in look_there(settings, http, now()):
        if isinstance(found, Finding):
            findings.append(found)
            continue
        client, custom = clients(settings)
        pushes = settings.par == "on" or (settings.par == "auto" and found.par_required)
        asking = Asking(settings, http, found, client, now(), pushes)
        findings += look_at_application(asking, "", own_page=False)
        if custom.client_id != client.client_id:
            other = replace(asking, client=custom)
            findings += look_at_application(other, " (own sign-on page)", own_page=True)
        findings += look_at_sign_off(asking)
    groups = look_at_groups(claims, settings.groups_claim) if claims is not None else ()
    return [*findings, *groups, *look_at_tokens(tokens or {})]
