"""This application's use cases: the copied relying party, with a story around it, a sealed store and limits.

`sign_on` has the three modes, `session_use` and `sign_offs` what follows. The order of the checks is not
here: it is `webapp/oidc/relying_party.py`.
"""
