"""Every fault that a visitor can choose. ``refusal`` uses the relying party's error codes."""

from __future__ import annotations

from .faults import APPROVAL, DISCOVERY, KEYS, REFRESH, Fault

_ID_TOKEN = "ID token"
_SIGNATURE = "Signature and keys"
_RESPONSE = "Authorization response"
_TOKENS = "Token endpoint"
_FLOW = "Flow and resume"
_USER = "After sign-on"
_METADATA = "Metadata"

_CLAIM = "id_token_claim"
_SIGNED = "id_token_signature"
_OUTAGE = "provider_error"
_API = "Access token and API"
_CALLED = "The sign-on works, the orders API refuses."
_ASKED = "Choose it, sign on, then ask for UserInfo."
_SERVER_ONLY = "Seen where the application's server drives the flow: redirectless and custom."

CATALOGUE: tuple[Fault, ...] = (
    Fault("nonce_wrong", "Wrong nonce", "The ID token carries another nonce than the request.", _CLAIM, _ID_TOKEN),
    Fault("nonce_missing", "No nonce", "The ID token carries no nonce.", _CLAIM, _ID_TOKEN),
    Fault("issuer_wrong", "Wrong issuer", "iss has one extra character.", _CLAIM, _ID_TOKEN),
    Fault("audience_wrong", "Wrong audience", "aud is another application.", _CLAIM, _ID_TOKEN),
    Fault("audience_extra", "Extra audience", "aud names a second application that nobody trusts.", _CLAIM, _ID_TOKEN),
    Fault("azp_wrong", "Wrong authorized party", "azp is another application.", _CLAIM, _ID_TOKEN),
    Fault("subject_missing", "No subject", "The ID token does not say who signed on.", _CLAIM, _ID_TOKEN),
    Fault("id_token_expired", "Expired ID token", "exp is ten minutes ago.", _CLAIM, _ID_TOKEN),
    Fault("expiry_missing", "No expiry", "The ID token has no exp.", _CLAIM, _ID_TOKEN),
    Fault("issued_long_ago", "Issued a week ago", "iat is seven days ago: an old token.", _CLAIM, _ID_TOKEN),
    Fault("issued_in_future", "Issued in the future", "iat is ten minutes ahead.", _CLAIM, _ID_TOKEN),
    Fault("clock_ahead", "PingOne's clock is ahead", "Every time in it is ten minutes ahead.", _CLAIM, _ID_TOKEN),
    Fault("clock_slightly_ahead", "A clock ten seconds ahead", "Within the usual tolerance: works.", "", _ID_TOKEN),
    Fault("at_hash_wrong", "Wrong at_hash", "The ID token belongs to another access token.", _CLAIM, _ID_TOKEN),
    Fault("auth_time_nonsense", "Nonsense auth_time", "Divided by 1000 once too often, as seen in the wild: works "
          "unless max_age was asked for.", "", _ID_TOKEN),
    Fault("acr_downgraded", "Another policy", "acr is Single_Factor, whatever was asked for: works unless acr_values "
          "was sent, as a step-up does.", "", _ID_TOKEN),
    Fault("signed_on_long_ago", "Signed on two hours ago", "auth_time is two hours earlier: works unless a fresher "
          "sign-on was asked for.", "", _ID_TOKEN),
    Fault("groups_missing", "No groups", "The application maps no group names: the sign-on works, guarded pages "
          "refuse.", "", _ID_TOKEN),
    Fault("groups_text", "Groups as a string", "groups is one string that contains the group's name: the sign-on "
          "works, guarded pages refuse.", "", _ID_TOKEN),
    Fault("signature_wrong", "Broken signature", "One bit of the signature is flipped.", _SIGNED, _SIGNATURE),
    Fault("alg_none", "alg: none", "The ID token is not signed at all.", _SIGNED, _SIGNATURE),
    Fault("alg_hs256", "alg: HS256", "Signed with a secret made of the published certificate.", _SIGNED, _SIGNATURE),
    Fault("kid_unknown", "Unknown key", "The key id is in no key set.", _SIGNED, _SIGNATURE),
    Fault("key_rotated", "Rotated key", "A new key signs; fetching the key set again finds it: works, "
          "but not within ten seconds of the last such fetch.", "", _SIGNATURE),
    Fault("state_changed", "Changed state", "One character more than was sent.", "state_mismatch", _RESPONSE),
    Fault("state_dropped", "No state", "The response carries no state. Applies to hosted and custom mode.",
          "state_mismatch", _RESPONSE),
    Fault("response_issuer_wrong", "Foreign issuer", "iss is another issuer.", "issuer_mismatch", _RESPONSE),
    Fault("error_and_code", "Error and code", "The response carries both.", "response_malformed", _RESPONSE),
    Fault("code_twice", "Two codes", "The response carries two different codes. Applies to hosted and custom mode.",
          "response_malformed", _RESPONSE),
    Fault("response_without_code", "Neither code nor error", "The response carries only state.",
          "response_malformed", _RESPONSE),
    Fault("access_denied", "Access denied", "The response is error=access_denied.", "refused", _RESPONSE),
    Fault("code_expired", "Expired code", "The token endpoint answers invalid_grant.", "token_refused", _TOKENS),
    Fault("invalid_client", "Client refused", "The token endpoint answers invalid_client.", "token_refused", _TOKENS),
    Fault("token_slow", "Slow token endpoint", "It takes ten seconds to answer.", "provider_unreachable", _TOKENS),
    Fault("token_500", "Token endpoint fails", "It answers 500.", _OUTAGE, _TOKENS),
    Fault("token_html", "Token endpoint answers HTML", "200 with a page instead of JSON.", _OUTAGE, _TOKENS),
    Fault("token_429", "Too many requests", "429 with Retry-After: 30.", _OUTAGE, _TOKENS),
    Fault("token_redirect", "Token endpoint redirects", "307 to another address, which must not get the code.",
          _OUTAGE, _TOKENS),
    Fault("scope_not_granted", "Fewer scopes", "The answer grants openid alone: works, pages that want more refuse.",
          "", _TOKENS),
    Fault("token_list", "Not an object", "The JSON is a list.", _OUTAGE, _TOKENS),
    Fault("token_type_wrong", "Other token type", "token_type is mac.", _OUTAGE, _TOKENS),
    Fault("id_token_missing", "No ID token", "The token answer has no id_token.", _OUTAGE, _TOKENS),
    Fault("flow_not_found", "Flow gone", f"404: the flow has expired. {_SERVER_ONLY}", "flow_expired", _FLOW),
    Fault("flow_failed", "Flow fails", "Right credentials, then FAILED with server_error.", "refused", _FLOW),
    Fault("flow_html", "Flow answers HTML", f"200 with a page instead of JSON. {_SERVER_ONLY}", _OUTAGE, _FLOW),
    Fault("flow_429", "Flow throttled", f"429 with Retry-After: 30. {_SERVER_ONLY}", _OUTAGE, _FLOW),
    Fault("cookie_missing", "No session token", f"The flow completes without an ST cookie. {_SERVER_ONLY}",
          "resume_no_cookie", _FLOW),
    Fault("locked_older_form", "Locked, older form", "lockedTestUser gets 400 PASSWORD_LOCKED_OUT instead of FAILED.",
          "flow_refused", _FLOW),
    Fault("resume_elsewhere", "Resume leads elsewhere", f"302 to an address that is not registered. {_SERVER_ONLY}",
          "resume_foreign_location", _FLOW),
    Fault("resume_html", "Resume answers HTML", f"200 with a page instead of JSON. {_SERVER_ONLY}", _OUTAGE, _FLOW),
    Fault("resume_500", "Resume fails", f"It answers 500. {_SERVER_ONLY}", _OUTAGE, _FLOW),
    Fault("userinfo_subject", "Another subject", f"UserInfo is about somebody else. {_ASKED}",
          "subject_changed", _USER),
    Fault("userinfo_500", "UserInfo fails", f"It answers 500. {_ASKED}", _OUTAGE, _USER),
    Fault("userinfo_html", "UserInfo answers HTML", f"200 with a page, not JSON. {_ASKED}", _OUTAGE, _USER),
    Fault("refresh_subject", "Refresh changes the subject", "The refreshed ID token is about somebody else.",
          "subject_changed", _USER, REFRESH),
    Fault("refresh_refused", "Refresh refused", "It is answered with invalid_grant.", "session_ended", _USER, REFRESH),
    Fault("another_person", "Another person approves", "The ID token of a transaction approval is about somebody else.",
          "subject_changed", _USER, APPROVAL),
    Fault("access_is_id_token", "ID token for access token", f"The access token is an ID token. {_CALLED}", "", _API),
    Fault("access_audience_wrong", "Another API's token", f"aud is another API. {_CALLED}", "", _API),
    Fault("access_issuer_wrong", "Another issuer's token", f"iss is another issuer. {_CALLED}", "", _API),
    Fault("access_expired", "Expired access token", f"exp is ten minutes ago. {_CALLED}", "", _API),
    Fault("access_scope_missing", "No scope in the token", f"The answer grants it, the token lacks it. {_CALLED}",
          "", _API),
    Fault("discovery_foreign_issuer", "Foreign issuer in discovery", "The document belongs to another issuer. Metadata "
          "is cached: it shows when it is next fetched.", "metadata_invalid", _METADATA, DISCOVERY),
    Fault("discovery_foreign_endpoint", "Foreign token endpoint", "Discovery sends codes to another host. Shows when "
          "metadata is next fetched.", "metadata_invalid", _METADATA, DISCOVERY),
    Fault("discovery_plain", "PKCE without S256", "Discovery offers plain alone. Shows when metadata is next fetched.",
          "metadata_invalid", _METADATA, DISCOVERY),
    Fault("discovery_html", "Discovery answers HTML", "Shows when metadata is next fetched, if no copy is kept.",
          _OUTAGE, _METADATA, DISCOVERY),
    Fault("keys_500", "Key set fails", "It answers 500. Shows when the keys are next fetched, if no copy is kept.",
          _OUTAGE, _METADATA, KEYS),
)
#: What an application fetches once for all its visitors can fail for one of them only if it says for whom it fetches.
OF_ONE_VISITOR = tuple(fault for fault in CATALOGUE if fault.scope not in (DISCOVERY, KEYS))
BY_NAME = {fault.name: fault for fault in CATALOGUE}
GROUPS = tuple(dict.fromkeys(fault.group for fault in CATALOGUE))
