"""This application as PingOne knows it: one client, or two where the custom sign-on page has its own."""

from dataclasses import dataclass

from ..oidc.attempt import Attempt
from ..oidc.errors import SignOnUnknown
from ..oidc.relying_party import RelyingParty


@dataclass(frozen=True)
class Parties:
    """The relying party of each mode. Both are at one provider and share its metadata and keys."""

    main: RelyingParty
    custom: RelyingParty
    """The client whose Signon URL is our page; the same one where the tenant has only one."""
    environment_id: str = ""
    approving: RelyingParty | None = None
    """The one that asks for approvals: only a client with a secret or a key can sign what is approved."""
    response_mode: str = ""
    """`form_post`, or empty for the query: how the answer to hosted and custom page mode comes."""

    def of_mode(self, mode: str) -> RelyingParty:
        """Return the one that signs on in this mode."""
        return self.custom if mode == "custom" else self.main

    def of_client(self, client_id: str) -> RelyingParty:
        """Return the one to which tokens belong."""
        if self.approving and client_id == self.approving.client.client_id:
            return self.approving
        return self.custom if client_id == self.custom.client.client_id else self.main

    def of_attempt(self, attempt: Attempt) -> RelyingParty:
        """Return the one that began an attempt. Raises `SignOnUnknown` when the settings have changed since."""
        party = self.of_client(attempt.client_id)
        if not party.began(attempt):
            raise SignOnUnknown("the settings have changed since this attempt began")
        return party

    @property
    def client_ids(self) -> tuple[str, str]:
        """Both, for what PingOne sends to either."""
        return self.main.client.client_id, self.custom.client.client_id
