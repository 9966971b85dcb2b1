"""What each action of a flow does and why, by the name that its media type carries."""

from collections.abc import Mapping

from .explanation import FLOW_ACTIONS, Explanation


def _action(title: str, what: str, why: str) -> Explanation:
    return Explanation(title, what, why, FLOW_ACTIONS)


ACTIONS: Mapping[str, Explanation] = {
    "usernamePassword.check": _action(
        "Send user name and password",
        "The application passes user name and password on to the flow.",
        "If they are right PingOne answers with the next step and sets the ST cookie, which our server keeps "
        "for resume.",
    ),
    "user.lookup": _action(
        "Send the user name first",
        "The application sends the flow the user name of the person who wants to sign on.",
        "The policy asks for the identifier first, so that PingOne can choose how this user proves who they are.",
    ),
    "session.reset": _action(
        "Start over as another user",
        "The application asks the flow to forget the user.",
        "Once a user belongs to a flow PingOne refuses another user’s name until the flow is reset.",
    ),
    "password.forgot": _action(
        "Forgot the password",
        "The application asks the flow to begin a password recovery.",
        "PingOne sends a recovery code to the address that it knows, never to one that is typed here.",
    ),
    "password.sendRecoveryCode": _action(
        "Send another recovery code",
        "The application asks for a new recovery code.",
        "A recovery code lives for five minutes.",
    ),
    "password.recover": _action(
        "Recover, with a new password",
        "The application passes the recovery code and the new password on to the flow.",
        "The code proves access to the user’s mailbox.",
    ),
    "password.reset": _action(
        "Change the password",
        "The application passes the old and the new password on to the flow.",
        "The password has expired or must be changed, and the sign-on goes on only after that.",
    ),
    "user.register": _action(
        "Register a new user",
        "The application passes the data of a new user on to the flow.",
        "The policy lets people register themselves.",
    ),
    "user.verify": _action(
        "Verify the mail address",
        "The application passes the verification code on to the flow.",
        "The code proves that the mail address is the user’s own.",
    ),
    "user.sendVerificationCode": _action(
        "Send another verification code",
        "The application asks for a new verification code.",
        "The first one may have been lost or be too old.",
    ),
    "user.update": _action(
        "Complete the profile",
        "The application passes the missing profile data on to the flow.",
        "The policy wants to know more about the user before the sign-on goes on.",
    ),
    "user.confirm": _action(
        "Confirm the account",
        "The application confirms that an account found elsewhere is the user’s own.",
        "Linking accounts without asking would let one identity provider take over another’s users.",
    ),
    "user.consent": _action(
        "Answer the agreement",
        "The application passes the user’s decision on to the flow.",
        "The policy goes on only with the user’s consent.",
    ),
    "device.select": _action(
        "Choose a device",
        "The application selects which of the user’s devices the flow is to use.",
        "The second factor goes to that device: a passcode or a push message.",
    ),
    "otp.check": _action(
        "Send the one-time passcode",
        "The application passes the passcode on to the flow.",
        "It proves that the user has the device as well as the password.",
    ),
    "assertion.check": _action(
        "Send the security key’s answer",
        "The application passes the FIDO2 assertion on to the flow.",
        "The key signs for one origin only, so it cannot be used through another site.",
    ),
    "kerberos.lookup": _action(
        "Offer a Kerberos ticket",
        "The application passes a ticket on to the flow.",
        "A user who is signed on to the company network need not type a password.",
    ),
    "deviceAuthGrant.userCode.verify": _action(
        "Confirm the user code",
        "The application passes the code that another device shows on to the flow.",
        "It ties that device to the user who signs on here.",
    ),
}
