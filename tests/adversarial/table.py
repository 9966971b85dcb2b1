"""The OpenID Foundation's tests of a relying party, by number, and what this one does in each; n/a says why not.

A test belongs to a row when the number stands in its name: `test_a37_...` or `[A02-iss-hosted]`. With -v the suite
prints the rows and what was found. The numbers follow the plans Basic, Config, Refresh, RP-initiated, front-channel and
back-channel logout (A01 to A53) and FAPI 2 (A60 to A79): https://openid.net/certification/connect_rp_testing/
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

EXPECTED = {
    "A01": "code flow: signed on, with one discovery, one key set, one token call",
    "A02": "ID token of another issuer: refused",
    "A03": "ID token without sub: refused",
    "A04": "ID token for another audience: refused",
    "A05": "ID token without iat: refused",
    "A06": "one key, no kid anywhere: signed on",
    "A07": "many keys without kid, none in the token: refused, odd keys are passed over",
    "A08": "RS256: signed on",
    "A09": "unsigned ID token: refused, also where metadata list none",
    "A10": "a flipped bit in the signature: refused",
    "A11": "userinfo about another sub: not used",
    "A12": "another nonce: refused",
    "A13": "scopes are asked for and their claims shown",
    "A14": "client secret of odd characters: form-urlencoded, then Basic",
    "A15": "ID token without aud: refused",
    "A16": "ES256: refused",
    "A17": "HS256 with the client secret: refused",
    "A18": "the access token travels in the Authorization header",
    "A19": "and in no form or query",
    "A20": "signed userinfo, which was not asked for: refused",
    "A21": "an answer by POST: 405, as form_post is not asked for",
    "A22": "state, nonce and verifier: fresh for each sign-on",
    "A23": "aggregated claims: passed over",
    "A24": "distributed claims: no call to where they point",
    "A25": "aliases for clients with certificates: passed over",
    "A26": "no request object; request_uri is a pushed one's or absent",
    "A27": "at_hash of another token: refused",
    "A28": "no at_hash: signed on",
    "A29": "c_hash of another code: refused",
    "A30": "endpoints as the discovery document says",
    "A31": "keys where the discovery document says",
    "A32": "the document of another issuer: no request leaves",
    "A33": "keys changed between two sign-ons: fetched again, signed on",
    "A34": "keys changed just before signing: fetched once again, signed on",
    "A35": "n/a: PingOne has no webfinger; the issuer is configured",
    "A36": "n/a: applications are registered in PingOne's console",
    "A37": "sign-on begun elsewhere: our issuer only, a target of ours only",
    "A38": "refresh: the tokens are replaced",
    "A39": "refreshed ID token of another issuer: the session ends",
    "A40": "refreshed ID token about another person: the session ends",
    "A41": "sign-off takes the browser to PingOne, with the hint",
    "A42": "back from sign-off with another state: a page, signed off",
    "A43": "back from sign-off without state: a page, signed off",
    "A44": "logout token: 200, no-store, the session is gone",
    "A45": "unsigned logout token: 400",
    "A46": "logout token without event: 400",
    "A47": "logout token with a nonce: 400",
    "A48": "logout token by another algorithm: 400",
    "A49": "logout token for another audience: 400",
    "A50": "logout token with another event: 400",
    "A51": "logout token of another issuer: 400",
    "A52": "front channel: issuer and sid, or 400",
    "A53": "n/a: polling a frame of PingOne's needs third-party cookies, which browsers dropped",
    "A60": "pushed request: client_id and request_uri alone in the browser",
    "A61": "answer of another issuer: refused, no token call",
    "A62": "answer without the announced issuer: refused, no token call",
    "A63": "another state: refused, no token call",
    "A64": "no state: refused, no token call",
    "A65": "the issuer of the metadata nearly right: refused",
    "A66": "aud wrong, missing: refused; a list of one: signed on",
    "A67": "a second audience: refused, with azp and without",
    "A68": "iss wrong, missing: refused",
    "A69": "exp over, missing: refused",
    "A70": "nonce wrong, missing: refused",
    "A71": "alg none in any spelling: refused",
    "A72": "PS256 by the right key: refused",
    "A73": "token answer without expires_in: signed on",
    "A74": "token_type bEARER: signed on",
    "A75": "401 at userinfo: refreshed and asked again, twice, each time with the newest refresh token",
    "A76": "n/a: no DPoP",
    "A77": "n/a: no open banking, no JARM",
    "A78": "iat of a week ago: refused",
    "A79": "token answer without scope: signed on",
}
NUMBER = re.compile(r"(?<![A-Za-z0-9])[Aa](\d\d)(?![0-9])")


def rows_of(nodeid: str) -> set[str]:
    """The rows that a test is about. `A67-3` in a name is one row, `test_a39_a40_` are two."""
    name = nodeid.rpartition("::")[2].replace("_", " ")
    return {f"A{number}" for number in NUMBER.findall(name)} & EXPECTED.keys()


def lines(outcomes: Iterable[tuple[str, str]]) -> list[str]:
    """The table, from pairs of a test and how it ended: row, expectation, result."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for nodeid, outcome in outcomes:
        for row in rows_of(nodeid):
            found[row][outcome] += 1
    return [f"{row}  {expected:95} {_result(expected, found[row])}" for row, expected in EXPECTED.items()]


def _result(expected: str, counted: Counter[str]) -> str:
    if expected.startswith("n/a"):
        return "-"
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(counted.items())) or "not run"
