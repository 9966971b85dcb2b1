"""The password policy: what a new password must satisfy, in PingOne's requirement names."""

from __future__ import annotations

from .errors import PlatformError, invalid
from .users import User

MINIMUM = 8
MAXIMUM = 255
#: Shown to a visitor and put into ``_embedded.passwordPolicy``.
POLICY: dict[str, object] = {
    "name": "Standard",
    "length": {"min": MINIMUM, "max": MAXIMUM},
    "minCharacters": {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ": 1, "abcdefghijklmnopqrstuvwxyz": 1, "0123456789": 1,
        "~!@#$%^&*()-_=+[]{}|;:,.<>/?": 1,
    },
    "excludesCommonlyUsed": True,
    "excludesProfileData": True,
    "notSimilarToCurrent": True,
}
_COMMON = frozenset({"password1!", "passw0rd!", "welcome1!", "qwerty123!", "letmein1!"})


def unsatisfied(new: str, current: str, user: User | None) -> dict[str, str]:
    """Requirement -> words, for everything that the new password fails; empty when it may be used."""
    found: dict[str, str] = {}
    if not MINIMUM <= len(new) <= MAXIMUM:
        found["length"] = f"must be {MINIMUM} to {MAXIMUM} characters long"
    kinds = (str.isupper, str.islower, str.isdigit, lambda char: not char.isalnum())
    if not all(any(kind(char) for char in new) for kind in kinds):
        found["minCharacters"] = "must have an upper case letter, a lower case letter, a digit and a special character"
    if new.casefold() in _COMMON:
        found["excludesCommonlyUsed"] = "must not be a commonly used password"
    if user is not None and any(
        part and part.casefold() in new.casefold() for part in (user.username, user.email, user.given_name)
    ):
        found["excludesProfileData"] = "must not contain data of your profile"
    if current and new.casefold() == current.casefold():
        found["notSimilarToCurrent"] = "must not be the current password"
    return found


def refusal(found: dict[str, str], target: str = "newPassword") -> PlatformError:
    """PingOne's answer to a password that does not satisfy the policy."""
    return invalid(
        "INVALID_VALUE", "New password did not satisfy password policy requirements", target,
        unsatisfiedRequirements=list(found), **found,
    )
