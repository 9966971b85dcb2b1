"""Failures that only PingOne's flows have. The families and their root are in `oidc/errors.py`."""

from typing import Any

from ..oidc.errors import OperatorFault, ProviderError, Said, TheySaid, WeFound
from .flow import Flow
from .platform_error import Problem


class FlowRefused(TheySaid):
    """A step was answered with a platform error: the flow is where it was and the form is shown again."""

    code = "flow_refused"
    status = 422

    def __init__(self, problem: Problem, **more: Any) -> None:
        super().__init__(problem.first_code, said=Said(problem.first_code, problem.message, problem.reference), **more)
        self.problem = problem


class FlowPending(ProviderError):
    """Resume was called, and PingOne says that the flow still waits for a step."""

    def __init__(self, flow: Flow) -> None:
        super().__init__(f"resume answered {flow.status} without a code")
        self.flow = flow


class FlowExpired(TheySaid):
    """PingOne has forgotten the flow (404), 15 minutes after its last step."""

    code = "flow_expired"
    status = 400


class ResumeForeignLocation(WeFound):
    """The Location of the resume answer is not exactly the registered redirect URI. It is not followed."""

    code = "resume_foreign_location"


class ResumeNoCookie(WeFound):
    """Only the holder of PingOne's ST cookie may call resume; this attempt is not. In hosted mode the browser is."""

    code = "resume_no_cookie"
    status = 400


class StepUnsupported(OperatorFault):
    """A step that only PingOne's own page can do: start the same sign-on in hosted mode."""

    code = "step_unsupported"
    status = 400
