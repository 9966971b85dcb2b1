"""What the documents behind our checks are called on a page."""

import pytest

from webapp.views.sources import source_name

RFC = "https://www.rfc-editor.org/rfc"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (f"{RFC}/rfc9700#section-4.7", "RFC 9700 section 4.7"),
        (f"{RFC}/rfc7636.html", "RFC 7636"),
        ("https://openid.net/specs/openid-connect-core-1_0.html#NonceNotes", "OpenID Connect Core 15.5.2"),
        (f"{RFC}/rfc6749#appendix-A.11", "RFC 6749 appendix A.11"),
        ("https://openid.net/specs/openid-connect-core-1_0.html#acrSemantics", "OpenID Connect Core 5.5.1.1"),
        ("https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation", "Back-Channel Logout 2.6"),
        ("https://openid.net/specs/openid-connect-core-1_0.html#Unlisted", "OpenID Connect Core Unlisted"),
        ("https://openid.net/specs/openid-connect-core-1_0.html", "OpenID Connect Core"),
        ("https://openid.net/specs/openid-connect-rpinitiated-1_0.html", "RP-Initiated Logout"),
        ("https://developer.pingidentity.com/pingone-api/auth/flows.html", "PingOne: flows"),
        ("https://example.com/elsewhere", "example.com"),
        ("our own rule", "our own rule"),
        ("", ""),
    ],
)
def test_a_source_is_called_by_its_document(source: str, name: str) -> None:
    """A known document by its name and section, any other by its host, a text that is no address as it is."""
    assert name == source_name(source)
