"""An OpenID Connect relying party for the authorization code flow with PKCE.

Knows no PingOne, no Flask and no storage: every function takes what it needs (`http`, `now`, `token`)
as an argument, so the folder can be copied into another application as it is.
"""
