"""An authorization response as the page that `response_mode=form_post` asks for, read by our server.

In custom page mode our server calls resume. PingOne then hands it the page that would post itself from a browser:
https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html#FormPostResponseMode
"""

from html.parser import HTMLParser

from ..oidc.checks import Check
from ..oidc.errors import ProviderError
from ..oidc.response import Parameters
from .errors import ResumeForeignLocation

SOURCE = "https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html#FormPostResponseMode"
LONGEST = 65_536


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, str]] = []
        self.fields: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in reversed(attrs)}  # The first of a repeated attribute counts.
        if tag == "form":
            self.forms.append((found.get("method", "").lower(), found.get("action", "")))
        if tag == "input" and found.get("type", "").lower() == "hidden" and self.forms:
            self.fields.append((found.get("name", ""), found.get("value", "")))


def form_answer(page: bytes, redirect_uri: str) -> Parameters:
    """Return the hidden fields of a page whose one form posts to exactly our redirect URI.

    Raises `ResumeForeignLocation` when it posts elsewhere, `ProviderError` when the page is no such page.
    """
    if len(page) > LONGEST:
        raise ProviderError("resume answered with a page that is too long")
    parser = _Forms()
    parser.feed(page.decode("utf-8", "replace"))
    parser.close()
    if len(parser.forms) != 1 or parser.forms[0][0] != "post":
        raise ProviderError("resume answered with a page that is not one form to post")
    action = parser.forms[0][1]
    if action != redirect_uri:
        check = Check("Location", redirect_uri, action[:200] or "absent", False, SOURCE)
        raise ResumeForeignLocation("the form of the resume answer leads elsewhere", check=check, checks=(check,))
    return tuple(parser.fields)
