"""Look up what a step does, why, and where in the code it is made."""

from .code_places import PLACES, CodePlace
from .explanation import Explanation
from .explanations import STEPS
from .flow_explanations import ACTIONS


def explain(name: str) -> Explanation:
    """The explanation of a step by its name, as `classify.name_of` gives it; unknown names are `other`."""
    kind, _, action = name.partition(":")
    return ACTIONS.get(action) or STEPS.get(kind) or STEPS["other"]


def code_place(name: str) -> CodePlace | None:
    """Where the step is made; None for steps that PingOne or the browser makes alone."""
    return PLACES.get(name.partition(":")[0])
