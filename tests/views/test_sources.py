"""What the documents behind our checks are called on a page."""

import re
from pathlib import Path

import pytest

from webapp.trace import explanation
from webapp.views.rules import RULES
from webapp.views.sources import SECTIONS, source_name

RFC = "https://www.rfc-editor.org/rfc"
OPENID = "https://openid.net/specs/openid-connect"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (f"{RFC}/rfc9700#section-4.7", "RFC 9700, section 4.7"),
        (f"{RFC}/rfc7636.html", "RFC 7636"),
        (f"{OPENID}-core-1_0.html#NonceNotes", "OpenID Connect Core 1.0, section 15.5.2"),
        (f"{RFC}/rfc6749#appendix-A.11", "RFC 6749, appendix A.11"),
        (f"{OPENID}-core-1_0.html#acrSemantics", "OpenID Connect Core 1.0, section 5.5.1.1"),
        (f"{OPENID}-backchannel-1_0.html#Validation", "OpenID Connect Back-Channel Logout 1.0, section 2.6"),
        (f"{OPENID}-core-1_0.html#Unlisted", "OpenID Connect Core 1.0"),
        (f"{OPENID}-core-1_0.html", "OpenID Connect Core 1.0"),
        (f"{OPENID}-rpinitiated-1_0.html", "OpenID Connect RP-Initiated Logout 1.0"),
        ("https://developer.pingidentity.com/pingone-api/auth/flows.html", "PingOne: flows"),
        ("https://example.com/elsewhere", "example.com"),
        ("our own rule", "our own rule"),
        ("", ""),
    ],
)
def test_a_source_is_called_by_its_document(source: str, name: str) -> None:
    """A known document by its name and section, any other by its host, a text that is no address as it is."""
    assert name == source_name(source)


def test_every_section_of_openid_that_the_code_names_has_a_number() -> None:
    """A reader meets `3.1.3.7` and not `IDTokenValidation`, in checks, explanations and rules."""
    code = "".join(path.read_text() for path in Path(explanation.__file__).parents[1].rglob("*.py"))
    checks = re.findall(r"f\"\{(?:CORE|DISCOVERY)\}#(\w+)\"|\"https://openid\.net/specs/[\w.-]+#(\w+)\"", code)
    named = {found for pair in checks for found in pair if found}
    assert len(named) > 15
    assert set() == named - SECTIONS.keys()


def test_a_link_of_a_rule_or_an_explanation_names_its_section() -> None:
    """A link into a document says where, and an explanation calls it as a check does."""
    documents = [found for found in vars(explanation).values() if isinstance(found, tuple)]
    for name, url in [*documents, *((source_name(rule.source_url), rule.source_url) for rule in RULES)]:
        if "#" in url and "w3.org" not in url:
            assert source_name(url) == name
            assert re.search(r", (?:section|appendix) [\dA]", name), url
