"""The words of docs/quickstart.md: what the table is, and each case that the quickstart lets through."""

OUTCOMES = ("signed on", "led elsewhere", "broken", "refused")
DID = {"signed on": "signs the visitor on", "led elsewhere": "sends the visitor there"}
INTRODUCTION = """# What a quickstart does not check

[`examples/authlib_quickstart.py`](../examples/authlib_quickstart.py) is Authlib's Flask quickstart with PKCE switched
on: what most people would write, and a fair start. It is given the poisoned answers of our adversarial tests, in hosted
mode, and so is [`examples/flask_app.py`](../examples/flask_app.py), which uses the copied core. The command
`python -m tests.examples.table` writes this page, and a test fails when it is out of date.
"""
AFTER_NUMBERS = """
"Error 500" is a refusal too: nobody is signed on, but the visitor sees a crash and the log a stack trace. Not every row
below is an attack by itself; each is an answer that the specifications or PingOne's documentation rule out. What an
attacker makes of such gaps is shown in [attacks.md](attacks.md). Beyond this table, the quickstart keeps claims in a
cookie that can be read, never renews or revokes a token, leaves PingOne's session open at sign-off, and signs off by a
link.

## What it lets through
"""
PLACES = {
    "foreign": "is at a host that is not the issuer's",
    "port": "is at another port",
    "user": "contains user information",
    "evil": "is at another domain",
    "file": "is a `file:` URL",
    "number": "is a number",
}
WORDS = {
    "A65-issuer-missing": "there is no `issuer`",
    "R9700-no-s256": "PKCE with S256 is not supported",
    "A61-iss": "`iss` names another issuer (RFC 9207)",
    "A61-iss-slash": "`iss` has a slash too many",
    "A61-iss-empty": "`iss` is empty",
    "A62-iss-removed": "`iss` was announced and is missing",
    "id-token-in-response": "an ID token is in the URL",
    "access-token-in-response": "an access token is in the URL",
    "jarm": "there is a second, signed response beside the first",
    "code-twice": "`code` occurs twice",
    "iss-twice": "`iss` occurs twice",
    "access-token-missing": "there is no access token",
    "access-token-empty": "the access token is empty",
    "refresh-token-list": "the refresh token is a list",
    "scope-list": "`scope` is a list",
    "token-type-missing": "there is no `token_type`",
    "token-type-mac": "`token_type` is MAC",
    "token-type-dpop": "`token_type` is DPoP, which was not asked for",
    "token-type-number": "`token_type` is a number",
    "expires-in-text": "`expires_in` is a string",
    "expires-in-true": "`expires_in` is `true`",
    "expires-in-negative": "`expires_in` is negative",
    "expires-in-huge": "`expires_in` is 1e300",
    "surrogate": "a string is not Unicode",
    "201": "the status is 201",
    "204": "the status is 206",
    "sub-empty": "`sub` is empty",
    "aud-empty-list": "`aud` is an empty list",
    "A67-aud-second-azp": "`aud` names another application too",
    "azp-null": "`azp` is null",
    "A78-iat-week": "the token was issued a week ago",
    "exp-minute-past": "the token expired a minute ago",
    "exp-1e300": "`exp` is 1e300",
    "A27-at-hash-null": "`at_hash` is null",
    "A29-c-hash": "`c_hash` belongs to another code",
    "A72-ps256": "the algorithm is PS256, which PingOne does not use",
    "typ-logout": "the token is a logout token by its `typ`",
    "typ-access": "the token is an access token by its `typ`",
    "forty-kilobytes": "the token is longer than 40,000 characters",
}
