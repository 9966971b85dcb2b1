"""A repr ends up in logs and tracebacks: no dataclass of the application shows a secret in its own."""

import importlib
import pkgutil
import re
from dataclasses import fields, is_dataclass

import webapp

SECRET = re.compile(r"token|secret|verifier|nonce|state|cookies|code|key|form|body|password|^id$")
HARMLESS = {
    "webapp.console.Place.terraform",
    "webapp.oidc.attempt.Attempt.id", "webapp.oidc.relying_party.RelyingParty.keys",
    "webapp.oidc.resource_server.ResourceServer.keys",
    "webapp.oidc.keys.SigningKey.key", "webapp.oidc.provider.Provider.token_endpoint", "webapp.pingone.flow.Flow.id",
    "webapp.pingone.platform_error.Detail.code", "webapp.pingone.platform_error.Problem.code",
    "webapp.pingone.steps.Device.id", "webapp.signon.sign_offs.SignOffs.token",
    "webapp.signon.sign_on.SignOn.token", "webapp.signon.outcomes.Begun.id", "webapp.views.foreseen.Foreseen.code",
    "webapp.signon.signed_in.SignedIn.verifier_mask",
    "webapp.store.keyring.SealingKey.id", "webapp.trace.render.Card.tokens",
    "webapp.trace.render.Presented.id", "webapp.trace.render.Presented.code", "webapp.views.rules.Rule.id",
    "webapp.views.excerpts.Excerpt.code", "webapp.views.step_forms.Alternative.form",
    "webapp.views.step_forms.StepForm.of_somebody",
}  # fmt: skip
"""Public keys, names of errors and steps, functions, what is masked already."""
NOT_IMPORTED = ("webapp.simulator", "webapp.gunicorn", "webapp.under_gunicorn", "webapp.__main__")


def shown_members() -> set[str]:
    """Each member of each dataclass that its repr shows, by its full name."""
    found = set()
    for module in pkgutil.walk_packages(webapp.__path__, "webapp."):
        if not module.name.startswith(NOT_IMPORTED):
            for kind in vars(importlib.import_module(module.name)).values():
                if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.name:
                    found |= {f"{module.name}.{kind.__qualname__}.{each.name}" for each in fields(kind) if each.repr}
    return found


def test_no_secret_is_in_a_repr() -> None:
    """Whoever adds a member with the name of a secret leaves it out of the repr, or says here why it is none."""
    shown = shown_members()
    assert len(shown) > 100
    assert set() == {name for name in shown if SECRET.search(name.rpartition(".")[2])} - HARMLESS
