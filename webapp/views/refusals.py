"""What PingOne's refusal of a step says beside which field of the form."""

from ..pingone.platform_error import Detail, Problem
from ..pingone.steps import ACTIONS, PROFILE

REQUIREMENTS = {
    "excludesCommonlyUsed": "Not a commonly used password",
    "excludesProfileData": "Nothing from your profile, such as your name",
    "notSimilarToCurrent": "Not similar to the current password",
    "length": "Long enough, and not too long",
    "minCharacters": "Characters of each required kind",
    "history": "Not one that was used before",
    "maxRepeatedCharacters": "No character repeated too often",
    "minUniqueCharacters": "Enough different characters",
    "minComplexity": "Harder to guess",
}


def problems(problem: Problem, action: str) -> dict[str, str]:
    """Return field -> message for a refusal; '' is the whole form."""
    found = dict(_message(detail, action) for detail in problem.details)
    return found or {"": "PingOne did not accept this. Please try again."}


def _message(detail: Detail, action: str) -> tuple[str, str]:
    if detail.code == "INVALID_CREDENTIALS":
        return "", "The user name or the password is not right."  # Never which of the two.
    if detail.code == "PASSWORD_LOCKED_OUT":
        seconds = detail.seconds_until_unlock
        return "", "This account is locked." + (f" It unlocks in {-(-seconds // 60)} minutes." if seconds else "")
    if detail.unsatisfied:
        named = [REQUIREMENTS.get(each, each) for each in detail.unsatisfied]
        return "new_password", "The new password does not fit the policy: " + "; ".join(named) + "."
    if action == "user.update":
        return (PROFILE + detail.target if detail.target else ""), detail.message or "PingOne did not accept this."
    members = {member: name for name, member in ACTIONS[action].members.items()} if action in ACTIONS else {}
    field = members.get(detail.target, "otp" if detail.code == "INVALID_OTP" else "")
    if detail.code in ("INVALID_OTP", "INVALID_VALUE") and field in ("otp", "recovery_code", "verification_code"):
        return field, "This code is not right, or has expired."
    if field == "current_password":
        return field, "This is not your current password."
    return field, detail.message or "PingOne did not accept this."
