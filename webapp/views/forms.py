"""The form of a flow as a template needs it: what is asked for, offered and shown again."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from ..pingone.flow import Flow, mapping, text
from ..pingone.steps import ACTIONS, PROFILE, attributes_of, devices_of, fields_of, step_of, username_of
from ..signon.outcomes import Waiting
from ..signon.turns import mode_of
from .refusals import REQUIREMENTS
from .request_parts import edit_url
from .step_forms import ALTERNATIVES, FORMS, Field, StepForm, input_field, is_secret

Form = Mapping[str, str]

WANTED = {
    "ASSERTION_REQUIRED": "a security key or passkey (ASSERTION_REQUIRED)",
    "EXTERNAL_AUTHENTICATION_REQUIRED": "a sign-on at another identity provider (EXTERNAL_AUTHENTICATION_REQUIRED)",
}
DEVICES = {"SMS": "Text message", "EMAIL": "Email", "FIDO2": "Security key", "TOTP": "Authenticator app"}


def waits_elsewhere(flow: Flow) -> bool:
    """Return whether the flow moves on without a form: the page then asks PingOne again."""
    return step_of(flow).refresh_seconds is not None


def default_action(flow: Flow) -> str:
    """Return what the form's main button does."""
    actions = step_of(flow).actions
    return actions[0] if actions else ""


def ready(action: str, form: Form) -> bool:
    """Return whether the form holds what the action needs; otherwise a form of its own is shown first."""
    needs = ALTERNATIVES[action].needs if action in ALTERNATIVES else ""
    return not needs or bool(form.get(needs))


def fields(action: str, form: Form, flow: Flow) -> dict[str, str]:
    """Return the fields of the form that belong to the action, whatever else was posted."""
    asked = fields_of(flow, action) if action in ACTIONS else ()
    return {name: form[name].strip()[:1000] if name.startswith(PROFILE) else form[name][:1000]
            for name in asked if name in form}  # fmt: skip


def shown_again(form: Form) -> dict[str, str]:
    """Return what a refused form may show again: nothing that is typed as a secret."""
    known = {field["name"] for each in FORMS.values() for field in each.fields if not is_secret(field)}
    return {name: value[:200] for name, value in form.items() if name in known or name.startswith(PROFILE)}


def step(at: Waiting, errors: dict[str, str], wanted: str, entered: Form) -> dict[str, Any]:
    """Return the template's view of a step.

    `wanted` shows the form of another action that the flow offers; `entered` is what was refused: all of it is in
    the form again but passwords and codes.
    """
    shown = step_of(at.flow)
    own = ALTERNATIVES[wanted].form if wanted in shown.actions[1:] else ""
    kind, action = (own, wanted) if own else (shown.kind, "")
    drawn = FORMS[kind]
    username = username_of(at.flow)
    here = url_for("sign_on.step", handle=at.attempt.id)
    stuck = drawn.of_somebody and "session.reset" not in shown.actions
    return {
        "kind": kind,
        "form": drawn,
        "status": at.flow.status,
        "handle": at.attempt.id,
        "action_url": here,
        "action": action,
        "answered_with": action or next(iter(shown.actions), "") or "GET /flows/{flowId}",
        "username": username,
        "fields": _fields(kind, at, username, entered),
        "choices": _choices(drawn, at.flow),
        "choice_name": "device" if drawn.chooses_device else "",
        "alternatives": [] if own else [(name, ALTERNATIVES[name].label) for name in shown.actions[1:]],
        "back_url": here if own else "",
        "restart_url": url_for(f"sign_on.{mode_of(at.attempt)}") if stuck else "",
        "text": _text(kind, at.flow),
        "policy": _policy(at.flow) if drawn.shows_policy else [],
        "errors": errors,
        "edit_url": edit_url(at.attempt),
        "refresh_seconds": shown.refresh_seconds if kind == "push" else None,
        "hosted_url": hosted_url(at) if drawn.offers_hosted else "",
    }


def hosted_url(at: Waiting) -> str:
    """Return the start of the same sign-on in hosted mode: nothing that was asked for is lost."""
    ask = at.attempt.ask
    wishes = {
        "return_to": at.attempt.note.get("return_to", ""),
        "scope": ask.scope,
        "prompt": ask.prompt,
        "max_age": "" if ask.max_age is None else str(ask.max_age),
        "login_hint": username_of(at.flow) or ask.login_hint,
        "acr_values": ask.acr_values,
    }
    return url_for("sign_on.hosted") + "?" + urlencode({name: value for name, value in wishes.items() if value})


def _fields(kind: str, at: Waiting, username: str, entered: Form) -> list[Field]:
    given = {"username": username or at.attempt.ask.login_hint}
    shown = []
    for field in _profile_fields(at.flow) if kind == "profile" else FORMS[kind].fields:
        value = "" if is_secret(field) else entered.get(field["name"], "")[:200] or given.get(field["name"], "")
        shown.append({**field, "value": value} if value else field)
    return shown


def _choices(drawn: StepForm, flow: Flow) -> list[dict[str, str]]:
    if not drawn.chooses_device:
        return []
    return [
        {"value": each.id, "label": DEVICES.get(each.kind, each.kind.capitalize()), "hint": each.shown}
        for each in devices_of(flow)
    ]


def _text(kind: str, flow: Flow) -> list[str]:
    if kind == "change_password":
        expired = flow.status == "PASSWORD_EXPIRED"
        return ["Your password has expired." if expired else "Your password must be changed before you can continue."]
    if kind == "agreement":
        agreement = mapping(flow.embedded.get("agreement"))
        words = str(agreement.get("content") or agreement.get("text") or "")[:5000]
        return [line for line in (text(agreement.get("title")), words) if line]
    if kind == "unsupported":
        return [f"PingOne wants {WANTED.get(flow.status, flow.status)}, which only its own sign-on page can do."]
    return []


def _profile_fields(flow: Flow) -> list[Field]:
    more = {"mobilePhone": {"type": "tel", "autocomplete": "tel"}, "nickname": {"autocomplete": "nickname"}}
    shown = []
    for name, each in attributes_of(flow):
        required = each.get("required") is not False
        label = (text(each.get("displayName")) or name) + ("" if required else " (optional)")
        shown.append(input_field(PROFILE + name, label, **{"required": required, **more.get(name, {})}))
    return shown


def _policy(flow: Flow) -> list[str]:
    policy = mapping(flow.embedded.get("passwordPolicy"))
    rules = []
    length = mapping(policy.get("length"))
    if isinstance(length.get("min"), int):
        rules.append(f"At least {length['min']} characters")
    for characters, count in mapping(policy.get("minCharacters")).items():
        rules.append(f"At least {_named(characters, count)}")
    rules += [words for member, words in REQUIREMENTS.items() if policy.get(member) is True]
    return rules


def _named(characters: str, count: object) -> str:
    amount, plural = ("one", "") if count == 1 else (str(count), "s")
    if characters.isdigit():
        return f"{amount} digit{plural}"
    if characters.isalpha():
        return f"{amount} {'capital' if characters.isupper() else 'small'} letter{plural}"
    return f"{amount} of these characters: {characters[:40]}"
