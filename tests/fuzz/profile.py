"""How long the property tests look. `FUZZ_EXAMPLES=5000 pytest tests/fuzz` looks longer, and elsewhere each time."""

import os

from hypothesis import HealthCheck, settings

EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "")

# Without the variable every run looks at the same examples: a suite that fails now and then is not believed.
PURE = settings(
    max_examples=int(EXAMPLES or 100),
    derandomize=not EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
THROUGH = settings(PURE, max_examples=int(EXAMPLES or 40))
"""For what goes through the whole application, a few milliseconds each."""
