"""A browser, played: from an authorization URL to the application's redirect URI, without a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from werkzeug.test import Client


def sign_on(
    browser: Client, base_url: str, environment_url: str, authorization_url: str, username: str, password: str
) -> str:
    """Where the application is called back. Raises ValueError for whatever needs a person, or never comes back."""
    if not authorization_url.startswith(f"{environment_url}/as/authorize?"):
        raise ValueError(f"the authorization URL does not begin with {environment_url}/as/authorize?")

    def get(url: str) -> str:
        """Where the answer leads, empty when it is a page."""
        return browser.get(url.removeprefix(base_url), base_url=base_url).location or ""

    def act(action: str, body: Mapping[str, Any]) -> None:
        path = f"{environment_url.removeprefix(base_url)}/flows/{flow_id}"
        media_type = f"application/vnd.pingidentity.{action}+json"
        flow = browser.post(path, base_url=base_url, data=json.dumps(body), content_type=media_type).get_json()
        status = flow.get("status", flow.get("code"))
        if status == "DEVICE_SELECTION_REQUIRED":
            act("device.select", {"device": {"id": flow["_embedded"]["devices"][0]["id"]}})
        elif status == "OTP_REQUIRED":
            inbox = browser.get("/inbox", base_url=base_url, headers={"Accept": "application/json"}).get_json()
            act("otp.check", {"otp": inbox["messages"][0]["code"]})
        elif status not in ("COMPLETED", "FAILED"):
            detail = (flow.get("details") or [{}])[0].get("message", "")
            raise ValueError(f"the sign-on waits for a person: {status} {detail}".rstrip())

    location = get(authorization_url)
    flow_id = parse_qs(urlsplit(location).query).get("flowId", [""])[0]
    if flow_id:
        act("usernamePassword.check", {"username": username, "password": password})
        location = get(f"{environment_url}/as/resume?flowId={flow_id}")
    if not location or location.startswith(f"{environment_url}/"):
        raise ValueError(f"the application was not called back: {location or 'the answer is a page'}")
    return location
