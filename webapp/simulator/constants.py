"""The names that a visitor and the relying party may rely on. This module imports nothing."""

ENVIRONMENT_ID = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
ORGANIZATION_ID = "c3a3f0a6-2f1d-4d8b-9f0e-6a6d5c1f7b52"
REGION = "NA"

#: ``UseCasePKCEApp``: a public client, S256 required, PingOne draws the sign-on page.
CLIENT_ID = "d1b1a5cb-6c5f-4b3e-9a38-4a4b8a7a2f10"
#: ``UseCasePKCEApp custom page``: the same, with the relying party's own ``loginPageUrl``.
CUSTOM_CLIENT_ID = "5f0c2d0e-93c1-4f39-8a77-2f2f7d0b6c11"
#: ``UseCaseBrowserApp``: a public client that runs in the browser, so PingOne lets scripts of its origins in.
BROWSER_CLIENT_ID = "7c1e3a5d-2f4b-4d6a-8e90-1b3c5d7f9a12"
#: Where such a client usually lives on a developer's machine: the first is that of Ping's own sample applications.
BROWSER_ORIGINS = ("http://localhost:8443", "http://127.0.0.1:8443")

#: The published password of every demo user.
PASSWORD = "PingOne-2026!"

#: (user name, what happens when that user signs on)
DEMO_USERS: tuple[tuple[str, str], ...] = (
    ("sharedTestUser", "signs on"),
    ("mfaTestUser", "chooses a device, then enters a one-time passcode (shown in the inbox)"),
    ("changeTestUser", "must change the password"),
    ("expiredTestUser", "has an expired password"),
    ("lockedTestUser", "is locked out"),
    ("disabledTestUser", "has a disabled account"),
    ("agreementTestUser", "must accept an agreement"),
    ("profileTestUser", "must add profile data"),
    ("otpTestUser", "has one device only, so a one-time passcode is asked for right after the password"),
    ("namelessTestUser", "signs on; the directory knows no name of this user"),
)
